"""Use cases of favourites: keep an instrument, and let it go."""

from __future__ import annotations

from datetime import datetime

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import AlreadyDecided
from equipment_share.models.favourites import Favourite
from equipment_share.queries.instruments.favourites import favourite_of
from equipment_share.queries.instruments.instruments import instrument_seen_by
from equipment_share.services.transaction import transaction, use_case


@use_case
def keep_favourite(instrument_id: int, *, by: Actor, at: datetime) -> None:
    """A person keeps an instrument; keeping it again changes nothing.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.KEEP_FAVOURITE)
    with transaction(lost_race=AlreadyDecided) as session:
        instrument = instrument_seen_by(instrument_id, by)
        person = by.id or 0

        if favourite_of(person, instrument.id) is None:
            session.add(Favourite(user_id=person, instrument_id=instrument.id, made_at=at))


@use_case
def drop_favourite(instrument_id: int, *, by: Actor, at: datetime) -> None:
    """A person lets an instrument go; letting go what was not kept changes nothing.

    Raises: Forbidden.
    """
    require(by, Act.KEEP_FAVOURITE)
    with transaction() as session:
        kept = favourite_of(by.id or 0, instrument_id)

        if kept is not None:
            session.delete(kept)
