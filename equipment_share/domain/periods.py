"""Periods of money in the bureau's calendar: a year, a quarter, a month, a window of days."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from equipment_share.domain.errors import invalid
from equipment_share.domain.timeslots import Slot

BUREAU_ZONE = ZoneInfo("Asia/Shanghai")
_YEAR = re.compile(r"([0-9]{4})")
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_DAY = "([0-9]{4}-[0-9]{2}-[0-9]{2})"
_WINDOW = re.compile(_DAY + r"\.\." + _DAY)


def bureau_day(moment: datetime) -> date:
    """The calendar day of an instant at the bureau."""
    return moment.astimezone(BUREAU_ZONE).date()


def last_day(ends_at: datetime) -> date:
    """The bureau day of the last instant before an exclusive end: a slot until midnight completes on the day before."""
    return bureau_day(ends_at - timedelta(microseconds=1))


def day_begins(day: date) -> datetime:
    """The first instant of a bureau day, in UTC."""
    return datetime.combine(day, time(), BUREAU_ZONE).astimezone(UTC)


def day_over(day: date) -> datetime:
    """The first instant after a bureau day: deadlines include the whole last day (domain §6, boundary notes)."""
    return day_begins(day + timedelta(days=1))


@dataclass(frozen=True, order=True)
class Period:
    """Whole bureau days from `first_on` to `last_on`, both included; `name` is how people write it."""

    first_on: date
    last_on: date

    def __post_init__(self) -> None:
        """Refuse periods that end before they begin."""
        if self.last_on < self.first_on:
            raise ValueError("a period ends on or after its first day")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2026`, `2026-Q3`, `2026-09` or `2026-05-01..2027-04-30`, of the years 2000 to 2100.

        Raises: Invalid `not_a_period`.
        """
        try:
            return cls._parsed(text.strip())
        except ValueError:
            raise invalid("not_a_period", "period", given=text[:40]) from None

    @classmethod
    def _parsed(cls, text: str) -> Period:
        if found := _WINDOW.fullmatch(text):
            first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
            if not 2000 <= first.year <= last.year <= 2100:
                raise ValueError(text)
            return cls(first, last)
        if found := _QUARTER.fullmatch(text):
            return cls.months(int(found[1]), int(found[2]) * 3 - 2, 3)
        if found := _MONTH.fullmatch(text):
            return cls.months(int(found[1]), int(found[2]), 1)
        if found := _YEAR.fullmatch(text):
            return cls.months(int(found[1]), 1, 12)
        raise ValueError(text)

    @classmethod
    def months(cls, year: int, first: int, count: int) -> Period:
        """`count` whole months from a month."""
        if not 2000 <= year <= 2100:
            raise ValueError("a year from 2000 to 2100")
        beyond = first - 1 + count
        return cls(date(year, first, 1), date(year + beyond // 12, beyond % 12 + 1, 1) - timedelta(days=1))

    @classmethod
    def year_of(cls, day: date) -> Period:
        """The calendar year a day lies in."""
        return cls.months(day.year, 1, 12)

    @classmethod
    def quarter_of(cls, day: date) -> Period:
        """The quarter a day lies in."""
        return cls.months(day.year, (day.month - 1) // 3 * 3 + 1, 3)

    @property
    def span(self) -> Slot:
        """The instants of the period, in UTC, half open."""
        return Slot(day_begins(self.first_on), day_over(self.last_on))

    @property
    def is_whole_months(self) -> bool:
        """Whether it is one or more calendar months, none cut."""
        return self.first_on.day == 1 and (self.last_on + timedelta(days=1)).day == 1

    def __contains__(self, day: date) -> bool:
        """Whether a bureau day lies inside."""
        return self.first_on <= day <= self.last_on

    def meets(self, other: Period) -> bool:
        """Whether the two have a bureau day in common."""
        return self.first_on <= other.last_on and other.first_on <= self.last_on

    def __str__(self) -> str:
        """The shortest name that `parse` reads back."""
        first, last = self.first_on, self.last_on
        if first.day == 1 and first.year == last.year:
            for months, name in ((12, f"{first.year}"), (3, f"{first.year}-Q{(first.month + 2) // 3}"), (1, f"{first:%Y-%m}")):
                if (months < 12 or first.month == 1) and (months != 3 or first.month % 3 == 1):
                    if last == Period.months(first.year, first.month, months).last_on:
                        return name
        return f"{first}..{last}"


def periods_around(days: Iterable[date]) -> tuple[tuple[Period, ...], tuple[Period, ...], tuple[Period, ...]]:
    """The years, the quarters and the months that some days lie in, the newest of each first."""
    firsts = {day.replace(day=1) for day in days}
    years, quarters = {Period.year_of(day) for day in firsts}, {Period.quarter_of(day) for day in firsts}
    months = {Period.months(day.year, day.month, 1) for day in firsts}
    return tuple(sorted(years, reverse=True)), tuple(sorted(quarters, reverse=True)), tuple(sorted(months, reverse=True))


def months_later(day: date, months: int) -> date:
    """The same day some months on, clamped to the month's end (domain W28: 30 Nov + 3 months is 28 Feb)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = Period.months(year, month + 1, 1).last_on
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), last)
