"""Who waits for a taken slot: the line of an instrument, and a firm's own places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.errors import NotFound
from equipment_share.domain.timeslots import Slot
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.planning import Waiting
from equipment_share.queries.bookings.quoting import BookingWish

OPEN = ("waiting", "offered")
DISPLACED_DAYS = 90
"""How long a firm whose booking the owner took away is first in line."""


def in_line(instrument_id: int, freed: Slot, *, not_to: int | None, at: datetime) -> list[Waiting]:
    """Who waits for a slot that a freed time touches, in order: firms that the owner displaced, then by time of asking; rows held."""
    query = select(Waiting).where(
        Waiting.instrument_id == instrument_id, Waiting.state == "waiting", Waiting.starts_at > at,
        Waiting.starts_at < freed.end + timedelta(days=1), Waiting.ends_at > freed.start - timedelta(days=1),
    )  # fmt: skip
    if not_to is not None:
        query = query.where(Waiting.firm_id != not_to)
    return list(db.session.scalars(query.order_by(Waiting.was_displaced.desc(), Waiting.id).with_for_update(of=Waiting)))


def wish_of_waiting(row: Waiting) -> BookingWish:
    """What a place in line stands for."""
    programmes = tuple(row.programmes) if row.programmes != ["auto"] else "auto"
    return BookingWish(
        row.instrument_id, row.mode, row.starts_at, row.ends_at, samples=row.samples, purpose=row.purpose, programmes=programmes
    )


def waiting_for_booking(booking_id: int) -> Waiting | None:
    """The place in line that an offer was made to."""
    return db.session.scalar(select(Waiting).where(Waiting.booking_id == booking_id))


def waived_by_owner(booking_id: int) -> list[str]:
    """The rules that the owner waived when offering a slot."""
    query = select(HistoryStep).where(HistoryStep.kind == "booking", HistoryStep.object_id == booking_id, HistoryStep.event == "offered")
    step = db.session.scalar(query)
    return list(step.facts.get("waived", [])) if step is not None else []


def waiting_of(by: Actor) -> list[Waiting]:
    """A firm's own places in line, the newest first.

    Raises: Forbidden.
    """
    require(by, Act.WAIT_FOR_SLOT)
    query = select(Waiting).where(Waiting.firm_id == by.organisation_id).order_by(Waiting.id.desc()).limit(200)
    return list(db.session.scalars(query))


def offers_end(rows: Sequence[Waiting]) -> dict[int, datetime]:
    """Until when each offer to these places in line can be taken, by the booking that keeps the time; one question."""
    offered = [row.booking_id for row in rows if row.state == "offered"]
    query = select(Booking.id, Booking.answer_by).where(Booking.id.in_(offered))
    return {key: until for key, until in db.session.execute(query) if until is not None}


def waiting_seen_by(waiting_id: int, by: Actor) -> Waiting:
    """One of a firm's own places.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.WAIT_FOR_SLOT)
    found = db.session.get(Waiting, waiting_id)
    if found is None or found.firm_id != by.organisation_id:
        raise NotFound()
    return found


def places_of(firm_id: int) -> int:
    """How many lines a firm stands in."""
    return db.session.scalar(select(func.count(Waiting.id)).where(Waiting.firm_id == firm_id, Waiting.state.in_(OPEN))) or 0


def same_place(instrument_id: int, firm_id: int, slot: Slot) -> Waiting | None:
    """A firm's open place for the very same slot."""
    query = select(Waiting).where(
        Waiting.instrument_id == instrument_id, Waiting.firm_id == firm_id, Waiting.state.in_(OPEN),
        Waiting.starts_at == slot.start, Waiting.ends_at == slot.end,
    )  # fmt: skip
    return db.session.scalar(query.limit(1))


def was_displaced(instrument_id: int, firm_id: int, *, at: datetime) -> bool:
    """Whether the owner took a booking of this instrument from the firm not long ago (features B 19)."""
    query = select(Booking.id).where(
        Booking.instrument_id == instrument_id, Booking.firm_id == firm_id, Booking.state == BookingState.CANCELLED_BY_OWNER,
        Booking.starts_at > at - timedelta(days=DISPLACED_DAYS),
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None
