"""Use case: ask for a slot."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from equipment_share.adapters.tokens import fresh_token
from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import SlotTaken
from equipment_share.domain.errors import Forbidden
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.bookings import units_locked
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.instruments.instruments import instrument_seen_by, units_by_instrument
from equipment_share.services.bookings.asking import ask, whose
from equipment_share.services.transaction import transaction, use_case


@use_case
def request_booking(wish: BookingWish, *, whom: str = "", override: str = "", by: Actor, at: datetime) -> Booking:
    """A firm asks for a slot, and its vouchers set the subsidy aside; linked instruments come along, all or none.

    `whom` is a colleague's address; only an owner may `override` (`offer_slot`).

    Raises: Forbidden, NotVerified, NotFound, Invalid with every broken rule, SlotTaken, VoucherInsufficient.
    """
    require(by, Act.REQUEST_BOOKING)
    if override:
        raise Forbidden()
    with transaction(lost_race=SlotTaken) as session:
        instrument = instrument_seen_by(wish.instrument_id, None)
        together = [instrument, *(instrument_seen_by(key, None) for key in instrument.linked)]
        units = units_by_instrument([row.id for row in together])
        units_locked([unit for own in units.values() for unit in own])
        person, basket = whose(by, whom), fresh_token() if len(together) > 1 else ""
        booking = ask(session, wish, instrument, units[instrument.id], person, basket=basket, by=by, at=at)
        for other in together[1:]:
            along = replace(wish, instrument_id=other.id, samples=0, max_net=None, answers={})
            ask(session, along, other, units[other.id], person, basket=basket, by=by, at=at)
    return booking
