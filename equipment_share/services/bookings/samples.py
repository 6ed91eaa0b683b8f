"""Use case of commissioned samples: hand-over, measuring and delivery, each told to the firm."""

from __future__ import annotations

from datetime import datetime

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import ENDED_WITHOUT_USE, BookingState
from equipment_share.domain.bookings.samples import next_sample_state
from equipment_share.domain.errors import InvalidTransition
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.bookings import booking_locked
from equipment_share.services.letters import tell_firm
from equipment_share.services.transaction import record, transaction, use_case


@use_case
def move_samples(booking_id: int, station: str, *, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """The keeper says where the samples of a commissioned booking are.

    Raises: Forbidden, NotFound, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.RECORD_USE)
    with transaction() as session:
        booking = booking_locked(booking_id, by, version)
        if booking.state in ENDED_WITHOUT_USE or booking.state in (BookingState.SUBMITTED, BookingState.OFFERED):
            raise InvalidTransition(state=booking.state.value, act=station)
        booking.sample_state = next_sample_state(booking.sample_state, station)
        record(session, "booking", booking, f"sample_{station}", by=by, at=at, before=booking.state)
        tell_firm(session, booking, f"sample_{station}", at=at)
    return booking
