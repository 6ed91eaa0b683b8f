"""Use cases after a booking's slot has begun: what was used, whether both agree, and what is charged for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import BookingAct, BookingState, next_state
from equipment_share.domain.errors import Invalid, InvalidTransition, Problem
from equipment_share.domain.money import Money
from equipment_share.domain.periods import bureau_day, last_day
from equipment_share.domain.quotes import Quote, quote
from equipment_share.domain.subsidy.awards import Stage
from equipment_share.domain.timeslots import MINUTE, Slot
from equipment_share.domain.workdays import workdays_later
from equipment_share.models.bookings import Booking, Promise, UsageRecord, VoucherUse
from equipment_share.queries.bookings.bearing import held_programmes
from equipment_share.queries.bookings.bookings import booking_held, booking_locked, voucher_uses
from equipment_share.queries.bookings.charging import lines_of_use, said_lines
from equipment_share.queries.bookings.quoting import MOST_SAMPLES, rules_of
from equipment_share.queries.drawn import promises_of
from equipment_share.queries.firms import firm_facts
from equipment_share.queries.instruments.calendar import off_days
from equipment_share.services.bookings.endings import end_without_use
from equipment_share.services.bookings.promises import follow_use, set_numbers
from equipment_share.services.letters import tell_bureau, tell_firm, tell_owner
from equipment_share.services.transaction import record, transaction, use_case


@use_case
def record_usage(
    booking_id: int,
    *,
    start: datetime,
    end: datetime,
    samples: int = 0,
    lines: Sequence[Mapping[str, object]] | None = None,
    note: str = "",
    version: int | None = None,
    by: Actor,
    at: datetime,
) -> Booking:
    """The keeper writes down what was used; it implies check-in and check-out, and makes the fee.

    Without `lines` the add-ons are those that were ordered.

    Raises: Forbidden, NotFound, Invalid, StaleVersion, InvalidTransition.
    """
    require(by, Act.RECORD_USE)
    with transaction() as session:
        booking = booking_locked(booking_id, by, version)
        is_off = off_days(at)
        before = booking.state
        booking.state = next_state(before, BookingAct.RECORD_USAGE)
        if before is BookingState.APPROVED and at < booking.starts_at:  # somebody who came early has begun, whatever the clock says
            raise InvalidTransition(state=before.value, act="record_usage")
        used = used_slot(booking, start, end, samples, at=at)

        booking.used_lines = said_lines(booking, lines)
        booking.checked_in_at = booking.checked_in_at or used.start
        booking.checked_out_at = booking.checked_out_at or used.end
        write_usage(session, booking, used, samples, note, said_by="owner", by=by, at=at)
        booking.answer_by = workdays_later(at, rules_of(booking.rules).confirm_days, is_off)
        record(session, "booking", booking, "usage_recorded", by=by, at=at, before=before, facts={"gross_fen": booking.gross.fen})
        tell_firm(session, booking, "usage_recorded", at=at, facts={"net_fen": booking.net.fen})
    return booking


def used_slot(booking: Booking, start: datetime, end: datetime, samples: int, *, at: datetime) -> Slot:
    """The used time, inside the booked window and the grace around it, and not in the future.

    Raises: Invalid with every problem.
    """
    problems = []
    grace = rules_of(booking.rules).grace_minutes * MINUTE
    if end <= start:
        problems.append(Problem("end_before_start", "end"))
    if start < booking.starts_at - grace or start >= booking.ends_at:
        problems.append(Problem("outside_booked_slot", "start"))
    if end > at:
        problems.append(Problem("in_the_future", "end"))
    if end > booking.ends_at + max(grace, booking.ends_at - booking.starts_at):
        problems.append(Problem("too_long", "end"))
    if not 0 <= samples <= MOST_SAMPLES:
        problems.append(Problem("out_of_range", "samples", {"low": 0, "high": MOST_SAMPLES}))
    if problems:
        raise Invalid(problems)
    return Slot(start, end)


def write_usage(session: Session, booking: Booking, used: Slot, samples: int, note: str, *, said_by: str, by: Actor, at: datetime) -> None:
    """Keep the record and let the charge follow it; the add-ons are those the booking says were used."""
    session.add(
        UsageRecord(
            booking_id=booking.id,
            starts_at=used.start,
            ends_at=used.end,
            samples=samples,
            lines=booking.used_lines,
            note=note,
            said_by=said_by,
            by_id=by.id,
            made_at=at,
        )
    )
    booking.used_from, booking.used_to, booking.used_samples = used.start, used.end, samples
    with session.no_autoflush:  # nothing that is asked here looks at what is being written: the booking is written once
        promises = promises_of(booking.id)
        charge = charge_for(booking, used, samples, voucher_uses(booking.id), promises)
    booking.charge = charge.document()
    set_numbers(booking, charge, promises)
    follow_use(promises, {award.programme: award for award in charge.awards})


def charge_for(booking: Booking, used: Slot, samples: int, uses: Sequence[VoucherUse], promises: Sequence[Promise]) -> Quote:
    """The charge of a use: the prices of the booking, the actual quantity, `min(rule(actual), held)`."""
    ordered, completed = bureau_day(booking.made_at), last_day(used.end)
    candidates = held_programmes(booking, used, uses, promises)
    return quote(
        lines_of_use(booking, used, samples),
        candidates,
        firm_facts(booking.firm, booking.instrument.owner, ordered),
        ordered_on=ordered,
        completed_on=completed,
        provider_region=booking.instrument.region,
        stage=Stage.CLAIM,
    )


@use_case
def mark_no_show(booking_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """Nobody came within the grace: the rest of the slot is free, the fee is the rule's, the hold goes back.

    Raises: Forbidden, NotFound, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.RECORD_USE)
    with transaction() as session:
        _no_show(session, booking_held(booking_id, by, version), by=by, at=at)
    return booking_locked(booking_id, by)


def _is_missed(booking: Booking, at: datetime) -> bool:
    """Whether the grace is over and nothing of the firm's has come, not its samples either."""
    return at >= booking.starts_at + rules_of(booking.rules).grace_minutes * MINUTE and not booking.samples_came


def _no_show(session: Session, booking: Booking, *, by: Actor, at: datetime) -> None:
    rules = rules_of(booking.rules)
    next_state(booking.state, BookingAct.NO_SHOW)
    if not _is_missed(booking, at):
        raise InvalidTransition(state=booking.state.value, act="no_show")
    end_without_use(session, booking, BookingAct.NO_SHOW, by=by, at=at, fee=Money(rules.no_show_fee_fen), fee_label="no_show")


@use_case
def expire_request(booking_id: int, *, by: Actor, at: datetime) -> bool:
    """End a request nobody answered in time; False when it was answered meanwhile. Due, and not yet done."""
    with transaction() as session:
        booking = booking_held(booking_id, None)
        waits = booking.state in (BookingState.SUBMITTED, BookingState.OFFERED)
        if not waits or not ((booking.answer_by and booking.answer_by <= at) or booking.starts_at <= at):
            return False
        end_without_use(session, booking, BookingAct.EXPIRE, by=by, at=at, reason="unanswered")
    return True


@use_case
def remind_owner(booking_id: int, *, by: Actor, at: datetime) -> bool:
    """Remind the owner of a request that waits; False when it was answered meanwhile."""
    with transaction() as session:
        booking = booking_locked(booking_id, None)
        if booking.state is not BookingState.SUBMITTED:
            return False
        record(session, "booking", booking, "reminded", by=by, at=at, before=booking.state)
        tell_owner(session, booking, "booking_reminder", at=at)
    return True


@use_case
def escalate_request(booking_id: int, *, by: Actor, at: datetime) -> bool:
    """Tell the bureau of a request that nobody answers; False when it was answered meanwhile."""
    with transaction() as session:
        booking = booking_locked(booking_id, None)
        if booking.state is not BookingState.SUBMITTED:
            return False
        record(session, "booking", booking, "escalated", by=by, at=at, before=booking.state)
        tell_bureau(session, booking, "booking_escalated", at=at)
    return True


@use_case
def notice_no_show(booking_id: int, *, by: Actor, at: datetime) -> bool:
    """Record that nobody came, once the grace is over; False when somebody or their samples came, or it is too early."""
    with transaction() as session:
        booking = booking_held(booking_id, None)
        if booking.state is not BookingState.APPROVED or not _is_missed(booking, at):
            return False
        _no_show(session, booking, by=by, at=at)
    return True
