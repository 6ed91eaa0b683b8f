"""Faults, closures of an owner, and closed times that one rule planned."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from equipment_share.domain.access import Actor
from equipment_share.domain.bookings.life import CHARGED, BookingState
from equipment_share.domain.errors import NotFound
from equipment_share.domain.periods import bureau_day
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument, Maintenance
from equipment_share.models.planning import Closure, Fault


def fault_of(fault_id: int, by: Actor) -> Fault:
    """A fault of one's own instrument, its row held.

    Raises: NotFound.
    """
    query = select(Fault).where(Fault.id == fault_id).with_for_update(of=Fault).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None or found.instrument.owner_id != by.organisation_id:
        raise NotFound()
    return found


def has_been_at(instrument_id: int, firm_id: int, *, at: datetime) -> bool:
    """Whether a firm has, or lately had, an approved booking of an instrument: who was never there cannot know what is broken."""
    states = [BookingState.APPROVED, BookingState.IN_USE, BookingState.USAGE_RECORDED, BookingState.DISPUTED, *CHARGED]
    query = select(Booking.id).where(
        Booking.instrument_id == instrument_id, Booking.firm_id == firm_id, Booking.state.in_(states),
        Booking.ends_at > at - timedelta(days=30), Booking.starts_at < at + timedelta(days=1),
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None


def open_faults(owner_id: int, instrument_id: int | None = None) -> list[Fault]:
    """What does not work, oldest first."""
    query = (
        select(Fault).join(Instrument, Instrument.id == Fault.instrument_id).where(Instrument.owner_id == owner_id, Fault.state == "open")
    )
    if instrument_id is not None:
        query = query.where(Fault.instrument_id == instrument_id)
    return list(db.session.scalars(query.order_by(Fault.id).limit(200)))


def maintenance_coming(owner_id: int, *, after: datetime) -> list[tuple[Maintenance, Instrument]]:
    """Planned closed times of all instruments of an owner that are not over, the first to begin on top; one question."""
    query = select(Maintenance, Instrument).join(Instrument, Instrument.id == Maintenance.instrument_id)
    query = query.where(Instrument.owner_id == owner_id, Maintenance.ended_at.is_(None), Maintenance.ends_at > after)
    return [(row, instrument) for row, instrument in db.session.execute(query.order_by(Maintenance.starts_at, Maintenance.id).limit(100))]


def closure_of(closure_id: int, by: Actor) -> Closure:
    """A closure of one's own.

    Raises: NotFound.
    """
    found = db.session.get(Closure, closure_id, with_for_update={"of": Closure})
    if found is None or found.owner_id != by.organisation_id:
        raise NotFound()
    return found


def closures_of(owner_id: int, *, at: datetime) -> list[Closure]:
    """The closures that are not over."""
    query = select(Closure).where(Closure.owner_id == owner_id, Closure.ended_at.is_(None), Closure.last_on >= bureau_day(at))
    return list(db.session.scalars(query.order_by(Closure.first_on)))


def later_of_series(window: Maintenance) -> list[Maintenance]:
    """The closed times after one that the same rule planned."""
    if not window.series:
        return []
    query = select(Maintenance).where(
        Maintenance.series == window.series, Maintenance.ended_at.is_(None), Maintenance.starts_at > window.starts_at
    )
    return list(db.session.scalars(query.order_by(Maintenance.starts_at).with_for_update()))
