"""Questions about favourites and ratings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from equipment_share.domain.access import OWNER, Act, Actor, require
from equipment_share.domain.bookings.life import CHARGED
from equipment_share.domain.ratings import mean_in_tenths
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.favourites import Favourite, Rating
from equipment_share.models.instruments import Instrument, Listing

MOST_WORDS = 20


@dataclass(frozen=True)
class Rated:
    """How an instrument is rated: how often, the mean in tenths of a star, and the words for its owner."""

    count: int
    tenths: int
    words: Sequence[Rating] = ()


def favourite_of(user_id: int, instrument_id: int) -> Favourite | None:
    """A person's favourite, if the instrument is one."""
    return db.session.scalar(select(Favourite).where(Favourite.user_id == user_id, Favourite.instrument_id == instrument_id))


def favourite_ids(by: Actor | None) -> frozenset[int]:
    """The instruments that a person keeps; no question for a visitor."""
    if by is None or by.id is None:
        return frozenset()
    return frozenset(db.session.scalars(select(Favourite.instrument_id).where(Favourite.user_id == by.id)))


def favourites_of(by: Actor) -> list[Instrument]:
    """The open instruments that a person keeps, by name.

    Raises: Forbidden.
    """
    require(by, Act.KEEP_FAVOURITE)
    query = select(Instrument).join(Favourite, Favourite.instrument_id == Instrument.id)
    query = query.where(Favourite.user_id == by.id, Instrument.listing == Listing.OPEN)
    return list(db.session.scalars(query.order_by(Instrument.name_key, Instrument.id)).unique())


def ratings_of(instrument: Instrument, by: Actor | None) -> Rated:
    """How an instrument is rated; the words are for its owner alone. One question, two for the owner."""
    count, stars = db.session.execute(
        select(func.count(Rating.id), func.sum(Rating.stars)).where(Rating.instrument_id == instrument.id)
    ).one()
    is_own = by is not None and by.role in OWNER and by.organisation_id == instrument.owner_id
    said = select(Rating).where(Rating.instrument_id == instrument.id, Rating.words != "").order_by(Rating.id.desc()).limit(MOST_WORDS)
    return Rated(count, mean_in_tenths(int(stars or 0), count), tuple(db.session.scalars(said)) if is_own and count else ())


def ratings_among(instrument_ids: Collection[int]) -> dict[int, Rated]:
    """How some instruments are rated, without words; those that nobody rated are not in it. One question."""
    query = select(Rating.instrument_id, func.count(Rating.id), func.sum(Rating.stars)).where(Rating.instrument_id.in_(instrument_ids))
    return {
        key: Rated(count, mean_in_tenths(int(stars), count))
        for key, count, stars in db.session.execute(query.group_by(Rating.instrument_id))
    }


def rating_of(booking_id: int) -> Rating | None:
    """How a use was rated, if it was."""
    return db.session.scalar(select(Rating).where(Rating.booking_id == booking_id))


def is_rateable(booking: Booking, by: Actor) -> bool:
    """Whether a person may rate a use now."""
    own = by.organisation_id == booking.firm_id
    return own and booking.state in CHARGED and rating_of(booking.id) is None
