"""Use cases of the owner's answer and of stepping back: approve, reject, propose another time, cancel."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import OWNER, Act, Actor, require
from equipment_share.domain.bookings.life import BookingAct, BookingState, SlotTaken, next_state, slot_problems
from equipment_share.domain.errors import Invalid, InvalidTransition, invalid
from equipment_share.domain.timeslots import Slot
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.bookings import booking_held, booking_locked, competitors_of, is_backed
from equipment_share.queries.bookings.fees import late_fee
from equipment_share.queries.firms import require_no_link
from equipment_share.queries.instruments.instruments import free_unit, timetable, units_of
from equipment_share.services.bookings.asking import OVERRIDABLE
from equipment_share.services.bookings.endings import end_without_use
from equipment_share.services.bookings.settling import settle_change
from equipment_share.services.letters import tell_firm
from equipment_share.services.transaction import record, transaction, use_case


@use_case
def approve_booking(booking_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """The owner says yes.

    Where the owner chooses, approval takes the slot and answers the others that waited for it. Approving a change replaces the old booking.
    Raises: Forbidden, ConflictOfInterest, NotFound, StaleVersion, AlreadyDecided, InvalidTransition, SlotTaken.
    """
    require(by, Act.DECIDE_BOOKING)
    with transaction(lost_race=SlotTaken) as session:
        booking = booking_held(booking_id, by, version)
        if is_backed(booking.id):
            require_no_link(by, booking.firm_id)

        before = booking.state
        next_state(before, BookingAct.APPROVE)
        if at >= booking.starts_at:
            raise InvalidTransition(state=before.value, act="approve")

        if booking.waits_as_change and booking.change_of_id is not None:
            settle_change(session, booking, booking_locked(booking.change_of_id, by), by=by, at=at)
        booking.state, booking.answer_by = BookingState.APPROVED, None
        if not booking.blocking:
            _take_slot(session, booking, by=by, at=at)
        record(session, "booking", booking, "approved", by=by, at=at, before=before)
        tell_firm(session, booking, "booking_approved", at=at)
    return booking


def _take_slot(session: Session, booking: Booking, *, by: Actor, at: datetime) -> None:
    """Give a chosen request a free unit, and reject every other that now finds none.

    Raises: SlotTaken when no unit is free any more.
    """
    units = [unit.id for unit in units_of(booking.instrument_id)]
    unit_id = free_unit(units, Slot(booking.busy_from, booking.busy_to), first=booking.unit_id)
    if unit_id is None:
        raise SlotTaken()
    booking.unit_id, booking.blocking = unit_id, True
    session.flush()
    for other in competitors_of(booking):
        if free_unit(units, Slot(other.busy_from, other.busy_to)) is None:
            end_without_use(session, other, BookingAct.REJECT, by=by, at=at, reason="competing")


@use_case
def propose_time(
    booking_id: int, *, start: datetime, end: datetime, override: str = "", version: int | None = None, by: Actor, at: datetime
) -> Booking:
    """The owner proposes another time; the request stays as it is, and nothing more is blocked. With `override` outside the own rules.

    Raises: Forbidden, ConflictOfInterest, NotFound, StaleVersion, Invalid with every broken rule, InvalidTransition.
    """
    require(by, Act.DECIDE_BOOKING)
    with transaction() as session:
        booking = booking_locked(booking_id, by, version)
        if is_backed(booking.id):
            require_no_link(by, booking.firm_id)
        if booking.state not in (BookingState.SUBMITTED, BookingState.APPROVED) or at >= booking.starts_at or booking.waits_as_change:
            next_state(booking.state, BookingAct.RESCHEDULE)
            raise InvalidTransition(state=booking.state.value, act="propose")
        around = Slot(start, end).widened(2880, 2880) if start < end else booking.slot
        problems = slot_problems(start, end, timetable(booking.instrument, around, mode=booking.mode), at=at)
        waived = sorted({problem.code for problem in problems if override and problem.code in OVERRIDABLE})
        if left := [problem for problem in problems if problem.code not in waived]:
            raise Invalid(left)
        booking.proposed_from, booking.proposed_to = start, end
        facts = {"start": start.isoformat(), "end": end.isoformat(), **({"waived": waived} if waived else {})}
        record(session, "booking", booking, "proposed", by=by, at=at, before=booking.state, reason=override, facts=facts)
        tell_firm(session, booking, "booking_proposed", at=at, facts={"proposed_start": start.isoformat(), "proposed_end": end.isoformat()})
    return booking


@use_case
def reject_booking(booking_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """The owner says no, and why; slot and hold are free again.

    Raises: Forbidden, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.DECIDE_BOOKING)
    with transaction() as session:
        booking = booking_held(booking_id, by, version)
        end_without_use(session, booking, BookingAct.REJECT, by=by, at=at, reason=given_reason(reason))
    return booking


@use_case
def cancel_booking(booking_id: int, *, reason: str = "", version: int | None = None, by: Actor, at: datetime) -> Booking:
    """Either side steps back: the firm free until the cut-off and for its fee later, the owner never for a fee.

    Raises: Forbidden, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CANCEL_BOOKING)
    with transaction() as session:
        booking = booking_held(booking_id, by, version)
        if by.role in OWNER:
            end_without_use(session, booking, BookingAct.CANCEL_BY_OWNER, by=by, at=at, reason=given_reason(reason))
        else:
            step_back(session, booking, reason=reason, by=by, at=at)
    return booking


def step_back(session: Session, booking: Booking, *, reason: str, by: Actor, at: datetime) -> None:
    """Building block: the firm gives up one booking that is held, free until the cut-off and for its fee later.

    Raises: AlreadyDecided, InvalidTransition, before anything is written.
    """
    next_state(booking.state, BookingAct.CANCEL_BY_FIRM)
    if at >= booking.starts_at:
        raise InvalidTransition(state=booking.state.value, act="cancel")
    fee = late_fee(booking, at=at)
    end_without_use(session, booking, BookingAct.CANCEL_BY_FIRM, by=by, at=at, reason=reason, fee=fee, fee_label="late_cancel")


def given_reason(reason: str) -> str:
    """The reason, which must be there.

    Raises: Invalid `required`.
    """
    if not reason.strip():
        raise invalid("required", "reason")
    return reason.strip()
