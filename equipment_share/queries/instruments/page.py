"""What the page of one instrument offers at once: the next free times, and others like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from equipment_share.domain.timeslots import MINUTE, Slot
from equipment_share.models.instruments import Instrument
from equipment_share.queries.instruments.catalogue import LOOK_AHEAD, next_free, same_class
from equipment_share.queries.instruments.instruments import free_and_closed, rules_in_force

SLOTS, SIMILAR = 6, 3
USUAL = 120
"""So many minutes a one-tap slot has, within the rules of the instrument."""


@dataclass(frozen=True)
class Similar:
    """Other instruments of the class, the soonest free on top."""

    instruments: Sequence[Instrument]
    next_free: dict[int, Slot]


def next_slots(instrument: Instrument, *, within: Slot | None = None, minutes: int | None = None, at: datetime) -> list[Slot]:
    """The next free times of a wanted or usual length, at most two on a day; inside a wanted time as many as fit. Four questions."""
    rules = rules_in_force(instrument)
    grid = rules.grid_minutes * MINUTE
    usual = min(max(minutes or USUAL, rules.min_minutes), rules.max_minutes)
    length = -(-usual // rules.grid_minutes) * grid
    most = SLOTS if within else 2
    free, _ = free_and_closed(instrument, within or Slot(at, at + LOOK_AHEAD), at=at)
    found: list[Slot] = []
    for window in free:
        begin = _on_the_hour(window.start)
        while begin + length <= window.end and len(found) < SLOTS:
            if sum(slot.start.date() == begin.date() for slot in found) < most:
                found.append(Slot(begin, begin + length))
            begin = max(begin + length, _on_the_hour(begin + length))
    return found[:SLOTS]


def _on_the_hour(moment: datetime) -> datetime:
    """The full hour that is not before a moment: the times people say."""
    floor = moment.replace(minute=0, second=0, microsecond=0)
    return floor if floor == moment else floor + timedelta(hours=1)


def similar_to(instrument: Instrument, *, at: datetime) -> Similar:
    """Others of the class that are free soon; four questions."""
    rows = same_class(instrument) if instrument.class_code else []
    soon = next_free(rows, at=at)
    rows = sorted((row for row in rows if row.id in soon), key=lambda row: (soon[row.id].start, row.name_key, row.id))[:SIMILAR]
    return Similar(rows, {row.id: soon[row.id] for row in rows})
