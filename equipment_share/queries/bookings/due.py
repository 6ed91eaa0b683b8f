"""What is due and not yet done: what the timed jobs ask for."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.workdays import workdays_later
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.outbox import HistoryStep
from equipment_share.queries.instruments.calendar import off_days


def requests_due(at: datetime) -> list[int]:
    """Requests whose time to be answered is over, or whose slot has begun."""
    waits = Booking.state.in_([BookingState.SUBMITTED, BookingState.OFFERED])
    query = select(Booking.id).where(waits, (Booking.answer_by <= at) | (Booking.starts_at <= at)).order_by(Booking.id)
    return list(db.session.scalars(query))


def unanswered_since(at: datetime, step: str, *, told: str) -> list[int]:
    """Requests that have waited the working days of a step (`remind`, `escalate`) of their own rules and were not told of yet."""
    seen = (
        select(HistoryStep.id).where(HistoryStep.kind == "booking", HistoryStep.object_id == Booking.id, HistoryStep.event == told).exists()
    )
    query = select(Booking.id, Booking.made_at, Booking.rules).where(Booking.state == BookingState.SUBMITTED, ~seen).order_by(Booking.id)
    rows = db.session.execute(query).all()
    off = {made_at.date(): off_days(made_at) for _, made_at, _ in rows}
    return [key for key, made_at, rules in rows if workdays_later(made_at, Rules.parse(rules).answer[step], off[made_at.date()]) <= at]


def uses_due(at: datetime) -> list[int]:
    """Recorded uses that nobody disputed within their days."""
    query = select(Booking.id).where(Booking.state == BookingState.USAGE_RECORDED, Booking.answer_by <= at).order_by(Booking.id)
    return list(db.session.scalars(query))


def begun_without_check_in(at: datetime) -> list[Booking]:
    """Approved bookings that have begun; whether the grace is over is for the rules to say."""
    query = select(Booking).where(Booking.state == BookingState.APPROVED, Booking.starts_at <= at).order_by(Booking.id)
    return list(db.session.scalars(query))


def running_over(at: datetime) -> list[int]:
    """Uses that go on after their booked end, with another booking within the hour, and were not told of yet."""
    told = select(HistoryStep.id).where(HistoryStep.kind == "booking", HistoryStep.object_id == Booking.id, HistoryStep.event == "overran")
    other = aliased(Booking)
    follows = select(other.id).where(
        other.unit_id == Booking.unit_id, other.blocking, other.starts_at >= Booking.ends_at, other.starts_at <= at + timedelta(hours=1)
    )
    query = select(Booking.id).where(
        Booking.state == BookingState.IN_USE, Booking.checked_out_at.is_(None), Booking.ends_at <= at, ~told.exists(), follows.exists()
    )
    return list(db.session.scalars(query.order_by(Booking.id)))


def next_on_unit(booking: Booking) -> Booking | None:
    """The booking that comes after one on the same unit."""
    query = select(Booking).where(Booking.unit_id == booking.unit_id, Booking.blocking, Booking.starts_at >= booking.ends_at)
    return db.session.scalar(query.order_by(Booking.starts_at).limit(1))
