"""Use case of ratings: the firm says how a use went."""

from __future__ import annotations

from datetime import datetime

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.ratings import AlreadyRated, check_rating
from equipment_share.models.favourites import Rating
from equipment_share.queries.bookings.bookings import booking_locked
from equipment_share.queries.instruments.favourites import rating_of
from equipment_share.services.transaction import record, transaction, use_case


@use_case
def rate_use(booking_id: int, stars: int, words: str = "", *, by: Actor, at: datetime) -> Rating:
    """The firm rates a use that is over, once.

    Raises: Forbidden, NotFound, UseNotOver, AlreadyRated, Invalid.
    """
    require(by, Act.RATE_USE)
    with transaction(lost_race=AlreadyRated) as session:
        booking = booking_locked(booking_id, by)
        if rating_of(booking.id) is not None:
            raise AlreadyRated()

        check_rating(booking.state, stars, words)

        made = Rating(booking_id=booking.id, instrument_id=booking.instrument_id, user_id=by.id or 0, stars=stars, words=words, made_at=at)
        session.add(made)
        record(session, "booking", booking, "rated", by=by, at=at, before=booking.state, facts={"stars": stars})
    return made
