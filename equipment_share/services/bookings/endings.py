"""Building block: end a booking without use, whoever ends it and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Actor
from equipment_share.domain.bookings.life import BookingAct, blocks, next_state
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.pricing import penalty
from equipment_share.domain.quotes import Quote
from equipment_share.models.bookings import Booking
from equipment_share.services.bookings.holds import release_subsidies
from equipment_share.services.letters import tell_both
from equipment_share.services.transaction import record


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
    """Set the slot and the whole hold free; a fee is a penalty line that no voucher pays.

    Raises: AlreadyDecided, InvalidTransition.
    """
    before = booking.state
    booking.state = next_state(before, act)
    booking.blocking = blocks(booking.state)
    booking.answer_by = None
    booking.late_fee = fee
    charge = Quote((penalty(fee_label, fee),) if fee else (), ())
    booking.charge = charge.document() if fee else None
    booking.gross, booking.subsidy, booking.net = charge.gross, charge.subsidy, charge.net
    session.flush()
    given = release_subsidies(session, booking, by=by, at=at, reason=act.value)
    facts = {"fee_fen": fee.fen, "released_fen": given.fen}
    record(session, "booking", booking, booking.state.value, by=by, at=at, before=before, reason=reason, facts=facts)
    tell_both(session, booking, f"booking_{booking.state.value}", at=at, facts={"reason": reason, **facts})
