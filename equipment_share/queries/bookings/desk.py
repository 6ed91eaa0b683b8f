"""What lies before an owner who has to answer: each request with who else wants that time, how the firm behaved, and who is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select, tuple_
from sqlalchemy.orm import joinedload

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import CHARGED, BookingState, cut_off, training_problems
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.pricing import Mode
from equipment_share.models.authorisations import Authorisation
from equipment_share.models.base import db, utc
from equipment_share.models.bookings import Booking
from equipment_share.models.outbox import HistoryStep
from equipment_share.queries.bookings.bookings import in_sight
from equipment_share.queries.bookings.quoting import rules_of
from equipment_share.queries.instruments.instruments import units_by_instrument

MOST = 200
"""How many requests one page holds; the rest comes up as these are answered."""
REMEMBERED = timedelta(days=730)
Pair = tuple[int, int]


@dataclass(frozen=True)
class Behaviour:
    """How a firm behaved at this owner in the last two years."""

    uses: int = 0
    no_shows: int = 0
    late_cancellations: int = 0

    @property
    def is_doubtful(self) -> bool:
        """Whether it ever stayed away or stepped back late."""
        return bool(self.no_shows or self.late_cancellations)


@dataclass(frozen=True)
class Request:
    """One request as the owner's desk shows it."""

    booking: Booking
    rivals: tuple[Booking, ...]
    """Other requests of which at most one can have this time."""
    taken_by: tuple[Booking, ...]
    """Bookings that already have a part of it."""
    behaviour: Behaviour
    training: str
    """`` when none is needed, `trained` or `untrained`."""
    trained_until: date | None
    is_pressing: bool
    """Whether the answer is due within a day."""

    @property
    def has_buffers(self) -> bool:
        """Whether the instrument is busy for longer than the firm uses it."""
        return (self.booking.busy_from, self.booking.busy_to) != (self.booking.starts_at, self.booking.ends_at)

    @property
    def is_clean(self) -> bool:
        """Whether nothing speaks against a yes: it may be approved with many others in one go."""
        return not self.rivals and not self.taken_by and self.training != "untrained" and self.booking.proposed is None


def waits_for_owner(at: datetime) -> ColumnElement[bool]:
    """What only the owner can answer: asked for, still to come, and no other time proposed that the firm has not answered."""
    return (Booking.state == BookingState.SUBMITTED) & Booking.proposed_from.is_(None) & (Booking.starts_at > at)


def count_of_requests(by: Actor, *, at: datetime) -> int:
    """How many requests wait for the owner's answer; one question.

    Raises: Forbidden.
    """
    require(by, Act.DECIDE_BOOKING)
    return db.session.scalar(in_sight(select(Booking).where(waits_for_owner(at)), by).with_only_columns(func.count(Booking.id))) or 0


def requests_waiting(by: Actor, *, at: datetime, only: int | None = None) -> list[Request]:
    """What waits for the owner's answer, the one that begins first on top; seven questions, however many there are.

    Raises: Forbidden.
    """
    require(by, Act.DECIDE_BOOKING)
    query = in_sight(select(Booking).where(Booking.state == BookingState.SUBMITTED), by)
    query = query.options(joinedload(Booking.user), joinedload(Booking.change_of)).order_by(Booking.starts_at, Booking.id).limit(MOST)
    waiting = list(db.session.scalars(query))
    shown = [row for row in waiting if only is None or row.id == only]
    if not shown:
        return []
    around = _Around(
        waiting, _taken(shown), units_by_instrument({row.instrument_id for row in shown}), _behaviour(shown, at=at), _trained(shown)
    )
    return [_request(row, around, at=at) for row in shown]


@dataclass(frozen=True)
class _Around:
    """What stands around some requests."""

    waiting: Sequence[Booking]
    taken: Sequence[Booking]
    units: dict[int, list[int]]
    behaviour: dict[int, Behaviour]
    trained: dict[Pair, date]


def _request(row: Booking, around: _Around, *, at: datetime) -> Request:
    rivals = tuple(one for one in around.waiting if _meet(row, one) and not (row.blocking and one.blocking))
    holders = () if row.blocking else tuple(one for one in around.taken if _meet(row, one))
    units = len(around.units.get(row.instrument_id, ()))
    until = around.trained.get((row.instrument_id, row.user_id))
    return Request(
        row, rivals if len(rivals) + len(holders) >= units else (), holders if len(holders) >= units else (),
        around.behaviour.get(row.firm_id, Behaviour()), _training(row, rules_of(row.rules), until), until,
        row.answer_by is not None and row.answer_by - at < timedelta(days=1),
    )  # fmt: skip


def _meet(one: Booking, other: Booking) -> bool:
    is_same = one.instrument_id == other.instrument_id and other.id not in (one.id, one.change_of_id)
    return is_same and one.busy_from < other.busy_to and other.busy_from < one.busy_to


def _training(row: Booking, rules: Rules, until: date | None) -> str:
    if row.mode == Mode.COMMISSIONED or not rules.authorisation_required:
        return ""
    return "untrained" if training_problems(rules, row.ends_at, ZoneInfo(row.instrument.time_zone), until) else "trained"


def _taken(waiting: Sequence[Booking]) -> list[Booking]:
    """Bookings that block a time while requests for it wait, where the owner chooses."""
    open_ones = [row for row in waiting if not row.blocking]
    if not open_ones:
        return []
    query = select(Booking).where(
        Booking.instrument_id.in_({row.instrument_id for row in open_ones}), Booking.blocking, Booking.state != BookingState.SUBMITTED,
        Booking.busy_from < max(row.busy_to for row in open_ones), Booking.busy_to > min(row.busy_from for row in open_ones),
    )  # fmt: skip
    return list(db.session.scalars(query))


def _behaviour(waiting: Sequence[Booking], *, at: datetime) -> dict[int, Behaviour]:
    """By firm: uses, no-shows, and cancellations after the free cut-off, at the owners that are asked; two questions."""
    firms, owners = {row.firm_id for row in waiting}, {row.owner_id for row in waiting}
    mine = (Booking.firm_id.in_(firms), Booking.owner_id.in_(owners), Booking.starts_at >= at - REMEMBERED)
    counted = (
        select(
            Booking.firm_id, func.sum(case((Booking.state.in_(CHARGED), 1), else_=0)),
            func.sum(case((Booking.state == BookingState.NO_SHOW, 1), else_=0)),
        )
        .where(*mine)
        .group_by(Booking.firm_id)
    )  # fmt: skip
    late: dict[int, int] = {}
    event = BookingState.CANCELLED_BY_FIRM
    stepped = (
        select(Booking.firm_id, Booking.starts_at, Booking.free_until, Booking.rules, HistoryStep.at)
        .join(HistoryStep, (HistoryStep.kind == "booking") & (HistoryStep.object_id == Booking.id) & (HistoryStep.event == event.value))
        .where(*mine, Booking.state == event)
    )
    for firm_id, start, free_until, rules, stepped_at in db.session.execute(stepped):
        if stepped_at > (free_until or cut_off(start, rules_of(rules))):
            late[firm_id] = late.get(firm_id, 0) + 1
    return {row[0]: Behaviour(row[1] or 0, row[2] or 0, late.get(row[0], 0)) for row in db.session.execute(counted)}


def _trained(waiting: Sequence[Booking]) -> dict[Pair, date]:
    """The last good day of each person at each instrument that needs training, idleness reckoned in; at most two questions."""
    rules = {(row.instrument_id, row.user_id): rules_of(row.rules) for row in waiting}
    needed = [pair for pair, own in rules.items() if own.authorisation_required]
    if not needed:
        return {}
    a = Authorisation
    found = select(a.instrument_id, a.user_id, a.valid_until, a.made_at).where(tuple_(a.instrument_id, a.user_id).in_(needed))
    newest = {(row[0], row[1]): (row[2], row[3]) for row in db.session.execute(found.order_by(a.id))}
    used = _last_used([pair for pair in newest if rules[pair].training_idle_days])
    until = {}
    for pair, (day, made_at) in newest.items():
        idle = rules[pair].training_idle_days
        last = max(made_at, used.get(pair, made_at))
        until[pair] = min(day, bureau_day(last + timedelta(days=idle))) if idle else day
    return until


def _last_used(pairs: Sequence[Pair]) -> dict[Pair, datetime]:
    if not pairs:
        return {}
    query = select(Booking.instrument_id, Booking.user_id, func.max(Booking.checked_in_at)).group_by(Booking.instrument_id, Booking.user_id)
    rows = db.session.execute(query.where(tuple_(Booking.instrument_id, Booking.user_id).in_(pairs), Booking.checked_in_at.is_not(None)))
    return {(row[0], row[1]): utc(row[2]) for row in rows if row[2] is not None}
