"""A refusal is a door: the nearest other times of an instrument when the wanted one is taken."""

from __future__ import annotations

from datetime import datetime, timedelta

from equipment_share.domain.bookings.availability import next_free_slot
from equipment_share.domain.timeslots import MINUTE, Slot
from equipment_share.models.instruments import Instrument
from equipment_share.queries.instruments.catalogue import free_within, same_class
from equipment_share.queries.instruments.instruments import free_and_closed, rules_in_force

WITHIN = timedelta(days=7)
USUAL_MINUTES = 60


def alternatives(instrument: Instrument, wanted: Slot, *, at: datetime, most: int = 3) -> list[dict[str, object]]:
    """Up to three free times of the same length, nearest after the wanted start, within a week."""
    free, _ = free_and_closed(instrument, Slot(wanted.start, wanted.start + WITHIN), at=at)
    minutes = int((wanted.end - wanted.start) / MINUTE)
    grid = rules_in_force(instrument).grid_minutes
    found: list[dict[str, object]] = []
    after = wanted.start
    while len(found) < most and (slot := next_free_slot(free, minutes, after=after, grid_minutes=grid)):
        found.append({"instrument": str(instrument.id), "start": slot.start, "end": slot.end})
        after = slot.end
    return found + _similar(instrument, wanted, at=at)


def first_free(instrument: Instrument, *, at: datetime) -> Slot | None:
    """The next free time that may be asked for, an hour long where the rules allow that; what an empty form begins with."""
    rules = rules_in_force(instrument)
    first = at + rules.lead_minutes * MINUTE
    free, _ = free_and_closed(instrument, Slot(first, first + WITHIN), at=at)
    minutes = max(rules.shortest_minutes, min(USUAL_MINUTES, rules.max_minutes))
    return next_free_slot(free, minutes, after=first, grid_minutes=rules.grid_minutes)


def _similar(instrument: Instrument, wanted: Slot, *, at: datetime) -> list[dict[str, object]]:
    """Up to two other instruments of the same class that are free at the very time; four questions."""
    if instrument.class_code is None:
        return []
    rows = [row for row in same_class(instrument) if wanted.minutes <= rules_in_force(row).max_minutes]
    free = free_within(rows, wanted, None, at=at)[:2]
    return [{"instrument": str(row.id), "start": wanted.start, "end": wanted.end} for row in free]
