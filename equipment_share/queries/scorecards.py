"""How owners do: their scorecards, how fast they answer, which instruments nobody uses. Few questions, however many owners there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from equipment_share.domain.access import OWNER, Act, Actor, Role, require
from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.periods import Period, bureau_day
from equipment_share.domain.scorecards import OwnerFacts, Scorecard, scorecard
from equipment_share.models.base import db, utc
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument, Listing, MachineUse
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.people import Organisation, User
from equipment_share.queries.reporting.pool import used_minutes
from equipment_share.queries.reporting.scope import Scope

IDLE_DAYS = 90
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Idle:
    """An open instrument that nobody used for long, and when it last was."""

    instrument: Instrument
    last_used_at: datetime | None
    days: int
    """Since then, or since it was listed."""


@dataclass(frozen=True)
class Answer:
    """How long one request of a period waited for a person's answer; none when it ran out."""

    owner_id: int
    asked_at: datetime
    minutes: int | None


def scorecards(period: Period, *, by: Actor, at: datetime) -> list[Scorecard]:
    """The scorecards of all owners with instruments, the best first; an owner sees its own alone. Six questions.

    Raises: Forbidden.
    """
    require(by, Act.SEE_SCORECARDS)
    owner_id = by.organisation_id if by.role in OWNER else None
    scope = Scope((), period, owner_id=owner_id)
    pools = _instruments(scope)
    owner_of = {key: pool.owner_id for pool in pools for key in pool.keys}
    sums: dict[int, list[int]] = {}
    for instrument_id, figures in used_minutes(scope).items():
        if instrument_id in owner_of:
            before = sums.get(owner_of[instrument_id], [0, 0, 0])
            sums[owner_of[instrument_id]] = [one + more for one, more in zip(before, figures, strict=True)]
    spans: dict[int, list[int]] = {}
    missed: Counter[int] = Counter()
    for answer in answers_of(period, owner_id):
        if answer.minutes is None:
            missed[answer.owner_id] += 1
        else:
            spans.setdefault(answer.owner_id, []).append(answer.minutes)
    absent = _no_shows(scope)
    idle = Counter(row.instrument.owner_id for row in idle_instruments(by=by, at=at))
    made = []
    for pool in pools:
        key = pool.owner_id
        uses, minutes, external = sums.get(key, [0, 0, 0])
        counted = OwnerFacts(key, pool.owner, len(pool.keys), pool.open, pool.in_order, uses, minutes, external)
        said = replace(counted, answers=tuple(spans.get(key, ())), unanswered=missed[key], no_shows=absent.get(key, 0), idle=idle[key])
        made.append(scorecard(said, period))
    return sorted(made, key=lambda card: (card.score_bp is None, -(card.score_bp or 0), -card.facts.minutes))


@dataclass
class _Pool:
    """One owner's instruments, counted."""

    owner_id: int
    owner: str
    keys: list[int]
    open: int = 0
    in_order: int = 0


def _instruments(scope: Scope) -> list[_Pool]:
    """Every owner with instruments, in the order of names."""
    i = Instrument
    query = (
        select(i.owner_id, Organisation.name, i.id, i.listing, i.run_status)
        .join(Organisation, Organisation.id == i.owner_id)
        .where(_of_owner(scope.owner_id, i.owner_id))
        .order_by(Organisation.name_key, i.owner_id, i.id)
    )
    found: dict[int, _Pool] = {}
    for owner_id, name, key, listing, run_status in db.session.execute(query):
        pool = found.setdefault(owner_id, _Pool(owner_id, name, []))
        pool.keys.append(key)
        if listing is Listing.OPEN:
            pool.open += 1
            pool.in_order += run_status == "normal"
    return list(found.values())


def _of_owner(owner_id: int | None, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return column == owner_id if owner_id is not None else true()


def _no_shows(scope: Scope) -> dict[int, int]:
    query = (
        select(Booking.owner_id, func.count(Booking.id))
        .where(Booking.state == BookingState.NO_SHOW, Booking.starts_at >= scope.starts_at, Booking.starts_at < scope.ends_at)
        .where(scope.of_party())
        .group_by(Booking.owner_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def answers_of(period: Period, owner_id: int | None) -> list[Answer]:
    """Each request of a period that a person answered or nobody did, the oldest first; one question."""
    step = HistoryStep
    answered = (
        select(func.min(step.at))
        .where(step.kind == "booking", step.object_id == Booking.id, step.event.in_(["approved", "rejected"]))
        .where(step.by_id.is_not(None), step.by_id != Booking.user_id)
        .scalar_subquery()
    )
    span = period.span
    query = (
        select(Booking.owner_id, Booking.made_at, Booking.state, answered)
        .where(Booking.made_at >= span.start, Booking.made_at < span.end, _of_owner(owner_id, Booking.owner_id))
        .order_by(Booking.made_at, Booking.id)
    )
    found = []
    for owner, asked_at, state, end in db.session.execute(query):
        if end is not None:
            found.append(Answer(owner, asked_at, (utc(end) - asked_at) // MINUTE))
        elif state is BookingState.EXPIRED:
            found.append(Answer(owner, asked_at, None))
    return found


def idle_instruments(*, by: Actor, at: datetime) -> list[Idle]:
    """Open instruments without a use in the last 90 days, the longest idle first; an owner sees its own alone. One question.

    Raises: Forbidden.
    """
    require(by, Act.SEE_SCORECARDS)
    since = at - timedelta(days=IDLE_DAYS)
    booked = select(func.max(Booking.used_to)).where(Booking.instrument_id == Instrument.id).correlate(Instrument).scalar_subquery()
    logged = select(func.max(MachineUse.starts_at)).where(MachineUse.instrument_id == Instrument.id).correlate(Instrument).scalar_subquery()
    running = select(Booking.id).where(Booking.instrument_id == Instrument.id, Booking.state == BookingState.IN_USE).exists()
    query = select(Instrument, booked, logged).where(Instrument.listing == Listing.OPEN, Instrument.made_at < since, ~running)
    if by.role in OWNER:
        query = query.where(Instrument.owner_id == by.organisation_id)
    found = []
    for instrument, *ends in db.session.execute(query.order_by(Instrument.name_key, Instrument.id)):
        last = max((utc(end) for end in ends if end is not None), default=None)
        if last is None or last < since:
            found.append(Idle(instrument, last, (bureau_day(at) - bureau_day(last or instrument.made_at)).days))
    return sorted(found, key=lambda row: row.days, reverse=True)


def administrators(owner_ids: Collection[int], *, by: Actor) -> dict[int, User]:
    """The first active administrator of each owner, whom the bureau writes to when an instrument names nobody; one question.

    Raises: Forbidden.
    """
    require(by, Act.SEE_BATCHES)
    query = select(User).where(User.organisation_id.in_(owner_ids), User.role == Role.OWNER_ADMIN, User.active).order_by(User.id)
    found: dict[int, User] = {}
    for person in db.session.scalars(query):
        found.setdefault(person.organisation_id, person)
    return found
