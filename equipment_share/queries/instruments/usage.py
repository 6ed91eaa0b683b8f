"""How much an instrument is used: by week against its open hours, and by hour of the week; nobody is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from equipment_share.domain.periods import bureau_day, day_begins
from equipment_share.domain.timeslots import Slot, clipped, open_windows
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.queries.instruments.instruments import hours_of, timetable, units_of

WEEKS, HEAT = 26, 4
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Week:
    """The minutes of one week."""

    monday: date
    used: int
    open: int


@dataclass(frozen=True)
class Usage:
    """The last half year of one instrument."""

    weeks: Sequence[Week]
    heat: Sequence[tuple[int, Sequence[tuple[int, int]]]]
    """By hour of the day: for each weekday the minutes used and their warmth, 0 to 4."""

    @property
    def used(self) -> int:
        """The minutes of all weeks together."""
        return sum(week.used for week in self.weeks)


def usage_of(instrument: Instrument, *, at: datetime) -> Usage:
    """Confirmed uses of the last half year; a fixed number of questions."""
    today = bureau_day(at)
    this = today - timedelta(days=today.weekday())
    mondays = [this - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    span = Slot(day_begins(mondays[0]), day_begins(this + timedelta(weeks=1)))
    used = _used(instrument.id, span)
    units = len(units_of(instrument.id))
    table = timetable(instrument, span)
    hours = hours_of(instrument)
    spans = [Slot(day_begins(monday), day_begins(monday + timedelta(weeks=1))) for monday in mondays]
    windows = open_windows(hours, span, ZoneInfo(instrument.time_zone), table.holidays) if hours else [span]
    weeks = [
        Week(monday, _inside(used, week), units * _inside(windows, week)) for monday, week in zip(mondays, spans, strict=True)
    ]  # fmt: skip
    return Usage(weeks, _heat(used, ZoneInfo(instrument.time_zone)))


def _used(instrument_id: int, span: Slot) -> list[Slot]:
    query = select(Booking.used_from, Booking.used_to).where(
        Booking.instrument_id == instrument_id,
        Booking.confirmed_at.is_not(None),
        Booking.used_to > span.start,
        Booking.used_from < span.end,
    )
    return [Slot(begin, end) for begin, end in db.session.execute(query) if begin is not None and end is not None and begin < end]


def _inside(slots: Sequence[Slot], span: Slot) -> int:
    return sum(cut.minutes for slot in slots if (cut := clipped(slot, span)))


def _heat(used: Sequence[Slot], zone: ZoneInfo) -> list[tuple[int, list[tuple[int, int]]]]:
    """Minutes by hour of the day and weekday, from the first hour in use to the last; warm as a share of the warmest."""
    sums = [[0] * 7 for _ in range(24)]
    for slot in used:
        begin = slot.start.astimezone(zone).replace(minute=0, second=0, microsecond=0)
        while begin < slot.end:
            cut = clipped(slot, Slot(begin, begin + HOUR))
            sums[begin.hour][begin.weekday()] += cut.minutes if cut else 0
            begin += HOUR
    most = max((minutes for row in sums for minutes in row), default=0)
    busy = [hour for hour in range(24) if any(sums[hour])]
    shown = range(busy[0], busy[-1] + 1) if busy else range(0)
    return [(hour, [(minutes, -(-HEAT * minutes // most)) for minutes in sums[hour]]) for hour in shown]
