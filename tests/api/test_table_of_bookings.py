"""A table of bookings through the API (acceptance 30): one mode saves nothing on any error, one saves the clean rows; on both engines."""

from __future__ import annotations

import io
from typing import Any

import pytest

from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.outbox import HistoryStep, Letter
from equipment_share.queries.journal import chain_state
from tests.api.conftest import World
from tests.api.door import refusal


def _send(world: World, rows: list[str], query: str = "", **more: Any) -> Any:
    table = "\n".join(["instrument,mode,start,end", *rows])
    return world.firm.post("/bookings/import" + query, data={"file": (io.BytesIO(table.encode()), "wishes.csv")}, **more)


def _sent_as(world: World, header: str, *rows: str, **more: Any) -> Any:
    file = (io.BytesIO("\n".join([header, *rows]).encode()), "wishes.csv")
    return world.firm.post("/bookings/import", data={"file": file}, **more)


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


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("instrument,mode,begin,end", [("start", "required"), ("begin", "unknown_field")]),
        ("instrument,mode,start", [("end", "required")]),
        ("instrument,mode,start,end,max_net_fen", [("max_net_fen", "unknown_field")]),
        ("仪器,开始,结束", [("instrument", "required"), ("start", "required"), ("end", "required"),
                     ("仪器", "unknown_field"), ("开始", "unknown_field"), ("结束", "unknown_field")]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("rows", [0, 2])
def test_a_table_whose_columns_are_not_those_of_a_wish_is_not_read_and_each_is_named(
    world: World, header: str, told: list[tuple[str, str]], rows: int
) -> None:
    answer = _sent_as(world, header, *_rows(world)[:rows])

    assert (answer.status_code, answer.json["code"]) == (422, told[0][1])
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == told
    assert db.session.query(Booking).count() == 0


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ["此项必填。", "未知字段。"]), ("en", ["This is needed.", "This field is not known."])]
)
def test_what_is_wrong_with_the_columns_is_said_in_the_readers_language(world: World, language: str, words: list[str]) -> None:
    answer = _sent_as(world, "instrument,mode,begin,end", headers={"Cookie": f"language={language}"})

    assert [error["message"] for error in answer.json["errors"]] == words


def test_columns_that_may_be_left_out_and_titles_without_a_word_are_no_hindrance(world: World) -> None:
    answer = _sent_as(world, "start,end,instrument,,purpose,", f"2026-09-08 10:00,2026-09-08 12:00,{world.instrument},,断口,")

    assert (answer.status_code, answer.json["created"], answer.json["rejected"]) == (200, 1, [])
