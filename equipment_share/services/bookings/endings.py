"""Building block: end a booking without use, whoever ends it and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Actor
from equipment_share.domain.bookings.life import BookingAct, BookingState, blocks, next_state
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.pricing import penalty
from equipment_share.domain.quotes import Quote
from equipment_share.domain.timeslots import MINUTE, Slot
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.alternatives import alternatives
from equipment_share.queries.bookings.bookings import booking_locked, waiting_change_of
from equipment_share.queries.bookings.quoting import rules_of
from equipment_share.services.bookings.freed import end_waiting, offer_freed
from equipment_share.services.bookings.holds import release_subsidies
from equipment_share.services.letters import tell_both, tell_firm
from equipment_share.services.transaction import record

ENDS_CHANGE = {BookingAct.CANCEL_BY_FIRM: BookingAct.CANCEL_BY_FIRM, BookingAct.CANCEL_BY_OWNER: BookingAct.CANCEL_BY_OWNER}
"""How the change of a booking ends with it; otherwise it expires."""


def end_without_use(
    session: Session,
    booking: Booking,
    act: BookingAct,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    fee: Money = ZERO,
    fee_label: str = "",
) -> None:
    """Set the slot and the whole hold free; a fee is a penalty line that no voucher pays. What is freed goes to who waits for it.

    The caller holds the units' locks.
    Raises: AlreadyDecided, InvalidTransition.
    """
    before, after, was_blocking = booking.state, next_state(booking.state, act), booking.blocking
    widened = booking.change_of_id if booking.waits_as_change else None
    if (change := waiting_change_of(booking.id)) is not None:
        end_without_use(session, change, ENDS_CHANGE.get(act, BookingAct.EXPIRE), by=by, at=at, reason=reason or "old_booking_ended")
    freed = Slot(booking.busy_from, booking.busy_to)
    _ended(booking, after, fee, fee_label)
    session.flush()
    if widened is not None:
        freed, was_blocking = _narrowed(session, booking_locked(widened, None), freed, was_blocking)
    given = release_subsidies(session, booking, by=by, at=at, reason=act.value)
    facts: dict[str, object] = {"fee_fen": fee.fen, "released_fen": given.fen}
    record(session, "booking", booking, after.value, by=by, at=at, before=before, reason=reason, facts=facts)
    if before is BookingState.OFFERED:
        end_waiting(booking, at=at)
        tell_firm(session, booking, "offer_over", at=at)
    else:
        others = _other_times(booking, at=at) if act is BookingAct.CANCEL_BY_OWNER else {}
        tell_both(session, booking, f"booking_{after.value}", at=at, facts={"reason": reason, **facts, **others})
    if was_blocking:
        offer_freed(session, booking.instrument, freed, not_to=booking.firm_id, at=at)


def _ended(booking: Booking, after: BookingState, fee: Money, fee_label: str) -> None:
    """The booking as it stands from then on: it takes no time, waits for nobody, and costs the fee or nothing."""
    booking.state, booking.blocking = after, blocks(after)
    booking.answer_by = booking.proposed_from = booking.proposed_to = None
    booking.late_fee = fee
    charge = Quote((penalty(fee_label, fee),) if fee else (), ())
    booking.charge = charge.document() if fee else None
    booking.gross, booking.subsidy, booking.net = charge.gross, charge.subsidy, charge.net


def _other_times(booking: Booking, *, at: datetime) -> dict[str, object]:
    """Other free times, for who lost one through no fault of one's own (acceptance 5)."""
    if booking.starts_at <= at:
        return {}
    found = alternatives(booking.instrument, booking.slot, at=at)
    return {"other_times": [f"{row['instrument']} {row['start']:%Y-%m-%dT%H:%MZ}" for row in found]}


def _narrowed(session: Session, old: Booking, freed: Slot, was_blocking: bool) -> tuple[Slot, bool]:
    """The old booking keeps its own time alone again; answers what that set free, and whether anything was."""
    rules = rules_of(old.rules)
    own = old.slot.widened(rules.buffer_before_minutes, rules.buffer_after_minutes)
    busy = Slot(old.busy_from, old.busy_to)
    end = min(own.end, old.checked_out_at + rules.buffer_after_minutes * MINUTE) if old.checked_out_at else own.end
    if not old.blocking or (busy.start, busy.end) == (own.start, end):
        return freed, was_blocking
    old.busy_from, old.busy_to = own.start, end
    session.flush()
    return busy, True
