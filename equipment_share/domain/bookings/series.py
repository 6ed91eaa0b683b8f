"""A wish that repeats: which rules are taken, and which dates a rule names that do not exist. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from equipment_share.domain.errors import invalid
from equipment_share.domain.timeslots import Slot

MOST = 52
"""No series is longer (`contract.md` §2)."""
_PART = re.compile(r"(FREQ|INTERVAL|COUNT|UNTIL|BYDAY|BYMONTHDAY|BYMONTH|BYSETPOS|WKST)=([A-Z0-9,+-]{1,60})")
_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_UNTIL = re.compile(r"([0-9]{8})(T[0-9]{6}Z?)?")


@dataclass(frozen=True)
class Repeat:
    """A rule by its parts; `until` is a wall-clock time of the instrument."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    by_day: tuple[tuple[int, int], ...] = ()
    """(n-th or 0, weekday 0-6)."""
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    rest: str = ""

    def text(self) -> str:
        """The rule as RFC 5545 writes it, its end in wall-clock time."""
        days = ",".join(f"{n or ''}{_DAYS[day]}" for n, day in self.by_day)
        parts = {
            "FREQ": self.freq, "INTERVAL": str(self.interval), "COUNT": str(self.count or ""),
            "UNTIL": self.until.strftime("%Y%m%dT%H%M%S") if self.until else "", "BYDAY": days,
            "BYMONTHDAY": ",".join(map(str, self.by_month_day)), "BYMONTH": ",".join(map(str, self.by_month)),
        }  # fmt: skip
        return ";".join([f"{name}={value}" for name, value in parts.items() if value] + ([self.rest] if self.rest else []))


@dataclass(frozen=True)
class Named:
    """One date of a series by its name; one that does not exist has no slot."""

    name: str
    slot: Slot | None


def read_rule(text: str, zone: ZoneInfo) -> Repeat:
    """A rule of days, weeks, months or years.

    Units: dates by the instrument's own clock; an UNTIL in UTC is turned to it, one without a time means the whole day.
    Rounding: none.
    Raises: Invalid `bad_rule`.
    Source: docs/rules.md#series (RFC 5545 §3.3.10)
    """
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        found = _PART.fullmatch(part)
        if found is None or found[1] in parts:
            raise invalid("bad_rule", "rrule")
        parts[found[1]] = found[2]
    if parts.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY") or ("COUNT" in parts and "UNTIL" in parts):
        raise invalid("bad_rule", "rrule")
    days = [_DAY.fullmatch(day) for day in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
    if None in days or (parts["FREQ"] in ("DAILY", "WEEKLY") and any(day and day[1] for day in days)):
        raise invalid("bad_rule", "rrule")
    rest = ";".join(f"{name}={parts[name]}" for name in ("BYSETPOS", "WKST") if name in parts)
    return Repeat(
        parts["FREQ"],
        _numbers(parts.get("INTERVAL", "1"), 1, 366)[0],
        _numbers(parts["COUNT"], 1, 10_000)[0] if "COUNT" in parts else None,
        _until(parts["UNTIL"], zone) if "UNTIL" in parts else None,
        tuple((int(day[1] or 0), _DAYS.index(day[2])) for day in days if day),
        _numbers(parts.get("BYMONTHDAY", ""), -31, 31),
        _numbers(parts.get("BYMONTH", ""), 1, 12),
        rest,
    )


def _numbers(text: str, low: int, high: int) -> tuple[int, ...]:
    found = [int(part) if re.fullmatch(r"[+-]?[0-9]{1,5}", part) else 0 for part in text.split(",")] if text else []
    if any(number == 0 or not low <= number <= high for number in found):
        raise invalid("bad_rule", "rrule")
    return tuple(found)


def _until(text: str, zone: ZoneInfo) -> datetime:
    found = _UNTIL.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        moment = datetime.strptime(found[1] + (found[2] or "T235959").rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a wall-clock time
    except ValueError:
        raise invalid("bad_rule", "rrule") from None
    return moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) if text.endswith("Z") else moment


def dates_named(repeat: Repeat, first: datetime, last: datetime, found: Sequence[datetime], zone: ZoneInfo) -> list[Named]:
    """Every date of a series in order: those that exist as slots, and those that a month, a year or a clock change does not have.

    Units: `first` and `last` are the wall-clock ends of the first slot, `found` the starts that the rule gave.
    Rounding: none. A date that does not exist is named and skipped, never shifted; each slot keeps its wall-clock times.
    Raises: nothing.
    Source: docs/rules.md#series (acceptance 12, 13)
    """
    named: list[tuple[str, Named]] = []
    for start in found:
        slot = _slot(start, start + (last - first), zone)
        name = start.date().isoformat() if slot else start.isoformat(timespec="minutes")
        named.append((start.isoformat(), Named(name, slot)))
    until = repeat.until if repeat.until else max(found, default=first)
    for name, sort in _missing(repeat, first.date(), until.date()):
        named.append((sort, Named(name, None)))
    return [row for _, row in sorted(named, key=lambda pair: pair[0])]


def _slot(start: datetime, end: datetime, zone: ZoneInfo) -> Slot | None:
    """Two wall-clock times as instants; None where the clock skips one of them."""
    ends = [moment.replace(tzinfo=zone).astimezone(UTC) for moment in (start, end)]
    exist = all(back.astimezone(zone).replace(tzinfo=None) == moment for back, moment in zip(ends, (start, end), strict=True))
    return Slot(*ends) if exist and ends[0] < ends[1] else None


def _missing(repeat: Repeat, first: date, last: date) -> Iterator[tuple[str, str]]:
    """The dates between two days that a monthly or yearly rule names and the calendar does not have, each with its place in the order."""
    if repeat.freq not in ("MONTHLY", "YEARLY") or repeat.rest:
        return
    days = repeat.by_month_day or (() if repeat.by_day else (first.day,))
    for year, month in _months(repeat, first, last):
        long = calendar.monthrange(year, month)[1]
        for day in days:
            if abs(day) > long and first <= date(year, month, long) <= last:
                yield f"{year}-{month:02d}-{day:02d}", f"{year}-{month:02d}-{long:02d}T99"
        for n, weekday in repeat.by_day if not repeat.by_month_day and (repeat.freq == "MONTHLY" or repeat.by_month) else ():
            if abs(n) == 5 and not _has_fifth(year, month, weekday) and first <= date(year, month, long) <= last:
                yield f"{year}-{month:02d} {n}{_DAYS[weekday]}", f"{year}-{month:02d}-{long:02d}T99"


def _months(repeat: Repeat, first: date, last: date) -> Iterator[tuple[int, int]]:
    index, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    if repeat.freq == "MONTHLY":
        for number in range(index, end + 1, repeat.interval):
            if not repeat.by_month or number % 12 + 1 in repeat.by_month:
                yield number // 12, number % 12 + 1
    else:
        for year in range(first.year, last.year + 1, repeat.interval):
            for month in repeat.by_month or (first.month,):
                yield year, month


def _has_fifth(year: int, month: int, weekday: int) -> bool:
    first, long = calendar.monthrange(year, month)
    return (weekday - first) % 7 + 29 <= long
