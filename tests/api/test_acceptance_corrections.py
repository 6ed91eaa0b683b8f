"""Acceptance 23: the firm says the stop time is wrong; before and after the claim is handed in. And 30: the pool's week at scale."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.models.base import db
from equipment_share.models.ledger import LedgerTransfer
from equipment_share.queries.ledger import mismatches
from tests.api.conftest import World
from tests.api.door import refusal
from tests.api.test_acceptance_slots import _approved
from tests.builders import a_booking, a_firm, a_programme, an_instrument, an_owner, local, tuesday
from tests.support.counting import questions

LATE = {"start": "2026-09-08T10:00:00+08:00", "end": "2026-09-08T12:00:00+08:00"}
RIGHT = {"start": "2026-09-08T10:00:00+08:00", "end": "2026-09-08T11:00:00+08:00", "reason": "11 点就停了"}


def _confirmed(world: World) -> tuple[str, str]:
    """A use of two hours, 800.00, confirmed; and its claim."""
    key = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")
    world.at(local("2026-09-08 13:00"))
    world.owner.post(f"/bookings/{key}/usage", LATE)
    assert world.firm.post(f"/bookings/{key}/confirm").json["status"] == "confirmed"
    return key, world.owner.get("/claims").json["items"][0]["id"]


def _figures(world: World, key: str, claim: str) -> dict[str, Any]:
    booking, voucher = world.firm.get(f"/bookings/{key}").json, world.firm.get("/vouchers").json["items"][0]
    found = world.owner.get(f"/claims/{claim}").json
    return {
        "status": booking["status"], "gross": booking["charge"]["gross_fen"], "net": booking["charge"]["net_fen"], "held": voucher["held_fen"],
        "consumed": voucher["consumed_fen"], "claim": found["amount_fen"], "claim_status": found["status"],
    }  # fmt: skip


def test_23_before_the_claim_is_handed_in_charge_and_hold_follow(world: World) -> None:
    key, claim = _confirmed(world)

    asked = world.firm.post(f"/bookings/{key}/dispute", RIGHT)
    assert (asked.status_code, asked.json["status"]) == (200, "disputed")
    waiting = _figures(world, key, claim)
    assert (waiting["held"], waiting["consumed"], waiting["claim_status"]) == (40_000, 0, "withdrawn")
    answered = world.owner.post(f"/bookings/{key}/answer-dispute", {"accept": True, "reason": "对"})
    assert (answered.json["status"], answered.json["charge"]["gross_fen"]) == ("usage_recorded", 40_000)
    world.firm.post(f"/bookings/{key}/confirm")

    assert _figures(world, key, claim) == {
        "status": "confirmed", "gross": 40_000, "net": 20_000, "held": 0, "consumed": 20_000, "claim": 20_000, "claim_status": "draft",
    }  # fmt: skip
    assert mismatches() == []


def test_23_after_the_claim_is_handed_in_the_same_request_makes_an_adjusting_entry(world: World) -> None:
    key, claim = _confirmed(world)
    paper = {"number": "1", "date": "2026-09-08"}
    for leg, amount in (("contract", 80_000), ("invoice", 80_000), ("payment", 40_000)):
        sent = world.owner.post(
            f"/bookings/{key}/documents", data={"leg": leg, **paper, "amount_fen": str(amount)}, content_type="multipart/form-data"
        )
        assert sent.status_code == 201, sent.text
    assert world.owner.post(f"/claims/{claim}/submit").status_code == 200
    before = db.session.query(LedgerTransfer).count()

    asked = world.firm.post(f"/bookings/{key}/dispute", RIGHT)
    assert asked.json["status"] == "completed"  # nothing moves until the owner answers
    assert db.session.query(LedgerTransfer).count() == before
    assert _figures(world, key, claim)["claim"] == 40_000
    done = world.owner.post(f"/bookings/{key}/answer-dispute", {"accept": True, "reason": "对"})

    assert (done.status_code, done.json["status"], done.json["charge"]["gross_fen"]) == (200, "adjusted", 40_000)
    found = _figures(world, key, claim)
    assert (found["net"], found["consumed"], found["claim"], found["claim_status"]) == (20_000, 20_000, 20_000, "submitted")
    new = db.session.query(LedgerTransfer).order_by(LedgerTransfer.id.desc()).first()
    assert new is not None
    assert (new.phase.value, new.amount.fen) == ("refund", 20_000)
    assert db.session.query(LedgerTransfer).count() == before + 1
    asked_step = next(step for step in done.json["history"] if step["event"] == "correction_asked")
    assert asked_step["reason"] == RIGHT["reason"]
    assert mismatches() == []


def test_23_an_owner_who_keeps_the_record_changes_nothing(world: World) -> None:
    key, claim = _confirmed(world)
    for leg in ("contract", "invoice", "payment"):
        data = {"leg": leg, "number": "1", "date": "2026-09-08", "amount_fen": "40000" if leg == "payment" else "80000"}
        world.owner.post(f"/bookings/{key}/documents", data=data, content_type="multipart/form-data")
    world.owner.post(f"/claims/{claim}/submit")
    before = _figures(world, key, claim)
    world.firm.post(f"/bookings/{key}/dispute", RIGHT)

    kept = world.owner.post(f"/bookings/{key}/answer-dispute", {"accept": False, "reason": "日志为证"})

    assert (kept.status_code, _figures(world, key, claim)) == (200, before)
    assert refusal(world.owner.post(f"/bookings/{key}/answer-dispute", {"accept": True, "reason": "x"})) == (409, "invalid_transition")


@pytest.mark.parametrize("count", [3, 12])
def test_30_the_pools_week_takes_the_same_number_of_questions_for_any_number_of_instruments(
    app: Flask, client: FlaskClient, count: int
) -> None:
    a_programme()
    owner, firm = an_owner(), a_firm()
    for _ in range(count):
        a_booking(firm, an_instrument(owner, keeps_holidays=True), tuesday("10:00"), tuesday("12:00"))

    with questions() as asked:
        page = client.get("/calendar?week=2026-09-07")

    assert page.status_code == 200
    assert page.get_data(as_text=True).count("<tr>") == count + 1
    assert len(asked) <= 9, "\n".join(asked)
    assert firm.organisation.name not in page.get_data(as_text=True)
