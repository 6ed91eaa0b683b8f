"""Races for money at the real server: budgets, captures, claims and batches. No fen too much, no deadlock, no fault of ours, one decision."""

from __future__ import annotations

import json
import os
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from equipment_share.domain.access import Role
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import Money
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.models.people import SYSTEM, User
from equipment_share.models.settlement import Batch
from equipment_share.queries.ledger import account, balance
from equipment_share.queries.settlement import claims_of_booking
from equipment_share.queries.vouchers import vouchers_seen_by
from equipment_share.services.bookings.confirming import confirm_by_silence, confirm_usage
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.people.signin import make_token
from equipment_share.services.settlement.claims import approve_claim, check_claim, submit_claim
from equipment_share.services.vouchers.vouchers import apply_for_voucher, check_voucher
from tests.api.test_the_checker_sees import dump_of
from tests.builders import NOW, a_booking, a_firm, a_person, a_programme, an_instrument, an_officer, an_owner, tuesday
from tests.support.checker import faults
from tests.support.servers import serving

CLIENTS = 16
ROUNDS = 200 if os.environ.get("SLOW") else 4
BATCHES = 50 if os.environ.get("SLOW") else 1
EVENING = tuesday("20:00")
Call = tuple[str, str, dict[str, Any] | bytes]
"""Token, path, body: an object, or the text of a table."""


def _send(base: str, call: Call) -> tuple[int, str]:
    """One call; its status, and its code when it was refused."""
    token, path, sent = call
    data, kind = (sent, "text/csv") if isinstance(sent, bytes) else (json.dumps(sent).encode(), "application/json")
    request = urllib.request.Request(f"{base}/api/v1{path}", data, {"Authorization": f"Bearer {token}", "Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal).get("code", "")


def at_once(base: str, calls: Sequence[Call | Callable[[], object]]) -> Counter[tuple[int, str]]:
    """All calls at the same moment; a function runs beside them in this process, as a job does."""
    gate, found = threading.Barrier(len(calls)), Counter[tuple[int, str]]()

    def go(call: Call | Callable[[], object]) -> None:
        gate.wait(120)
        found[_send(base, call) if isinstance(call, tuple) else (0, str(call()))] += 1

    threads = [threading.Thread(target=go, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@contextmanager
def raced(engine_url: str, folder: Path, moment: datetime) -> Iterator[str]:
    """The real server with its clock standing; afterwards the books have no fault and the database knows of no deadlock."""
    db.session.remove()
    (folder / "clock").write_text(moment.isoformat())
    with serving(engine_url, {"CLOCK_FILE": str(folder / "clock")}) as base:
        yield base
    db.session.rollback()
    assert faults(dump_of(), "test") == []
    if db.engine.dialect.name == "postgresql":
        assert db.session.execute(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")).scalar_one() == 0


def token(person: User) -> str:
    """A key for the API."""
    return make_token("race", ["read", "write"], by=person, at=NOW)


def _issued(code: str) -> int:
    """What went from a programme to its vouchers."""
    source = account(AccountKind.PROGRAMME, code).id
    out = db.session.query(LedgerTransfer).join(LedgerAccount, LedgerAccount.id == LedgerTransfer.cr_id)
    return sum(row.amount.fen for row in out.filter(LedgerTransfer.dr_id == source, LedgerAccount.kind == AccountKind.VOUCHER))


def test_fifty_firms_are_granted_a_budget_at_once_and_not_a_fen_more(app: Flask, engine_url: str, tmp_path: Path) -> None:
    a_programme(code="AUTO", caps={"annual_fen": {"tech_sme": 30_000}}, budget={"total_fen": 1_000_000})
    a_programme(code="ASK", issue_mode="apply", caps={}, budget={"total_fen": 1_000_000})
    instrument = an_instrument(an_owner(), hourly=80_000, rules={"pending": "owner_chooses"})
    firms, clerk, reviewer = [a_firm() for _ in range(50)], an_officer(Role.BUREAU_CLERK), token(an_officer(Role.BUREAU_REVIEWER))
    wish = {"instrument": str(instrument.id), "mode": "guided", "start": tuesday("10:00").isoformat(), "end": tuesday("11:00").isoformat()}
    books: list[Call] = [(token(firm), "/bookings", {**wish, "programmes": ["AUTO"]}) for firm in firms]
    asked = [apply_for_voucher("ASK", amount=Money(30_000), by=firm, at=NOW).id for firm in firms]
    for key in asked:
        check_voucher(key, by=clerk, at=NOW)

    with raced(engine_url, tmp_path, NOW) as base:
        booked = at_once(base, books)
        issued = at_once(base, [(reviewer, f"/vouchers/{key}/issue", {}) for key in asked])

    assert booked == Counter({(201, ""): 50})
    assert issued == Counter({(200, ""): 33, (422, "over_budget"): 17})
    assert (_issued("AUTO"), _issued("ASK")) == (1_000_000, 990_000)
    assert (balance(account(AccountKind.PROGRAMME, "AUTO").id).fen, balance(account(AccountKind.PROGRAMME, "ASK").id).fen) == (0, 10_000)


def _recorded(firm: User, owner: User, count: int, code: str = "HALF") -> list[int]:
    """Uses that are written down and not yet confirmed."""
    keys, instruments = [], [an_instrument(owner, hourly=40_000) for _ in range(-(-count // 8))]
    for number in range(count):
        instrument = instruments[number // 8]
        start = tuesday("08:00") + timedelta(hours=number % 8)
        booking = a_booking(firm, instrument, start, start + timedelta(hours=1), programmes=[code])
        approve_booking(booking.id, by=owner, at=NOW)
        record_usage(booking.id, start=start, end=start + timedelta(minutes=45), by=owner, at=EVENING)
        keys.append(booking.id)
    return keys


def _silence(app: Flask, key: int) -> Callable[[], object]:
    def job() -> object:
        with app.app_context():
            return confirm_by_silence(key, by=SYSTEM, at=EVENING + timedelta(days=30))

    return job


def test_a_use_is_captured_once_by_firm_and_silence_together(app: Flask, engine_url: str, tmp_path: Path) -> None:
    a_programme(budget={"total_fen": 10_000_000_000})
    firm, owner = a_firm(), an_owner()
    keys = _recorded(firm, owner, ROUNDS)
    tokens = [token(a_person(Role.FIRM_USER, firm.organisation)) for _ in range(CLIENTS - 2)]

    with raced(engine_url, tmp_path, EVENING) as base:
        found = [at_once(base, [*((own, f"/bookings/{key}/confirm", {}) for own in tokens), *[_silence(app, key)] * 2]) for key in keys]

    for answers in found:
        assert answers[(200, "")] + answers[(0, "True")] == 1, answers
        assert set(answers) <= {(200, ""), (0, "True"), (0, "False"), (409, "already_decided"), (409, "invalid_transition")}, answers
    captures = db.session.query(LedgerTransfer).filter_by(phase=Phase.CAPTURE).all()
    assert [row.amount.fen for row in captures] == [15_000] * ROUNDS


def _claims(code: str, firm: User, owner: User, count: int) -> list[int]:
    keys = _recorded(firm, owner, count, code)
    for key in keys:
        confirm_usage(key, by=firm, at=EVENING)
        submit_claim(claims_of_booking(key)[0].id, by=owner, at=EVENING)
    return [claims_of_booking(key)[0].id for key in keys]


def test_a_claim_is_checked_or_withdrawn_and_approved_or_rejected(app: Flask, engine_url: str, tmp_path: Path) -> None:
    a_programme(budget={"total_fen": 10_000_000_000}, docs_required=[])
    firm, owner = a_firm(), an_owner()
    claims = _claims("HALF", firm, owner, ROUNDS)
    own, clerk, reviewer = token(owner), token(an_officer(Role.BUREAU_CLERK)), token(an_officer(Role.BUREAU_REVIEWER))
    first, second = [], []

    with raced(engine_url, tmp_path, EVENING) as base:
        for key in claims:
            path = f"/claims/{key}"
            first.append(at_once(base, [(clerk, path + "/check", {}), (own, path + "/withdraw", {"reason": "x"})] * (CLIENTS // 2)))
            second.append(
                at_once(base, [(reviewer, path + "/approve", {}), (reviewer, path + "/reject", {"reason": "x"})] * (CLIENTS // 2))
            )

    for answers in (*first, *second):
        assert set(answers) <= {(200, ""), (409, "already_decided"), (409, "invalid_transition")}, answers
    assert all(answers[(200, "")] == 1 for answers in first), first
    assert all(answers[(200, "")] <= 1 for answers in second), second


def test_a_batch_is_made_locked_paid_and_closed_once(app: Flask, engine_url: str, tmp_path: Path) -> None:
    firm, owner = a_firm(), an_owner()
    officers = [
        an_officer(role) for role in (Role.BUREAU_CLERK, Role.BUREAU_REVIEWER, Role.BUREAU_LEADER, Role.FINANCE, Role.BUREAU_REVIEWER)
    ]
    for number in range(BATCHES):
        a_programme(code=f"R{number}", budget={"total_fen": 10_000_000}, docs_required=[])
        for key in _claims(f"R{number}", firm, owner, 2):
            check_claim(key, by=officers[0], at=EVENING)
            approve_claim(key, by=officers[1], at=EVENING)
    clerk, reviewer, leader, finance, closer = (token(officer) for officer in officers)
    once = Counter({(200, ""): 1, (409, "already_decided"): CLIENTS - 1})

    with raced(engine_url, tmp_path, EVENING) as base:
        for number in range(BATCHES):
            made = at_once(base, [(clerk, "/batches", {"programme": f"R{number}", "period": "2026-Q3"})] * CLIENTS)
            assert made == Counter({(201, ""): 1, (200, ""): CLIENTS - 1}), made
            db.session.rollback()
            path = f"/batches/{db.session.query(Batch.id).filter_by(programme_code=f'R{number}').scalar()}"
            assert at_once(base, [(clerk, path + "/lock", {})] * CLIENTS) == once
            for hand, verb in ((reviewer, "review"), (leader, "approve"), (clerk, "send")):
                assert at_once(base, [(hand, f"{path}/{verb}", {})] * CLIENTS) == once, verb
            rows = "".join(f"{line},paid,2026-09-08,{number}-{line},15000\n" for line in (1, 2))
            bank: Call = (finance, path + "/bank-return", f"line,status,paid_on,reference,amount_fen\n{rows}".encode())
            assert at_once(base, [bank] * CLIENTS) == Counter({(200, ""): CLIENTS})
            assert at_once(base, [(closer, path + "/close", {})] * CLIENTS) == once

    for number in range(BATCHES):
        assert balance(account(AccountKind.PAID, f"R{number}").id).fen == 30_000
    for house in db.session.query(LedgerAccount).filter_by(kind=AccountKind.BATCH):
        assert balance(house.id).fen == 0


@pytest.mark.parametrize("verb", ["freeze", "revoke"])
def test_a_voucher_is_frozen_or_revoked_while_its_uses_are_confirmed(app: Flask, engine_url: str, tmp_path: Path, verb: str) -> None:
    a_programme(caps={"annual_fen": {"tech_sme": 500_000}}, budget={"total_fen": 10_000_000_000})
    firm, owner = a_firm(), an_owner()
    keys = _recorded(firm, owner, 8)
    voucher, firm_id = vouchers_seen_by(firm)[0].voucher.id, firm.id
    officer = an_officer(Role.BUREAU_CLERK if verb == "freeze" else Role.BUREAU_LEADER)
    own, hand = token(firm), token(officer)
    instrument = an_instrument(owner, hourly=40_000).id
    wish = {"instrument": str(instrument), "mode": "guided", "programmes": ["HALF"]}
    slots = [tuesday("10:00") + timedelta(days=1, hours=hour) for hour in range(6)]
    calls: list[Call] = [(own, f"/bookings/{key}/confirm", {}) for key in keys]
    calls += [(own, "/bookings", {**wish, "start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}) for start in slots]

    with raced(engine_url, tmp_path, EVENING) as base:
        answers = at_once(base, [*calls, *[(hand, f"/vouchers/{voucher}/{verb}", {"reason": "x"})] * 2])

    assert answers[(200, "")] == 9, answers
    assert answers[(201, "")] == 6, answers
    assert answers[(409, "already_decided")] == 1, answers
    figures = next(row for row in vouchers_seen_by(db.session.get_one(User, firm_id)) if row.voucher.id == voucher).figures
    assert figures.consumed.fen == 8 * 15_000
    assert figures.issued == figures.available + figures.held + figures.consumed + figures.expired + figures.revoked
    assert figures.available.fen == (0 if verb == "revoke" else 380_000 - figures.held.fen)
    assert {row.state.value for row in db.session.query(Booking).filter(Booking.id.in_(keys))} == {"confirmed"}
