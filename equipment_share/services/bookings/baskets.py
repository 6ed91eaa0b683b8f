"""Use case: several instruments in one request, all or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from equipment_share.adapters.tokens import fresh_token
from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import SlotTaken
from equipment_share.domain.errors import Invalid, Problem, invalid
from equipment_share.domain.vouchers import VoucherInsufficient
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.bookings import units_locked
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.instruments.instruments import instrument_seen_by, units_by_instrument
from equipment_share.services.bookings.asking import ask, whose
from equipment_share.services.transaction import transaction, use_case

MOST = 20


@use_case
def request_basket(wishes: Sequence[BookingWish], *, by: Actor, at: datetime) -> list[Booking]:
    """A firm asks for several things together: all or none, one booking each, in the order given.

    Raises: Forbidden, NotVerified, NotFound, Invalid with the row in each field, SlotTaken and VoucherInsufficient with the `row`.
    """
    require(by, Act.REQUEST_BOOKING)
    if not 1 <= len(wishes) <= MOST:
        raise invalid("too_many" if wishes else "required", "items", most=MOST)
    with transaction(lost_race=SlotTaken) as session:
        instruments = [instrument_seen_by(wish.instrument_id, None) for wish in wishes]
        units = units_by_instrument([instrument.id for instrument in instruments])
        units_locked([unit for own in units.values() for unit in own])  # all at once, sorted: no deadlock
        person, basket, made = whose(by), fresh_token(), []
        problems: list[Problem] = []
        for row, (wish, instrument) in enumerate(zip(wishes, instruments, strict=True)):
            try:
                made.append(ask(session, wish, instrument, units[instrument.id], person, basket=basket, by=by, at=at))
            except Invalid as refusal:
                problems += [Problem(p.code, f"items[{row}].{p.field}", p.facts, p.overridable_by) for p in refusal.problems]
            except (SlotTaken, VoucherInsufficient) as refusal:
                if not problems:
                    raise type(refusal)(**{**refusal.facts, "row": row}) from refusal
        if problems:
            raise Invalid(problems)
    return made
