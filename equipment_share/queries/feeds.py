"""What a calendar link leads to: one's own bookings, or those of one's own instrument."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from equipment_share.adapters.calendar_file import Entry
from equipment_share.adapters.tokens import kept_form
from equipment_share.domain.access import FIRM, Act, Actor, require
from equipment_share.domain.bookings.life import ENDED_WITHOUT_USE, BookingState
from equipment_share.domain.errors import NotFound
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.planning import CalendarLink
from equipment_share.queries.bookings.bookings import booking_seen_by

BACK = timedelta(days=90)
MOST = 1000


def links_of(by: Actor) -> list[CalendarLink]:
    """A person's calendar links that are in use, without their secrets.

    Raises: Forbidden.
    """
    require(by, Act.KEEP_FEED)
    query = select(CalendarLink).where(CalendarLink.user_id == by.id, CalendarLink.ended_at.is_(None)).order_by(CalendarLink.id)
    return list(db.session.scalars(query))


def link_seen_by(link_id: int, by: Actor) -> CalendarLink:
    """One's own link.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.KEEP_FEED)
    found = db.session.get(CalendarLink, link_id)
    if found is None or found.user_id != by.id:
        raise NotFound()
    return found


def feed(secret: str, *, at: datetime) -> tuple[str, list[Entry]]:
    """The name and the bookings behind a link: to its holder's own eyes, and only while that person may look.

    Raises: NotFound for a wrong or ended link, or when its holder has been let go or moved.
    """
    link = db.session.scalar(select(CalendarLink).where(CalendarLink.token_hash == kept_form(secret), CalendarLink.ended_at.is_(None)))
    if link is None or not link.user.active:
        raise NotFound()
    query = select(Booking).where(Booking.state.not_in([*ENDED_WITHOUT_USE, BookingState.DRAFT]), Booking.ends_at > at - BACK)
    if link.instrument is None:
        query = query.where(Booking.user_id == link.user_id, Booking.firm_id == link.user.organisation_id)
        rows = db.session.scalars(query.order_by(Booking.starts_at).limit(MOST))
        return link.user.name or link.user.email, [_entry(row, row.instrument.name_zh or row.instrument.name_en) for row in rows]
    if link.instrument.owner_id != link.user.organisation_id:
        raise NotFound()
    query = query.where(Booking.instrument_id == link.instrument_id)
    rows = db.session.scalars(query.order_by(Booking.starts_at).limit(MOST))
    return link.instrument.name_zh or link.instrument.name_en, [_entry(row, row.firm.name) for row in rows]


def entry_of(booking_id: int, by: Actor) -> Entry:
    """One booking for the calendar of whoever sees it: to the firm it is the instrument, to all others the firm at the instrument.

    Raises: Forbidden, NotFound; also for a booking that ended without use.
    """
    found = booking_seen_by(booking_id, by)
    if found.state in ENDED_WITHOUT_USE or found.state is BookingState.DRAFT:
        raise NotFound()
    name = found.instrument.name_zh or found.instrument.name_en
    return _entry(found, name if by.role in FIRM else f"{found.firm.name} · {name}")


def _entry(row: Booking, title: str) -> Entry:
    sure = row.state not in (BookingState.SUBMITTED, BookingState.OFFERED)
    return Entry(row.number, title, row.starts_at, row.ends_at, sure, row.instrument.whereabouts, row.made_at)
