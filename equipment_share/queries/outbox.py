"""What waits: the pulse of the house, for the people who keep the machine running."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from equipment_share.domain.bookings.life import BookingState
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.outbox import AuditHead, Letter


def pulse(at: datetime) -> dict[str, tuple[str, float]]:
    """Figures by name, each with its meaning; three questions."""
    waiting = select(func.count(Letter.id), func.min(Letter.made_at)).where(Letter.sent_at.is_(None), Letter.made_at <= at)
    letters, oldest = db.session.execute(waiting).one()
    open_states = (BookingState.SUBMITTED, BookingState.APPROVED, BookingState.IN_USE, BookingState.USAGE_RECORDED, BookingState.DISPUTED)
    counted = select(Booking.state, func.count(Booking.id)).where(Booking.state.in_(open_states)).group_by(Booking.state)
    bookings = {row[0]: row[1] for row in db.session.execute(counted)}
    found = {
        "letters_waiting": ("Letters that wait for the post", float(letters)),
        "oldest_letter_seconds": ("Age of the oldest letter that waits", (at - oldest).total_seconds() if oldest else 0.0),
        "audit_rows": ("Lines in the audit chain", float(db.session.scalar(select(AuditHead.seq)) or 0)),
    }
    for state in open_states:
        found[f"bookings_{state.value}"] = (f"Bookings in state {state.value}", float(bookings.get(state, 0)))
    return found
