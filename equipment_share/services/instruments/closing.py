"""Use cases of closed times: maintenance once or by a rule, an owner's own days off, faults that take an instrument out of use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from equipment_share.adapters.tokens import fresh_token
from equipment_share.domain.access import FIRM, OWNER, Act, Actor, require
from equipment_share.domain.bookings.life import BookingAct, BookingState
from equipment_share.domain.errors import AlreadyDecided, Conflict, Forbidden, NotFound, invalid
from equipment_share.domain.periods import day_begins, day_over
from equipment_share.domain.timeslots import Slot
from equipment_share.models.instruments import Instrument, Maintenance
from equipment_share.models.outbox import Letter
from equipment_share.models.planning import Closure, Fault
from equipment_share.queries.bookings.bookings import booking_seen_by, units_locked
from equipment_share.queries.instruments.effects import windows_of
from equipment_share.queries.instruments.instruments import (
    bookings_affected,
    instrument_seen_by,
    instruments_of,
    own_instrument,
    units_of,
    units_of_all,
)
from equipment_share.queries.instruments.upkeep import closure_of, fault_of, has_been_at, later_of_series
from equipment_share.queries.people import people_of
from equipment_share.services.bookings.endings import end_without_use
from equipment_share.services.bookings.freed import offer_freed
from equipment_share.services.transaction import later, record, transaction, use_case


class BookingsAffected(Conflict):
    """A closure would hit live bookings; `bookings` lists them."""

    code = "bookings_affected"


@use_case
def close_for_maintenance(
    instrument_id: int, *, start: datetime, end: datetime, reason: str = "", rrule: str = "", cancel_bookings: bool = False, by: Actor,
    at: datetime,
) -> Maintenance:  # fmt: skip
    """Close an instrument for a while, or again and again by a rule; live bookings are cancelled free of charge, but only when that is said.

    Answers the first closed time.
    Raises: Forbidden, NotFound, Invalid, BookingsAffected.
    """
    require(by, Act.PLAN_MAINTENANCE)
    _sound(start, end, at=at)
    with transaction() as session:
        instrument = own_instrument(instrument_id, by)
        units_locked([unit.id for unit in units_of(instrument.id)])
        windows = windows_of(instrument, Slot(start, end), rrule)
        return close_times(
            session, instrument, windows, reason, cancel=cancel_bookings, series=fresh_token() if rrule else "", by=by, at=at
        )


def _sound(start: datetime, end: datetime, *, at: datetime) -> None:
    if end <= start:
        raise invalid("end_before_start", "end")
    if end <= at or end - start > timedelta(days=366):
        raise invalid("in_the_past" if end <= at else "too_long", "end")


def close_times(
    session: Session,
    instrument: Instrument,
    windows: Sequence[Slot],
    reason: str,
    *,
    cancel: bool,
    series: str = "",
    by: Actor,
    at: datetime,
) -> Maintenance:
    """Building block: closed times of one instrument, whose units' locks the caller holds. Answers the first.

    Raises: BookingsAffected.
    """
    rows = [
        Maintenance(
            instrument_id=instrument.id, starts_at=slot.start, ends_at=slot.end, reason=reason, series=series, made_at=at, by_id=by.id
        )
        for slot in windows
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()  # closed first, so that no other time inside it is offered to who loses one
    _clear(session, [instrument.id], windows, reason or "maintenance", cancel=cancel, by=by, at=at)
    record(session, "instrument", instrument, "maintenance_planned", by=by, at=at, reason=reason, facts={"windows": len(rows)})
    return rows[0]


def _clear(
    session: Session, instrument_ids: Sequence[int], windows: Sequence[Slot], reason: str, *, cancel: bool, by: Actor, at: datetime
) -> None:
    """Cancel the live bookings that some closed times would hit, free of charge.

    Raises: BookingsAffected when that was not said.
    """
    open_states = (BookingState.SUBMITTED, BookingState.APPROVED, BookingState.OFFERED)
    rows = [row for key in instrument_ids for row in bookings_affected(key, windows)]
    hit = list({row.id: row for row in rows if row.state in open_states}.values())
    if hit and not cancel:
        raise BookingsAffected(bookings=[{"id": str(b.id), "number": b.number, "start": b.starts_at, "end": b.ends_at} for b in hit])
    for booking in hit:
        if booking.state in open_states:  # ending one may have ended its change
            end_without_use(session, booking, BookingAct.CANCEL_BY_OWNER, by=by, at=at, reason=reason)


@use_case
def end_maintenance(instrument_id: int, maintenance_id: int, *, following: bool = False, by: Actor, at: datetime) -> Instrument:
    """Call a closed time off, with `following` also those after it of the same rule; what opens is offered to who waits.

    Raises: Forbidden, NotFound, AlreadyDecided.
    """
    require(by, Act.PLAN_MAINTENANCE)
    with transaction() as session:
        instrument = own_instrument(instrument_id, by)
        units_locked([unit.id for unit in units_of(instrument.id)])
        window = session.get(Maintenance, maintenance_id, with_for_update=True)
        if window is None or window.instrument_id != instrument.id:
            raise NotFound()
        if window.ended_at is not None:
            raise AlreadyDecided()
        rows = [window, *(later_of_series(window) if following else [])]
        for row in rows:
            row.ended_at = at
        session.flush()
        record(session, "instrument", instrument, "maintenance_ended", by=by, at=at, facts={"windows": len(rows)})
        for row in rows:
            offer_freed(session, instrument, Slot(row.starts_at, row.ends_at), not_to=None, at=at)
    return instrument


@use_case
def close_days(first_on: date, last_on: date, *, reason: str = "", cancel_bookings: bool = False, by: Actor, at: datetime) -> Closure:
    """An owner closes everything for some days; live bookings are cancelled free of charge, but only when that is said.

    Raises: Forbidden, NotFound, Invalid, BookingsAffected.
    """
    require(by, Act.EDIT_INSTRUMENT)
    if last_on < first_on:
        raise invalid("end_before_start", "last_on")
    if day_over(last_on) <= at or (last_on - first_on).days > 60:
        raise invalid("in_the_past" if day_over(last_on) <= at else "too_long", "last_on")
    with transaction() as session:
        if by.organisation_id is None:
            raise NotFound()
        own = [row.id for row in instruments_of(by.organisation_id)]
        units_locked(units_of_all(own))
        closure = Closure(owner_id=by.organisation_id, first_on=first_on, last_on=last_on, reason=reason, made_at=at, by_id=by.id)
        session.add(closure)
        session.flush()
        _clear(session, own, [Slot(day_begins(first_on), day_over(last_on))], reason or "closure", cancel=cancel_bookings, by=by, at=at)
        record(session, "closure", closure, "days_closed", by=by, at=at, reason=reason)
    return closure


@use_case
def open_days(closure_id: int, *, by: Actor, at: datetime) -> Closure:
    """Call the closing of days off.

    Raises: Forbidden, NotFound, AlreadyDecided.
    """
    require(by, Act.EDIT_INSTRUMENT)
    with transaction() as session:
        closure = closure_of(closure_id, by)
        if closure.ended_at is not None:
            raise AlreadyDecided()
        closure.ended_at = at
        record(session, "closure", closure, "days_opened", by=by, at=at)
    return closure


@use_case
def report_fault(instrument_id: int, *, words: str, booking_id: int | None = None, by: Actor, at: datetime) -> Fault:
    """Somebody at the instrument says what does not work; the keepers are told.

    Raises: Forbidden for a firm that has no booking there, NotFound, Invalid.
    """
    require(by, Act.REPORT_FAULT)
    if not words.strip():
        raise invalid("required", "words")
    with transaction() as session:
        instrument = instrument_seen_by(instrument_id, by)
        if by.role in FIRM and not has_been_at(instrument.id, by.organisation_id or 0, at=at):
            raise Forbidden()
        if booking_id is not None and booking_seen_by(booking_id, by).instrument_id != instrument.id:
            raise NotFound()
        fault = Fault(instrument_id=instrument.id, booking_id=booking_id, user_id=by.id or 0, words=words.strip(), made_at=at)
        session.add(fault)
        record(session, "fault", fault, "fault_reported", by=by, at=at, reason=words.strip())
        facts = {"instrument_id": instrument.id, "instrument": instrument.name_zh or instrument.name_en, "reason": words.strip()}
        for person in people_of(instrument.owner_id, OWNER):
            later(session, Letter, user_id=person.id, kind="fault_reported", facts=facts, made_at=at)
    return fault


@use_case
def open_outage(fault_id: int, *, until: datetime, cancel_bookings: bool = False, by: Actor, at: datetime) -> Fault:
    """A fault takes its instrument out of use from now on; bookings in that time are cancelled free of charge when that is said.

    Raises: Forbidden, NotFound, Invalid, AlreadyDecided, BookingsAffected.
    """
    require(by, Act.PLAN_MAINTENANCE)
    with transaction() as session:
        fault = fault_of(fault_id, by)
        _sound(at, until, at=at)
        units_locked([unit.id for unit in units_of(fault.instrument_id)])
        if fault.state != "open" or fault.maintenance_id is not None:
            raise AlreadyDecided(state=fault.state)
        window = close_times(session, fault.instrument, [Slot(at, until)], fault.words[:200], cancel=cancel_bookings, by=by, at=at)
        fault.maintenance_id = window.id
        record(session, "fault", fault, "outage_opened", by=by, at=at, before=fault.state)
    return fault


@use_case
def close_fault(fault_id: int, *, by: Actor, at: datetime) -> Fault:
    """It works again; the rest of its outage is called off.

    Raises: Forbidden, NotFound, AlreadyDecided.
    """
    require(by, Act.PLAN_MAINTENANCE)
    with transaction() as session:
        fault = fault_of(fault_id, by)
        units_locked([unit.id for unit in units_of(fault.instrument_id)])
        if fault.state != "open":
            raise AlreadyDecided(state=fault.state)
        before, fault.state, fault.closed_at = fault.state, "closed", at
        window = session.get(Maintenance, fault.maintenance_id) if fault.maintenance_id else None
        if window is not None and window.ended_at is None and window.ends_at > at:
            window.ended_at = at
            session.flush()
            offer_freed(session, fault.instrument, Slot(at, window.ends_at), not_to=None, at=at)
        record(session, "fault", fault, "fault_closed", by=by, at=at, before=before)
    return fault
