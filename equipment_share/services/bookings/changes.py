"""Use cases of a change: a firm shortens, moves or lengthens its booking, or takes the time that the owner proposed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.changes import kept_busy, only_shortens
from equipment_share.domain.bookings.life import BookingAct, BookingState, SlotTaken, next_state
from equipment_share.domain.errors import InvalidTransition, invalid
from equipment_share.domain.timeslots import LONGEST, Slot
from equipment_share.models.bookings import Booking
from equipment_share.models.people import SYSTEM
from equipment_share.queries.bookings.alternatives import alternatives
from equipment_share.queries.bookings.bookings import booking_held, waiting_change_of
from equipment_share.queries.bookings.previews import wish_of
from equipment_share.queries.instruments.instruments import free_unit, rules_in_force, units_of
from equipment_share.services.bookings.asking import OVERRIDABLE, Whose, busy_time, hold_above, quoted_now, verified_firm, written
from equipment_share.services.bookings.settling import settle_change
from equipment_share.services.letters import tell_owner
from equipment_share.services.transaction import record, transaction, use_case


@use_case
def change_booking(booking_id: int, *, start: datetime, end: datetime, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """Shorter within the old slot keeps what the owner said; any other time asks again while the old slot stays.

    Answers the new booking.
    Raises: Forbidden, NotVerified, NotFound, StaleVersion, Invalid with every broken rule, SlotTaken, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CHANGE_BOOKING)
    with transaction(lost_race=SlotTaken) as session:
        old = _changeable(booking_held(booking_id, by, version), at=at)
        if waiting_change_of(old.id) is not None:
            raise InvalidTransition(state=old.state.value, act="change")
        if end > start and Slot(start, end) == old.slot:
            raise invalid("unchanged", "start")

        shortens = end > start and only_shortens(old.slot, Slot(start, end))
        new = _asked(session, old, start, end, waived={"lead_time"} if shortens else set(), by=by, at=at)
        if shortens:
            _settled(session, old, new, by=by, at=at)
        else:
            _keep_both_busy(session, old, new)
            record(session, "booking", old, "change_asked", by=by, at=at, before=old.state, facts={"new": new.id, "number": new.number})
            tell_owner(session, new, "booking_change_requested", at=at)
    return new


@use_case
def accept_proposal(booking_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """The firm takes the time that the owner proposed: a change that is approved at once. Answers the new booking.

    Raises: Forbidden, NotVerified, NotFound, StaleVersion, Invalid with every broken rule, SlotTaken, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CHANGE_BOOKING)
    with transaction(lost_race=SlotTaken) as session:
        old = booking_held(booking_id, by, version)
        if old.proposed_from is None or old.proposed_to is None:
            next_state(old.state, BookingAct.RESCHEDULE)
            raise InvalidTransition(state=old.state.value, act="accept_proposal")
        _changeable(old, at=at)
        new = _asked(session, old, old.proposed_from, old.proposed_to, waived=OVERRIDABLE, by=by, at=at)
        before = old.state
        _settled(session, old, new, by=by, at=at)
        if before is not BookingState.APPROVED:
            new.state, new.answer_by = next_state(new.state, BookingAct.APPROVE), None
            record(session, "booking", new, "approved", by=SYSTEM, at=at, before=BookingState.SUBMITTED, facts={"rule": "proposal"})
        tell_owner(session, new, "booking_proposal_taken", at=at)
    return new


def _changeable(old: Booking, *, at: datetime) -> Booking:
    """A booking that may still be changed: asked for or approved, not begun, and no change that itself waits.

    Raises: AlreadyDecided, InvalidTransition.
    """
    next_state(old.state, BookingAct.RESCHEDULE)
    if at >= old.starts_at or old.waits_as_change:
        raise InvalidTransition(state=old.state.value, act="change")
    return old


def _asked(
    session: Session, old: Booking, start: datetime, end: datetime, *, waived: frozenset[str] | set[str], by: Actor, at: datetime
) -> Booking:
    """The new booking beside the old one, holding what it needs above it, not yet blocking."""
    instrument, wish = old.instrument, wish_of(old, start, end)
    person = Whose(old.user_id, verified_firm(old.firm_id))
    quoted = quoted_now(session, wish, instrument, person, old=old, waived=waived, at=at)
    busy = busy_time(wish, rules_in_force(instrument))
    units = [unit.id for unit in units_of(instrument.id)]
    unit_id = free_unit(units, busy, first=old.unit_id, without=[old.id])
    if unit_id is None:
        raise SlotTaken(alternatives=alternatives(instrument, Slot(start, end), at=at))
    new = written(session, wish, instrument, unit_id, busy, quoted, person, old=old, basket=old.basket, at=at)
    hold_above(session, new, quoted, old, by=by, at=at)
    record(
        session, "booking", new, "submitted", by=by, at=at,
        facts={"change_of": old.id, "gross_fen": new.gross.fen, "subsidy_fen": new.subsidy.fen},
    )  # fmt: skip
    return new


def _settled(session: Session, old: Booking, new: Booking, *, by: Actor, at: datetime) -> None:
    """Replace the old booking at once; what the owner had said of it stays."""
    before = old.state
    settle_change(session, new, old, by=by, at=at)
    if before is BookingState.APPROVED:
        new.state, new.answer_by = next_state(new.state, BookingAct.APPROVE), None
        record(session, "booking", new, "approved", by=SYSTEM, at=at, before=BookingState.SUBMITTED, facts={"rule": "kept"})
    else:
        new.answer_by = min(old.answer_by or new.starts_at, new.starts_at)


def _keep_both_busy(session: Session, old: Booking, new: Booking) -> None:
    """While a change waits: one wide interval where both meet on one unit, else two that block."""
    if not old.blocking or rules_in_force(old.instrument).pending == "owner_chooses":
        return
    wide = kept_busy(Slot(old.busy_from, old.busy_to), Slot(new.busy_from, new.busy_to)) if old.unit_id == new.unit_id else None
    if wide is None:
        new.blocking = True
    elif wide.end - wide.start > LONGEST:
        raise invalid("too_long", "end", minutes=int(LONGEST.total_seconds() // 60))
    else:
        old.busy_from, old.busy_to = wide.start, wide.end
    session.flush()
