"""Use case: ask for a slot."""

from __future__ import annotations

from datetime import datetime

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import SlotTaken
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.bookings import units_locked
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.instruments.instruments import instrument_seen_by, units_of
from equipment_share.services.bookings.asking import ask, whose
from equipment_share.services.transaction import transaction, use_case


@use_case
def request_booking(wish: BookingWish, *, by: Actor, at: datetime) -> Booking:
    """A firm asks for a slot, and its vouchers set the subsidy aside.

    Raises: Forbidden, NotVerified, NotFound, Invalid with every broken rule, SlotTaken, VoucherInsufficient.
    """
    require(by, Act.REQUEST_BOOKING)
    with transaction(lost_race=SlotTaken) as session:
        instrument = instrument_seen_by(wish.instrument_id, None)
        units = [unit.id for unit in units_of(instrument.id)]
        units_locked(units)
        return ask(session, wish, instrument, units, whose(by), by=by, at=at)
