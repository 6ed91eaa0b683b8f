"""Slots, half open and in UTC; an instrument's grid and opening hours are data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
LONGEST = timedelta(days=14)
"""No busy interval is longer, buffers included: the bound that keeps week questions an index scan."""


@dataclass(frozen=True, order=True)
class Slot:
    """A time of use `[start, end)`, aware; neighbours touch and never overlap."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse naive times and empty slots; keep UTC."""
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a slot needs aware times")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.end <= self.start:
            raise ValueError("a slot ends after it starts")

    def overlaps(self, other: Slot) -> bool:
        """Whether some instant lies in both."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Slot) -> bool:
        """Whether the other lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def widened(self, before: int, after: int) -> Slot:
        """With buffers, in minutes, on both sides."""
        return Slot(self.start - before * MINUTE, self.end + after * MINUTE)

    @property
    def minutes(self) -> int:
        """Elapsed whole minutes, at least one.

        Units: minutes.
        Rounding: both ends cut to the minute, at least 1 (16:17:59-16:19:01 is 2, 15 s is 1).
        Raises: nothing.
        Source: docs/rules.md#time
        """
        cut = self.end.replace(second=0, microsecond=0) - self.start.replace(second=0, microsecond=0)
        return max(1, int(cut / MINUTE))


@dataclass(frozen=True, order=True)
class Hours:
    """One opening window of a weekday (1 is Monday) in the instrument's own time; `closes` may be 24:00."""

    weekday: int
    opens_minute: int
    closes_minute: int

    def __post_init__(self) -> None:
        """Refuse windows that are empty or leave the day."""
        if not (1 <= self.weekday <= 7 and 0 <= self.opens_minute < self.closes_minute <= 1440):
            raise ValueError("opening hours lie within one day")


def local_instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock minute of a local day; 1440 is the next midnight."""
    base = datetime.combine(day + timedelta(days=minute // 1440), time(minute % 1440 // 60, minute % 60))
    return base.replace(tzinfo=zone).astimezone(UTC)


def local_days(slot: Slot, zone: ZoneInfo) -> Iterator[date]:
    """Every local day the slot touches."""
    day = slot.start.astimezone(zone).date()
    last = (slot.end - timedelta(microseconds=1)).astimezone(zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def open_windows(hours: Iterable[Hours], during: Slot, zone: ZoneInfo, closed_days: frozenset[date]) -> list[Slot]:
    """When an instrument is open inside `during`, windows that touch joined into one.

    Units: slots in UTC.
    Rounding: none.
    Raises: nothing; no hours at all means always open.
    Source: docs/rules.md#opening-hours
    """
    rows = tuple(hours) or tuple(Hours(day, 0, 1440) for day in range(1, 8))
    return list(_windows(rows, during, zone, closed_days))


@lru_cache(maxsize=512)
def _windows(rows: tuple[Hours, ...], during: Slot, zone: ZoneInfo, closed_days: frozenset[date]) -> tuple[Slot, ...]:
    """Most instruments of a pool share their hours: a page of hundreds works them out once."""
    found: list[Slot] = []
    for day in local_days(during, zone):
        if day in closed_days:
            continue
        for row in rows:
            if row.weekday == day.isoweekday():
                start, end = local_instant(day, row.opens_minute, zone), local_instant(day, row.closes_minute, zone)
                if start < end:
                    found.append(Slot(start, end))
    return tuple(cut for window in joined(found) if (cut := clipped(window, during)))


def clipped(slot: Slot, to: Slot) -> Slot | None:
    """The part of a slot inside another, or nothing."""
    start, end = max(slot.start, to.start), min(slot.end, to.end)
    return Slot(start, end) if start < end else None


def joined(slots: Iterable[Slot]) -> list[Slot]:
    """Overlapping and touching slots made one, in order."""
    out: list[Slot] = []
    for slot in sorted(slots):
        if out and slot.start <= out[-1].end:
            out[-1] = Slot(out[-1].start, max(out[-1].end, slot.end))
        else:
            out.append(slot)
    return out


def without(windows: Iterable[Slot], taken: Iterable[Slot]) -> list[Slot]:
    """What of the windows is left when the taken slots are cut out."""
    busy = joined(taken)
    out: list[Slot] = []
    for window in windows:
        at = window.start
        for slot in busy:
            if slot.end <= at or slot.start >= window.end:
                continue
            if slot.start > at:
                out.append(Slot(at, slot.start))
            at = max(at, slot.end)
        if at < window.end:
            out.append(Slot(at, window.end))
    return out


def is_aligned(moment: datetime, grid_minutes: int, zone: ZoneInfo) -> bool:
    """Whether an instant lies on the instrument's grid, counted from its local midnight."""
    local = moment.astimezone(zone)
    return local.second == 0 and local.microsecond == 0 and (local.hour * 60 + local.minute) % grid_minutes == 0
