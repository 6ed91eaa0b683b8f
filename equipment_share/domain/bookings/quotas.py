"""How much one firm or one person may book of an instrument in a day, a week or a month. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from equipment_share.domain.errors import Problem
from equipment_share.domain.timeslots import Slot

PER, WHOM = ("day", "week", "month"), ("user", "firm")
MOST = 20


@dataclass(frozen=True)
class Quota:
    """At most so many bookings, or so many minutes, per span and per whom."""

    per: str
    whom: str
    count: int | None = None
    minutes: int | None = None

    def document(self) -> dict[str, object]:
        """As `rules.quotas` shows it."""
        limit = {"count": self.count} if self.count is not None else {"minutes": self.minutes}
        return {**limit, "per": self.per, "whom": self.whom}


@dataclass(frozen=True)
class Counted:
    """A booking that counts: where it starts, how long it is, who asked for it."""

    starts_at: datetime
    minutes: int
    user_id: int


def read_quotas(value: object, where: str) -> tuple[tuple[Quota, ...], list[Problem]]:
    """The `quotas` of an instrument's rules, or what is wrong with them.

    Units: counts and minutes. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#quotas
    """
    if not isinstance(value, list) or len(value) > MOST:
        return (), [Problem("not_a_list" if not isinstance(value, list) else "too_many", where)]
    found, problems = [], []
    for index, row in enumerate(value):
        problem = _problem(row, f"{where}.{index}")
        if problem is not None:
            problems.append(problem)
        else:
            found.append(Quota(row["per"], row["whom"], row.get("count"), row.get("minutes")))
    return tuple(found), problems


def _problem(row: object, where: str) -> Problem | None:
    if not isinstance(row, Mapping):
        return Problem("not_an_object", where)
    if unknown := set(row) - {"count", "minutes", "per", "whom"}:
        return Problem("unknown_field", f"{where}.{min(map(str, unknown))}")
    limits = [row[name] for name in ("count", "minutes") if row.get(name) is not None]
    if len(limits) != 1 or type(limits[0]) is not int or not 1 <= limits[0] <= 1_000_000:
        return Problem("out_of_range", where)
    return None if row.get("per") in PER and row.get("whom") in WHOM else Problem("not_a_choice", where)


def window(start: datetime, per: str, zone: ZoneInfo) -> Slot:
    """The local day, week (from Monday) or month that a booking's start lies in.

    Units: instants; days by the instrument's own clock. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#quotas
    """
    day = start.astimezone(zone).date()
    if per == "day":
        first, after = day, day + timedelta(days=1)
    elif per == "week":
        first = day - timedelta(days=day.weekday())
        after = first + timedelta(days=7)
    else:
        first = day.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
    return Slot(_midnight(first, zone), _midnight(after, zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def quota_problems(quotas: Sequence[Quota], wanted: Slot, user_id: int | None, counted: Sequence[Counted], zone: ZoneInfo) -> list[Problem]:
    """Every quota that a wanted slot would break; a booking counts whole, where it starts; reaching the limit exactly is fine.

    Units: counts and elapsed minutes. Rounding: as `Slot.minutes`.
    Raises: nothing.
    Source: docs/rules.md#quotas (acceptance 8, 9)
    """
    found = []
    for quota in quotas:
        span = window(wanted.start, quota.per, zone)
        rows = [row for row in counted if span.start <= row.starts_at < span.end and (quota.whom == "firm" or row.user_id == user_id)]
        used, limit = (
            (len(rows) + 1, quota.count) if quota.count is not None else (sum(row.minutes for row in rows) + wanted.minutes, quota.minutes)
        )
        if limit is not None and used > limit:
            found.append(Problem("quota_exceeded", "start", {**quota.document(), "limit": limit, "would_be": used}, "owner"))
    return found
