"""Who may use an instrument that needs training, and which requests for training a person may see."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from equipment_share.domain.access import FIRM, Act, Actor, require
from equipment_share.domain.errors import NotFound
from equipment_share.domain.periods import bureau_day
from equipment_share.models.authorisations import Authorisation, TrainingRequest
from equipment_share.models.base import db, utc
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import User

MOST = 500


def authorised_until(instrument_id: int, user_id: int | None, *, idle_days: int, at: datetime) -> date | None:
    """The last good day of a person's newest authorisation; None when there never was one.

    With `idle_days` it also ends when the person has not used the instrument for so many days since it was granted or last used.
    """
    query = select(Authorisation).where(Authorisation.instrument_id == instrument_id, Authorisation.user_id == user_id)
    newest = db.session.scalar(query.order_by(Authorisation.id.desc()).limit(1))
    if newest is None or not idle_days:
        return newest.valid_until if newest else None
    used = select(func.max(Booking.checked_in_at)).where(Booking.instrument_id == instrument_id, Booking.user_id == user_id)
    last_used = db.session.scalar(used)
    last = max(newest.made_at, utc(last_used)) if last_used else newest.made_at
    return min(newest.valid_until, bureau_day(last + timedelta(days=idle_days)))


def authorisations_of(instrument_id: int) -> list[Authorisation]:
    """The newest authorisation of everybody, by e-mail; one question."""
    query = select(Authorisation).where(Authorisation.instrument_id == instrument_id).order_by(Authorisation.id).limit(MOST)
    newest = {row.user_id: row for row in db.session.scalars(query)}
    return sorted(newest.values(), key=lambda row: row.user.email)


def authorised_at(owner_id: int, *, on: date) -> list[tuple[Authorisation, Instrument]]:
    """Who may use which instrument of an owner on a day, by its newest authorisation; the one that ends first on top. One question."""
    query = select(Authorisation, Instrument).join(Instrument, Instrument.id == Authorisation.instrument_id)
    rows = db.session.execute(query.where(Instrument.owner_id == owner_id).order_by(Authorisation.id))
    newest = {(row.instrument_id, row.user_id): (row, instrument) for row, instrument in rows}
    good = [pair for pair in newest.values() if pair[0].valid_until >= on]
    return sorted(good, key=lambda pair: (pair[0].valid_until, pair[0].id))[:MOST]


def training_seen_by(by: Actor, *, state: str = "") -> list[TrainingRequest]:
    """Requests of one's own firm, or for one's own instruments; newest first.

    Raises: Forbidden.
    """
    require(by, Act.SEE_TRAINING)
    query = select(TrainingRequest).join(Instrument).join(User, User.id == TrainingRequest.user_id).order_by(TrainingRequest.id.desc())
    if by.role in FIRM:
        query = query.where(User.organisation_id == by.organisation_id)
    else:
        query = query.where(Instrument.owner_id == by.organisation_id)
    return list(db.session.scalars((query.where(TrainingRequest.state == state) if state else query).limit(MOST)))


def training_locked(request_id: int, by: Actor) -> TrainingRequest:
    """A request for one of the owner's own instruments, its row held.

    Raises: NotFound.
    """
    query = select(TrainingRequest).where(TrainingRequest.id == request_id).with_for_update(of=TrainingRequest)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None or found.instrument.owner_id != by.organisation_id:
        raise NotFound()
    return found


def waiting_request(instrument_id: int, user_id: int) -> TrainingRequest | None:
    """A person's request that still waits."""
    query = select(TrainingRequest).where(
        TrainingRequest.instrument_id == instrument_id, TrainingRequest.user_id == user_id, TrainingRequest.state == "asked"
    )
    return db.session.scalar(query)
