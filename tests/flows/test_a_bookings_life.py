"""The life of bookings as random histories: whatever people do in whatever order, these hold after every step (B1-B6).

B1 no two blocking bookings of a unit overlap · B2 the three numbers add up, none below zero · B3 a live booking's holds are open, a settled
one's captured for its subsidy, any other's released · B4 the blocking flag is what the one rule says · B5 each step leads where the table of
steps allows · B6 every voucher's parts add up to what was issued, and the stored sums are the journal's.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from equipment_share.domain.access import Role
from equipment_share.domain.bookings.life import CHARGED, LIVE, STEPS, BookingState, blocks
from equipment_share.domain.errors import Refusal
from equipment_share.domain.ledger import Phase
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, VoucherUse
from equipment_share.models.ledger import LedgerTransfer
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.people import User
from equipment_share.models.planning import Waiting
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.ledger import mismatches
from equipment_share.queries.vouchers import vouchers_seen_by
from equipment_share.services.bookings.attendance import check_in, check_out
from equipment_share.services.bookings.changes import accept_proposal, change_booking
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking, cancel_booking, propose_time, reject_booking
from equipment_share.services.bookings.disputes import answer_dispute, dispute_usage
from equipment_share.services.bookings.offers import accept_offer, decline_offer, wait_for_slot
from equipment_share.services.bookings.requests import request_booking
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.jobs import run_due
from tests.builders import NOW, a_firm, a_programme, an_instrument, an_owner, tuesday

HISTORIES = 1000 if os.environ.get("SLOW") else 12
HOUR = timedelta(hours=1)
EDGES = {(source, target) for sources, target in STEPS.values() for source in sources}


@dataclass(frozen=True)
class Person:
    """Who acts, without a row that a rollback could forget."""

    id: int
    role: Role
    organisation_id: int


class Life(RuleBasedStateMachine):
    """Two firms and an owner around one instrument, and a clock that only goes on."""

    app: Flask

    @initialize(pending=st.sampled_from(["first_come", "owner_chooses"]), units=st.integers(1, 2), buffer=st.sampled_from([0, 30]))
    def begin(self, pending: str, units: int, buffer: int) -> None:
        """A fresh instrument, fresh firms."""
        firms, owner = [a_firm(), a_firm()], an_owner()
        rules = {"pending": pending, "units": units, "buffer_after_minutes": buffer, "cancel_fee_bp": 2000, "grace_minutes": 30}
        self.instrument = an_instrument(owner, hourly=40_000, rules=rules).id
        self.firms = [Person(firm.id, firm.role, firm.organisation_id) for firm in firms]
        self.owner = Person(owner.id, owner.role, owner.organisation_id)
        self.at = NOW

    def _try(self, act: Callable[[], object]) -> None:
        """A refusal is an answer; anything else is a fault."""
        try:
            act()
        except Refusal:
            db.session.rollback()

    def _some(self, index: int) -> Booking | None:
        rows = db.session.query(Booking).filter_by(instrument_id=self.instrument).order_by(Booking.id).all()
        return rows[index % len(rows)] if rows else None

    def _firm_of(self, booking: Booking) -> Person:
        return next(firm for firm in self.firms if firm.organisation_id == booking.firm_id)

    def _slot(self, hour: int, hours: int) -> tuple[datetime, datetime]:
        start = tuesday("08:00") + hour * HOUR
        return start, start + hours * HOUR

    hours, lengths, which = st.integers(0, 9), st.integers(1, 4), st.integers(0, 30)

    @rule(firm=st.integers(0, 1), hour=hours, length=lengths, programmes=st.sampled_from(["auto", ()]))
    def ask(self, firm: int, hour: int, length: int, programmes: Any) -> None:
        wish = BookingWish(self.instrument, "guided", *self._slot(hour, length), programmes=programmes)
        self._try(lambda: request_booking(wish, by=self.firms[firm], at=self.at))

    @rule(firm=st.integers(0, 1), hour=hours, length=lengths)
    def wait(self, firm: int, hour: int, length: int) -> None:
        wish = BookingWish(self.instrument, "guided", *self._slot(hour, length))
        self._try(lambda: wait_for_slot(wish, by=self.firms[firm], at=self.at))

    @rule(index=which, hour=hours, length=lengths)
    def change(self, index: int, hour: int, length: int) -> None:
        if (found := self._some(index)) is not None:
            start, end = self._slot(hour, length)
            key, firm = found.id, self._firm_of(found)
            self._try(lambda: change_booking(key, start=start, end=end, by=firm, at=self.at))

    @rule(index=which, hour=hours, length=lengths)
    def propose(self, index: int, hour: int, length: int) -> None:
        if (found := self._some(index)) is not None:
            start, end = self._slot(hour, length)
            key = found.id
            self._try(lambda: propose_time(key, start=start, end=end, by=self.owner, at=self.at))

    @rule(index=which, act=st.sampled_from(["approve", "approve", "reject", "cancel_owner"]))
    def owner_answers(self, index: int, act: str) -> None:
        if (found := self._some(index)) is not None:
            key = found.id
            acts: dict[str, Callable[[], object]] = {
                "approve": lambda: approve_booking(key, by=self.owner, at=self.at),
                "reject": lambda: reject_booking(key, reason="x", by=self.owner, at=self.at),
                "cancel_owner": lambda: cancel_booking(key, reason="x", by=self.owner, at=self.at),
            }
            self._try(acts[act])

    @rule(index=which, act=st.sampled_from(["cancel", "proposal", "offer", "decline", "confirm", "dispute", "in", "out"]))
    def firm_acts(self, index: int, act: str) -> None:
        if (found := self._some(index)) is not None:
            key, firm, at = found.id, self._firm_of(found), self.at
            acts: dict[str, Callable[[], object]] = {
                "cancel": lambda: cancel_booking(key, reason="x", by=firm, at=at),
                "proposal": lambda: accept_proposal(key, by=firm, at=at),
                "offer": lambda: accept_offer(key, by=firm, at=at),
                "decline": lambda: decline_offer(key, by=firm, at=at),
                "confirm": lambda: confirm_usage(key, by=firm, at=at),
                "dispute": lambda: dispute_usage(key, reason="x", by=firm, at=at),
                "in": lambda: check_in(key, by=firm, at=at),
                "out": lambda: check_out(key, by=firm, at=at),
            }
            self._try(acts[act])

    @rule(index=which, late=st.integers(-30, 60), accept=st.booleans())
    def owner_records(self, index: int, late: int, accept: bool) -> None:
        if (found := self._some(index)) is not None:
            key, start, end = found.id, found.starts_at, found.ends_at + timedelta(minutes=late)
            if found.state is BookingState.DISPUTED:
                self._try(lambda: answer_dispute(key, accept=accept, reason="x", by=self.owner, at=self.at))
            else:
                self._try(lambda: record_usage(key, start=start, end=end, by=self.owner, at=self.at))

    @rule(minutes=st.sampled_from([7, 45, 240, 24 * 60]), times=st.integers(1, 2))
    def time_passes(self, minutes: int, times: int) -> None:
        self.at += timedelta(minutes=minutes)
        for _ in range(times):
            run_due(at=self.at)

    @invariant()
    def b1_to_b6_hold(self) -> None:
        if not hasattr(self, "instrument"):
            return
        db.session.rollback()
        rows = db.session.query(Booking).filter_by(instrument_id=self.instrument).order_by(Booking.unit_id, Booking.busy_from).all()
        busy = [row for row in rows if row.blocking]
        for one, other in zip(busy, busy[1:], strict=False):
            assert one.unit_id != other.unit_id or one.busy_to <= other.busy_from, "B1"
        ids = [row.id for row in rows]
        uses: dict[int, list[tuple[int | None, int, Phase | None]]] = {key: [] for key in ids}
        resolved = select(VoucherUse.booking_id, VoucherUse.resolved_id, VoucherUse.captured, LedgerTransfer.phase)
        resolved = resolved.outerjoin(LedgerTransfer, LedgerTransfer.id == VoucherUse.resolved_id).where(VoucherUse.booking_id.in_(ids))
        for key, resolved_id, captured, phase in db.session.execute(resolved):
            uses[key].append((resolved_id, captured.fen, phase))
        for row in rows:
            assert row.gross == row.subsidy + row.net, "B2"
            assert min(row.gross.fen, row.subsidy.fen, row.net.fen) >= 0, "B2"
            self._b3(row, uses[row.id])
            if row.state is not BookingState.SUBMITTED:
                assert row.blocking == blocks(row.state), "B4"
        last: dict[int, str] = {}
        told = select(HistoryStep.object_id, HistoryStep.from_state, HistoryStep.to_state).where(HistoryStep.kind == "booking")
        for key, before, after in db.session.execute(told.where(HistoryStep.object_id.in_(ids)).order_by(HistoryStep.id)):
            if before and before != after:
                assert (BookingState(before), BookingState(after)) in EDGES, "B5"
            last[key] = after
        assert last == {row.id: row.state.value for row in rows}, "B5"
        waiting = select(Waiting.booking_id).where(Waiting.instrument_id == self.instrument, Waiting.state == "offered")
        assert set(db.session.scalars(waiting)) == {row.id for row in rows if row.state is BookingState.OFFERED}

    def _b3(self, row: Booking, uses: list[tuple[int | None, int, Phase | None]]) -> None:
        wanted = None if row.state in LIVE else Phase.CAPTURE if row.state in CHARGED else Phase.RELEASE
        assert {phase for _, _, phase in uses} <= {wanted}, "B3"
        if row.state in CHARGED:
            assert sum(captured for _, captured, _ in uses) == row.subsidy.fen, "B3"

    def teardown(self) -> None:
        if hasattr(self, "instrument"):
            assert mismatches() == [], "B6"
            for firm in self.firms:
                for voucher in vouchers_seen_by(db.session.get_one(User, firm.id)):
                    f = voucher.figures
                    assert f.issued == f.available + f.held + f.consumed + f.expired + f.revoked, "B6"


def test_whatever_people_do_in_whatever_order_the_six_invariants_hold(app: Flask) -> None:
    a_programme(caps={"annual_fen": {"tech_sme": 300_000}}, budget={"total_fen": 10_000_000_000})
    Life.app = app
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Life,
        settings=settings(max_examples=HISTORIES, stateful_step_count=25, deadline=None, suppress_health_check=quiet, derandomize=True),
    )
