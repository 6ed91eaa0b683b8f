"""What a wish would cost and why it could not be had, the taken slot included: the answer to a firm that only asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from equipment_share.domain.access import Act, require
from equipment_share.domain.errors import Problem
from equipment_share.domain.timeslots import Slot
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import User
from equipment_share.queries.bookings.quoting import BookingWish, Quoted, quote_for
from equipment_share.queries.instruments.instruments import instrument_seen_by, rules_in_force, taken_slots, units_of


def preview(wish: BookingWish, *, by: User, at: datetime) -> Quoted:
    """Price a wish for a person's firm; nothing is reserved.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.QUOTE)
    instrument = instrument_seen_by(wish.instrument_id, None)
    quoted = quote_for(wish, instrument, by.organisation, user_id=by.id, at=at)
    if not quoted.problems and _is_taken(wish, instrument):
        return replace(quoted, problems=(Problem("slot_taken", "start"),))
    return quoted


def _is_taken(wish: BookingWish, instrument: Instrument) -> bool:
    rules = rules_in_force(instrument)
    busy = Slot(wish.start, wish.end).widened(rules.buffer_before_minutes, rules.buffer_after_minutes)
    taken = taken_slots([unit.id for unit in units_of(instrument.id)], busy)
    return all(any(busy.overlaps(other) for other in slots) for slots in taken.values())
