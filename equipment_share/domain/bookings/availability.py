"""When an instrument can be had, and why not otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from equipment_share.domain.bookings.life import Closed, Timetable
from equipment_share.domain.timeslots import MINUTE, Slot, clipped, joined, local_days, local_instant, open_windows, without


def free_slots(during: Slot, table: Timetable, taken: Sequence[Sequence[Slot]], *, at: datetime) -> list[Slot]:
    """Where a booking may begin and end: open, not closed, some unit free with its buffers, within lead and horizon.

    Units: slots in UTC; `taken` has the busy intervals of each unit, buffers included.
    Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#availability
    """
    rules = table.rules
    first, last = at + rules.lead_minutes * MINUTE, at + timedelta(days=rules.horizon_days)
    span = clipped(during, Slot(first, last)) if first < last else None
    if span is None:
        return []
    windows = open_windows(table.hours, span, table.zone, table.holidays)
    pulled = [_pulled(slots, table) for slots in taken] or [[]]
    kept = [without(without(windows, _pulled(table.maintenance, table)), busy) for busy in pulled]
    return joined(slot for slots in kept for slot in slots if slot.end - slot.start >= rules.shortest_minutes * MINUTE)


def _pulled(busy: Sequence[Slot], table: Timetable) -> list[Slot]:
    """Busy times widened by the wish's own buffers, so that what is left is where the use itself may lie."""
    rules = table.rules
    return [slot.widened(rules.buffer_after_minutes, rules.buffer_before_minutes) for slot in busy]


def closed_times(during: Slot, table: Timetable, taken: Sequence[Sequence[Slot]], *, at: datetime) -> list[Closed]:
    """Every time inside a span at which nothing can be had, with its reason; nobody is named.

    Units: slots in UTC. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#availability (`contract.md` §2 availability)
    """
    rules = table.rules
    open_all = open_windows(table.hours, during, table.zone, frozenset())
    found = [Closed(slot, "outside_opening_hours") for slot in without([during], open_all)]
    for day in local_days(during, table.zone):
        if day in table.holidays:
            whole = Slot(local_instant(day, 0, table.zone), local_instant(day, 1440, table.zone))
            found += [Closed(cut, "holiday") for window in open_all if (cut := clipped(window, whole))]
    found += [Closed(cut, "maintenance") for slot in table.maintenance if (cut := clipped(slot, during))]
    found += [Closed(slot, "occupied") for slot in _taken_by_all(during, taken)]
    for start, end, reason in (
        (during.start, at + rules.lead_minutes * MINUTE, "lead_time"),
        (at + timedelta(days=rules.horizon_days), during.end, "horizon"),
    ):
        if start < end and (cut := clipped(Slot(start, end), during)):
            found.append(Closed(cut, reason))
    return sorted(found, key=lambda closed: (closed.slot, closed.reason))


def _taken_by_all(during: Slot, taken: Sequence[Sequence[Slot]]) -> list[Slot]:
    """Where every unit is taken."""
    if not taken:
        return []
    free = joined([slot for slots in taken for slot in without([during], slots)])
    return without([during], free)


def next_free_slot(free: Sequence[Slot], minutes: int, *, after: datetime, grid_minutes: int) -> Slot | None:
    """The first free time of a length, on the grid.

    Units: minutes. Rounding: the start is moved up to the next grid line, counted from the UTC hour.
    Raises: nothing.
    Source: docs/rules.md#availability
    """
    for slot in free:
        start = max(slot.start, after)
        past = (start.hour * 60 + start.minute) % grid_minutes
        exact = past == 0 and not start.second and not start.microsecond
        begin = start if exact else start.replace(second=0, microsecond=0) + (grid_minutes - past) * MINUTE
        if begin + minutes * MINUTE <= slot.end:
            return Slot(begin, begin + minutes * MINUTE)
    return None
