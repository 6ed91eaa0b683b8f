"""Use cases of calendar links: make one, shown once, and end it."""

from __future__ import annotations

from datetime import datetime

from equipment_share.adapters.tokens import fresh_token, kept_form
from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import AlreadyDecided, invalid
from equipment_share.models.planning import CalendarLink
from equipment_share.queries.feeds import link_seen_by, links_of
from equipment_share.queries.instruments.instruments import own_instrument
from equipment_share.services.transaction import note, transaction, use_case

MOST = 50


@use_case
def make_calendar_link(instrument_id: int | None = None, *, by: Actor, at: datetime) -> tuple[CalendarLink, str]:
    """A link to one's own bookings, or (owners) to those of an instrument; answers it and its secret, which is kept nowhere.

    Raises: Forbidden, NotFound, Invalid.
    """
    require(by, Act.KEEP_FEED)
    with transaction() as session:
        if instrument_id is not None:
            own_instrument(instrument_id, by)
        if len(links_of(by)) >= MOST:
            raise invalid("too_many", "instrument")
        secret = fresh_token()
        link = CalendarLink(token_hash=kept_form(secret), user_id=by.id or 0, instrument_id=instrument_id, made_at=at)
        session.add(link)
        session.flush()
        note(session, "calendar_link.made", f"calendar_link:{link.id}", by=by, at=at)
    return link, secret


@use_case
def end_calendar_link(link_id: int, *, by: Actor, at: datetime) -> CalendarLink:
    """End a link at once.

    Raises: Forbidden, NotFound, AlreadyDecided.
    """
    require(by, Act.KEEP_FEED)
    with transaction() as session:
        link = link_seen_by(link_id, by)
        if link.ended_at is not None:
            raise AlreadyDecided()
        link.ended_at = at
        note(session, "calendar_link.ended", f"calendar_link:{link.id}", by=by, at=at)
    return link
