"""The working calendar: which days are off, and which weekend days are worked (调休)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select

from equipment_share.domain.workdays import is_day_off
from equipment_share.models.base import db
from equipment_share.models.instruments import CalendarDay

_NAMED = select(CalendarDay.day, CalendarDay.kind).where(CalendarDay.day.between(bindparam("first"), bindparam("last")))


def days_named(year: int) -> list[CalendarDay]:
    """The named days of a year, in order; none means that the State Council's notice has not been entered yet."""
    query = select(CalendarDay).where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
    return list(db.session.scalars(query.order_by(CalendarDay.day)))


def off_days(at: datetime) -> Callable[[date], bool]:
    """Says of a day around an instant whether it is off; one question."""
    first, last = at.date() - timedelta(days=7), at.date() + timedelta(days=120)
    rows = db.session.execute(_NAMED, {"first": first, "last": last})
    named = {row[0]: row[1] for row in rows}
    return lambda day: is_day_off(day, named)
