"""What stepping back from a booking costs its firm."""

from __future__ import annotations

from datetime import datetime

from equipment_share.domain.bookings.life import BookingState, cut_off
from equipment_share.domain.money import ZERO, BasisPoints, Money
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.quoting import rules_of


def late_fee(booking: Booking, *, at: datetime) -> Money:
    """Nothing before approval or until the cut-off; later the share that the rules say of the dearest quote that stood since then.

    A booking that is made shorter after the cut-off costs what it would have cost before: nobody steps back for a few fen in two steps.
    A question for each change since the cut-off, none before it.
    """
    rules = rules_of(booking.rules)
    until = booking.free_until or cut_off(booking.starts_at, rules)
    if booking.state is not BookingState.APPROVED or at <= until:
        return ZERO
    dearest, one = booking.gross, booking
    while one.change_of_id is not None and one.made_at > until:
        one = db.session.get_one(Booking, one.change_of_id)
        dearest = max(dearest, Money(int(one.quote["gross_fen"])))  # the numbers of one that was replaced are none
    return dearest.share(BasisPoints(rules.cancel_fee_bp))
