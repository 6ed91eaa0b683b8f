"""A table of bookings through the API (acceptance 30): one mode saves nothing on any error, one saves the clean rows; on both engines."""

from __future__ import annotations

import io
from typing import Any

from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.outbox import HistoryStep, Letter
from equipment_share.queries.journal import chain_state
from tests.api.conftest import World
from tests.api.door import refusal


def _send(world: World, rows: list[str], query: str = "", **more: Any) -> Any:
    table = "\n".join(["instrument,mode,start,end", *rows])
    return world.firm.post("/bookings/import" + query, data={"file": (io.BytesIO(table.encode()), "wishes.csv")}, **more)


def _rows(world: World) -> list[str]:
    key = world.instrument
    return [
        f"{key},guided,2026-09-08 10:00,2026-09-08 12:00",
        f"{key},guided,2026-09-08 11:00,2026-09-08 12:00",
        f"{key},guided,2026-09-08 13:00,2026-09-08 14:00",
        "999999,guided,2026-09-08 13:00,2026-09-08 14:00",
    ]


def test_30_the_clean_rows_are_booked_and_the_rest_come_back_with_reasons(world: World) -> None:
    answer = _send(world, _rows(world))

    assert (answer.status_code, answer.json["created"]) == (200, 2)
    assert [(row["row"], row["code"]) for row in answer.json["rejected"]] == [(3, "slot_taken"), (5, "not_found")]
    assert db.session.query(Booking).count() == 2
    assert world.firm.get("/vouchers").json["items"][0]["held_fen"] == 60_000


def test_30_in_strict_mode_one_bad_row_and_nothing_is_left_of_any(world: World) -> None:
    before = (db.session.query(HistoryStep).count(), db.session.query(Letter).count())

    answer = _send(world, _rows(world), "?strict=1")

    assert (answer.json["created"], len(answer.json["rejected"])) == (0, 2)
    assert db.session.query(Booking).count() == 0
    assert (db.session.query(HistoryStep).count(), db.session.query(Letter).count()) == before
    assert _send(world, _rows(world)[:1], "?strict=1").json["created"] == 1


def test_30_under_a_key_the_table_is_booked_once_and_a_refused_row_leaves_no_trace_in_the_same_unit(world: World) -> None:
    key = {"Idempotency-Key": "table-1"}

    first = _send(world, _rows(world), headers=key)
    second = _send(world, _rows(world), headers=key)

    assert (first.json["created"], second.json) == (2, first.json)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert db.session.query(Booking).count() == 2
    assert db.session.query(HistoryStep).filter(HistoryStep.kind == "booking").count() == 2
    assert db.session.query(Letter).filter(Letter.kind == "booking_requested").count() == 2
    assert chain_state().broken_at is None


def test_30_only_a_firm_books_a_table(world: World) -> None:
    file = {"file": (io.BytesIO(b"instrument,mode,start,end\n"), "w.csv")}

    assert refusal(world.owner.post("/bookings/import", data=file)) == (403, "forbidden")
