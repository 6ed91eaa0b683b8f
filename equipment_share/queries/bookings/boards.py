"""Bookings as queues show them: at the instrument, what waits for a correction, and how fast an owner answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import CHARGED, ENDED_WITHOUT_USE, BookingState
from equipment_share.domain.timeslots import Slot
from equipment_share.models.base import db, utc
from equipment_share.models.bookings import Booking, UsageRecord
from equipment_share.models.outbox import HistoryStep
from equipment_share.queries.bookings.bookings import in_sight


def at_instrument(instrument_id: int, by: Actor, during: Slot) -> list[Booking]:
    """A day's bookings of one instrument that a person may see, for the page at the instrument; the first to begin on top.

    Raises: Forbidden.
    """
    require(by, Act.SEE_BOOKINGS)
    states = [BookingState.APPROVED, BookingState.IN_USE, BookingState.USAGE_RECORDED]
    query = in_sight(select(Booking).where(Booking.instrument_id == instrument_id, Booking.state.in_(states)), by)
    return list(db.session.scalars(query.where(Booking.starts_at < during.end, Booking.ends_at > during.start).order_by(Booking.starts_at)))


def corrections_waiting(by: Actor) -> list[Booking]:
    """Settled uses whose last word is the firm's: the owner has to answer.

    Raises: Forbidden.
    """
    require(by, Act.RECORD_USE)
    later = aliased(UsageRecord)
    superseded = select(later.id).where(later.booking_id == UsageRecord.booking_id, later.id > UsageRecord.id).exists()
    last = select(UsageRecord.id).where(UsageRecord.booking_id == Booking.id, UsageRecord.said_by == "firm", ~superseded).exists()
    query = in_sight(select(Booking).where(Booking.state.in_(CHARGED), last), by)
    return list(db.session.scalars(query.order_by(Booking.starts_at).limit(100)))


def place_in_queue(booking: Booking) -> int | None:
    """How many sample bookings of the instrument come before one and are not measured yet, itself counted; None when it does not wait."""
    if booking.sample_state not in ("awaited", "received") or booking.state in ENDED_WITHOUT_USE:
        return None
    query = select(func.count(Booking.id)).where(
        Booking.instrument_id == booking.instrument_id, Booking.sample_state.in_(["awaited", "received"]),
        Booking.state.not_in([*ENDED_WITHOUT_USE, BookingState.DRAFT]), Booking.starts_at <= booking.starts_at,
    )  # fmt: skip
    return db.session.scalar(query)


def answer_time(owner_id: int, *, at: datetime) -> tuple[int, int]:
    """The median of minutes between request and answer of an owner's last requests within 90 days, and how many they were; one question."""
    answered = (
        select(func.min(HistoryStep.at))
        .where(HistoryStep.kind == "booking", HistoryStep.object_id == Booking.id, HistoryStep.event.in_(["approved", "rejected"]))
        .where(HistoryStep.by_id.is_not(None), HistoryStep.by_id != Booking.user_id)
        .scalar_subquery()
    )
    query = select(Booking.made_at, answered).where(Booking.owner_id == owner_id, Booking.made_at > at - timedelta(days=90))
    rows = db.session.execute(query.order_by(Booking.id.desc()).limit(200)).all()
    spans = sorted(int((utc(end) - begin).total_seconds() // 60) for begin, end in rows if end is not None)
    return (spans[len(spans) // 2], len(spans)) if spans else (0, 0)
