"""Bookings as their parties may see them: one, many, the desk, the history and the papers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, or_, select, text
from sqlalchemy.orm import aliased, contains_eager, joinedload, lazyload

from equipment_share.domain.access import FIRM, OWNER, Act, Actor, Kind, Role, require
from equipment_share.domain.bookings.life import COUNTED, LIVE, BookingState
from equipment_share.domain.bookings.quotas import Counted
from equipment_share.domain.errors import NotFound, StaleVersion
from equipment_share.domain.timeslots import Slot
from equipment_share.models.base import db, utc
from equipment_share.models.bookings import Booking, Document, UsageRecord, VoucherUse
from equipment_share.models.instruments import Instrument, Unit
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.people import Organisation, User
from equipment_share.models.vouchers import Voucher


@dataclass(frozen=True, kw_only=True)
class BookingFilter:
    """What a list of bookings is narrowed to."""

    states: tuple[BookingState, ...] = ()
    instrument_id: int | None = None
    starts_from: datetime | None = None
    starts_before: datetime | None = None
    words: str = ""
    """A part of the number, or of the instrument's name in either language."""
    after_id: int | None = None
    soonest_first: bool = False
    """The one that begins first on top; else the newest."""
    limit: int = 50


def units_locked(unit_ids: Sequence[int]) -> None:
    """Hold the units' locks, sorted, until the transaction ends; on SQLite the one writer already is alone."""
    if db.engine.dialect.name == "postgresql":
        for unit_id in sorted(unit_ids):
            db.session.execute(text("SELECT pg_advisory_xact_lock(7001, :unit)"), {"unit": unit_id})


_BACKED = select(VoucherUse.id).where(VoucherUse.booking_id == Booking.id).exists()


def in_sight(query: Select[Booking], by: Actor) -> Select[Booking]:
    """Limit to what a person may see: the firm's own, the owner's instruments, the bureau voucher-backed ones."""
    return _of(query, by.role, by.organisation_id)


def _of(query: Select[Booking], role: Role, organisation: BindParameter[int] | int | None) -> Select[Booking]:
    if role in FIRM:
        return query.where(Booking.firm_id == organisation)
    if role in OWNER:
        return query.where(Booking.owner_id == organisation)
    if role is Role.AUDITOR:
        return query
    return query.where(_BACKED)


@cache
def _locking(role: Role | None) -> Select[Booking]:
    """One booking in the sight of a role, its row held; built once, for every act begins with it."""
    query = select(Booking).where(Booking.id == bindparam("booking")).with_for_update(of=Booking)
    query = query.execution_options(populate_existing=True)
    return query if role is None else _of(query, role, bindparam("organisation"))


def counted_bookings(instrument_id: int, firm_id: int, during: Slot, *, without: int | None = None) -> list[Counted]:
    """A firm's bookings of an instrument that count in a quota and start in a span; a change that waits counts as its old one. One question."""
    query = select(Booking.starts_at, Booking.ends_at, Booking.user_id).where(
        Booking.firm_id == firm_id, Booking.instrument_id == instrument_id, Booking.state.in_(COUNTED),
        Booking.starts_at >= during.start, Booking.starts_at < during.end, ~_WAITING_CHANGE, Booking.id != (without or 0),
    )  # fmt: skip
    return [Counted(start, Slot(start, end).minutes, user_id) for start, end, user_id in db.session.execute(query)]


_Old = aliased(Booking)
_WAITING_CHANGE = (Booking.state == BookingState.SUBMITTED) & (
    select(_Old.id).where(_Old.id == Booking.change_of_id, _Old.state != BookingState.RESCHEDULED).exists()
)
"""A change that nobody has decided: its old booking still stands (`Booking.waits_as_change`)."""


def changes_of(booking: Booking) -> list[Booking]:
    """The bookings that changed one, or wanted to."""
    return list(db.session.scalars(select(Booking).where(Booking.change_of_id == booking.id).order_by(Booking.id)))


def waiting_change_of(booking_id: int) -> Booking | None:
    """The change of a booking that the owner has not decided yet, its row held."""
    query = select(Booking).where(Booking.change_of_id == booking_id, _WAITING_CHANGE)
    return db.session.scalar(query.with_for_update(of=Booking).execution_options(populate_existing=True))


def meeting(firm_id: int, wanted: Slot) -> list[Booking]:
    """A firm's own bookings that meet a time, on whatever instrument; a few of them, one question."""
    query = select(Booking).where(
        Booking.firm_id == firm_id, Booking.state.in_(LIVE), Booking.starts_at < wanted.end, Booking.ends_at > wanted.start
    )
    return list(db.session.scalars(query.order_by(Booking.starts_at, Booking.id).limit(4)))


def conduct_of(instrument_id: int, user_id: int, *, since: datetime) -> list[tuple[Booking, bool]]:
    """A person's bookings of an instrument from an instant on that still stand or were no-shows (True); one question."""
    states = [BookingState.SUBMITTED, BookingState.APPROVED, BookingState.IN_USE, BookingState.NO_SHOW]
    query = select(Booking).where(
        Booking.user_id == user_id, Booking.instrument_id == instrument_id, Booking.state.in_(states), Booking.starts_at >= since
    )
    return [(row, row.state is BookingState.NO_SHOW) for row in db.session.scalars(query.order_by(Booking.starts_at))]


def competitors_of(booking: Booking) -> list[Booking]:
    """Requests for an overlapping time of the same instrument that wait while the owner chooses, their rows held in order."""
    query = select(Booking).where(
        Booking.instrument_id == booking.instrument_id, Booking.id != booking.id, Booking.state == BookingState.SUBMITTED,
        ~Booking.blocking, Booking.busy_from < booking.busy_to, Booking.busy_to > booking.busy_from,
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(Booking.id).with_for_update(of=Booking).execution_options(populate_existing=True)))


def booking_seen_by(booking_id: int, by: Actor) -> Booking:
    """One booking, or nothing at all for strangers.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.SEE_BOOKINGS)
    found = db.session.scalar(in_sight(select(Booking).where(Booking.id == booking_id), by))
    if found is None:
        raise NotFound()
    return found


def booking_held(booking_id: int, by: Actor | None, version: int | None = None) -> Booking:
    """One booking and the units of its instrument, held: for acts that free or take a time. Units come before rows (`reliability.md` §2).

    Raises: NotFound, StaleVersion.
    """
    if db.engine.dialect.name == "postgresql":
        own = select(Booking.instrument_id).where(Booking.id == booking_id).scalar_subquery()
        units_locked(list(db.session.scalars(select(Unit.id).where(Unit.instrument_id == own))))
    return booking_locked(booking_id, by, version)


def booking_locked(booking_id: int, by: Actor | None, version: int | None = None) -> Booking:
    """One booking that the person may see, its row held, at the version that was read.

    Raises: NotFound, StaleVersion.
    """
    wanted = {"booking": booking_id, "organisation": by.organisation_id if by else None}
    found = db.session.scalar(_locking(by.role if by else None), wanted)
    if found is None:
        raise NotFound()
    if version is not None and version != found.version:
        raise StaleVersion(version=found.version)
    return found


def bookings_seen_by(by: Actor, wanted: BookingFilter) -> list[Booking]:
    """Bookings with instrument, firm and owner, in the wanted order; one question whatever their number."""
    require(by, Act.SEE_BOOKINGS)
    query = in_sight(_narrowed(select(Booking), wanted), by).options(joinedload(Booking.owner), joinedload(Booking.user))
    order = (Booking.starts_at, Booking.id) if wanted.soonest_first else (Booking.id.desc(),)
    if wanted.after_id is not None:
        query = query.where(_after(wanted.after_id) if wanted.soonest_first else Booking.id < wanted.after_id)
    return list(db.session.scalars(query.order_by(*order).limit(wanted.limit)))


def _after(booking_id: int) -> ColumnElement[bool]:
    last = select(Booking.starts_at).where(Booking.id == booking_id).scalar_subquery()
    return or_(Booking.starts_at > last, and_(Booking.starts_at == last, Booking.id > booking_id))


def firm_people_of(owner_id: int, *, most: int = 300) -> list[User]:
    """Persons of firms who have booked at an owner, firm by firm; one question."""
    booked = select(Booking.user_id).where(Booking.owner_id == owner_id)
    query = select(User).join(Organisation, Organisation.id == User.organisation_id).options(contains_eager(User.organisation))
    query = query.where(User.id.in_(booked), User.role.in_(FIRM), User.active)
    return list(db.session.scalars(query.order_by(Organisation.name, User.email).limit(most)))


def count_of_bookings(by: Actor, wanted: BookingFilter) -> int:
    """How many there are in all."""
    require(by, Act.SEE_BOOKINGS)
    counted = in_sight(_narrowed(select(Booking), wanted), by).with_only_columns(func.count(Booking.id))
    return db.session.scalar(counted.order_by(None)) or 0


def _narrowed(query: Select[Booking], wanted: BookingFilter) -> Select[Booking]:
    if wanted.states:
        query = query.where(Booking.state.in_(wanted.states))
    if wanted.instrument_id is not None:
        query = query.where(Booking.instrument_id == wanted.instrument_id)
    if wanted.starts_from is not None:
        query = query.where(Booking.starts_at >= wanted.starts_from)
    if wanted.starts_before is not None:
        query = query.where(Booking.starts_at < wanted.starts_before)
    if wanted.words:
        named = select(Instrument.id).where(
            or_(Instrument.name_zh.icontains(wanted.words, autoescape=True), Instrument.name_en.icontains(wanted.words, autoescape=True))
        )
        query = query.where(or_(Booking.number.icontains(wanted.words, autoescape=True), Booking.instrument_id.in_(named)))
    return query


def count_to_come(organisation: Organisation, *, at: datetime) -> int:
    """How many bookings of a firm, or of an owner's instruments, are asked for or stand and are not over yet."""
    side = Booking.owner_id if organisation.kind is Kind.OWNER else Booking.firm_id
    query = select(func.count(Booking.id)).where(side == organisation.id, Booking.state.in_(LIVE), Booking.ends_at > at)
    return db.session.scalar(query) or 0


def soonest_bookings(by: Actor, states: Sequence[BookingState], *, before: datetime | None = None, limit: int = 100) -> list[Booking]:
    """Bookings in some states, the one that begins first on top: the desk, the run sheet, what is coming."""
    return bookings_seen_by(by, BookingFilter(states=tuple(states), starts_before=before, soonest_first=True, limit=limit))


def numbers_of(booking_ids: Collection[int | None]) -> dict[int, str]:
    """The numbers of bookings by their keys."""
    wanted = {key for key in booking_ids if key is not None}
    return {row.id: row.number for row in db.session.execute(select(Booking.id, Booking.number).where(Booking.id.in_(wanted)))}


def history_of(kind: str, object_id: int) -> list[HistoryStep]:
    """Every step in an object's life, oldest first."""
    query = select(HistoryStep).where(HistoryStep.kind == kind, HistoryStep.object_id == object_id).order_by(HistoryStep.id)
    return list(db.session.scalars(query))


def histories_of(kind: str, object_ids: Sequence[int]) -> dict[int, list[HistoryStep]]:
    """The steps of many objects in one question."""
    found: dict[int, list[HistoryStep]] = {object_id: [] for object_id in object_ids}
    query = select(HistoryStep).where(HistoryStep.kind == kind, HistoryStep.object_id.in_(object_ids)).order_by(HistoryStep.id)
    for step in db.session.scalars(query):
        found[step.object_id].append(step)
    return found


def last_steps(kind: str, object_ids: Collection[int]) -> dict[int, datetime]:
    """When the newest step of some objects was made: since then they are as they are; one question, none for none."""
    if not object_ids:
        return {}
    query = select(HistoryStep.object_id, func.max(HistoryStep.at)).where(HistoryStep.kind == kind, HistoryStep.object_id.in_(object_ids))
    return {object_id: utc(at) for object_id, at in db.session.execute(query.group_by(HistoryStep.object_id))}


_PARTS = (
    select(VoucherUse)
    .where(VoucherUse.booking_id == bindparam("booking"))
    .order_by(VoucherUse.position, VoucherUse.id)
    .options(lazyload(VoucherUse.voucher, Voucher.firm), lazyload(VoucherUse.voucher, Voucher.programme))  # the booking's own, as a rule
)
_ANY_PART = select(VoucherUse.id).where(VoucherUse.booking_id == bindparam("booking")).limit(1)
_PAPERS = select(Document).where(Document.booking_id.in_(bindparam("ids", expanding=True))).order_by(Document.id)


def is_backed(booking_id: int) -> bool:
    """Whether a voucher bears a part of a booking."""
    return db.session.scalar(_ANY_PART, {"booking": booking_id}) is not None


def voucher_uses(booking_id: int) -> list[VoucherUse]:
    """The parts that programmes bear, in the order they were reckoned."""
    return list(db.session.scalars(_PARTS, {"booking": booking_id}))


def documents_of(booking_ids: Sequence[int]) -> dict[int, list[Document]]:
    """The papers of many bookings in one question."""
    found: dict[int, list[Document]] = {booking_id: [] for booking_id in booking_ids}
    for paper in db.session.scalars(_PAPERS, {"ids": list(booking_ids)}):
        found[paper.booking_id].append(paper)
    return found


def usage_of(booking_id: int) -> list[UsageRecord]:
    """Everything that was said about the use, oldest first."""
    return list(db.session.scalars(select(UsageRecord).where(UsageRecord.booking_id == booking_id).order_by(UsageRecord.id)))
