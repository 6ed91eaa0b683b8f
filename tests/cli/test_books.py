"""The dump, the copy and the replay: what an auditor and an operator run at the terminal."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from equipment_share.adapters.samples import sample_programmes
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.people import SignIn
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking, cancel_booking
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.demo import load_demo
from tests.builders import NOW, a_booking, a_firm, a_programme, an_instrument, an_owner, tuesday
from tests.support.checker import faults


def _dump(app: Flask, folder: Path) -> dict[str, list[dict[str, object]]]:
    done = app.test_cli_runner().invoke(args=["ledger", "dump", str(folder / "dump.json")])
    assert done.exit_code == 0, done.output
    return dict(json.loads((folder / "dump.json").read_text(encoding="utf-8")))


def _a_life() -> Booking:
    """One confirmed use of 600.00 of 800.00, and one booking that was cancelled."""
    owner, firm = an_owner(), a_firm()
    a_programme()
    instrument = an_instrument(owner)
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    other = a_booking(firm, instrument, tuesday("14:00"), tuesday("15:00"))
    cancel_booking(other.id, by=firm, at=NOW)
    approve_booking(booking.id, by=owner, at=NOW)
    record_usage(booking.id, start=tuesday("10:00"), end=tuesday("11:30"), by=owner, at=tuesday("13:00"))
    return confirm_usage(booking.id, by=firm, at=tuesday("14:00"))


def test_the_dump_of_a_lived_life_has_no_fault_for_a_checker_that_shares_no_code(app: Flask, tmp_path: Path) -> None:
    _a_life()

    dump = _dump(app, tmp_path)

    assert faults(dump, "test") == []
    first, second = dump["bookings"]
    assert (first["price"], first["subsidy"], first["firm_share"], first["status"]) == (60_000, 30_000, 30_000, "confirmed")
    assert (second["price"], second["status"], second["blocking"]) == (0, "cancelled_by_firm", False)
    assert [row["phase"] for row in dump["transfers"]] == ["direct", "direct", "hold", "hold", "release", "capture"]


def test_the_dump_of_a_demonstration_year_has_no_fault(app: Flask, tmp_path: Path) -> None:
    load_demo(instruments=20, bookings=60, at=NOW + timedelta(days=70))

    dump = _dump(app, tmp_path)

    assert faults(dump, "test") == []
    assert len(dump["bookings"]) > 30
    assert {row["status"] for row in dump["batches"]} >= {"closed"}


@pytest.mark.parametrize("harm", ["amount", "overlap", "parts", "chain", "lost hold"])
def test_the_checker_sees_what_is_wrong(app: Flask, tmp_path: Path, harm: str) -> None:
    _a_life()
    dump = _dump(app, tmp_path)
    if harm == "amount":
        dump["transfers"][0]["amount"] = 1
    elif harm == "overlap":
        dump["bookings"].append({**dump["bookings"][0], "id": "99", "blocking": True, "hold": None, "subsidy": 0, "firm_share": 60_000})
        dump["bookings"][0]["blocking"] = True
    elif harm == "parts":
        dump["bookings"][0]["firm_share"] = 1
    elif harm == "chain":
        dump["audit"][2]["doc"] = "{}"
    else:
        dump["bookings"][1]["status"] = "approved"

    assert faults(dump, "test") != []


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_copy_made_while_in_use_is_put_back_whole_and_ends_every_sign_in(app: Flask, tmp_path: Path) -> None:
    booking = _a_life()
    db.session.add(SignIn(user_id=booking.user_id, token_hash="x" * 64, epoch=0, address="", made_at=NOW))
    db.session.commit()
    runner, copy = app.test_cli_runner(), tmp_path / "copy.db"

    made = runner.invoke(args=["backup", str(copy)])
    later_id = an_owner().id
    refused = runner.invoke(args=["restore", str(copy)])
    restored = runner.invoke(args=["restore", str(copy), "--force"])

    assert made.exit_code == 0, made.output
    assert refused.exit_code == 1
    assert restored.exit_code == 0, restored.output
    assert "ledger adds up" in restored.output
    db.session.rollback()
    assert db.session.query(Booking).count() == 2
    assert db.session.execute(text("SELECT count(*) FROM user_account WHERE id = :id"), {"id": later_id}).scalar() == 0
    assert db.session.query(SignIn).filter(SignIn.ended_at.is_(None)).count() == 0


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_what_is_no_database_is_not_put_back_and_the_old_one_stays(app: Flask, tmp_path: Path) -> None:
    _a_life()
    (tmp_path / "not.db").write_bytes(b"SQLite format 3\0" + b"\1" * 5000)

    answer = app.test_cli_runner().invoke(args=["restore", str(tmp_path / "not.db"), "--force"])

    assert answer.exit_code == 1
    assert db.session.query(Booking).count() == 2


def test_a_replay_under_half_the_rate_gives_half_and_writes_nothing(app: Flask, tmp_path: Path) -> None:
    _a_life()
    draft = {**sample_programmes()["HN"], "rate_rules": [{"bands": [{"up_to_fen": None, "rate_bp": 2500}]}]}
    (tmp_path / "draft.json").write_text(json.dumps(draft), encoding="utf-8")
    before = _dump(app, tmp_path)

    done = app.test_cli_runner().invoke(
        args=["voucher", "simulate", str(tmp_path / "draft.json"), "--from", "2026-09-01", "--to", "2026-09-30"]
    )

    found = json.loads(done.output)
    assert (found["uses"], found["gross_fen"], found["subsidy_fen"], found["subsidy_today_fen"]) == (1, 60_000, 15_000, 30_000)
    assert (found["firms_reached"], found["firms_less"], found["firms_more"]) == (1, 1, 0)
    assert _dump(app, tmp_path) == before
