"""The catalogue: search, filters, sorting and pages over the open pool, with a constant number of questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select
from sqlalchemy.orm import aliased

from equipment_share.domain.bookings.availability import free_slots, next_free_slot
from equipment_share.domain.bookings.life import Timetable
from equipment_share.domain.money import Money
from equipment_share.domain.periods import day_begins
from equipment_share.domain.searching import Widened
from equipment_share.domain.specs import folded, meets_need, reaches
from equipment_share.domain.timeslots import MINUTE, Slot, clipped, local_days
from equipment_share.models.base import db
from equipment_share.models.bookings import BLOCKING, Booking
from equipment_share.models.instruments import Instrument, Listing, Maintenance, Unit
from equipment_share.models.people import Organisation, OrganisationState
from equipment_share.queries.instruments.instruments import REACH, days_off, hours_of, rules_in_force

PAGE = 20
LOOK_AHEAD = timedelta(days=14)
SORTS = ("name", "price", "soonest")


@dataclass(frozen=True)
class CatalogueWish:
    """What somebody looks for."""

    q: str = ""
    widened: Widened | None = None
    """Other words in place of `q`, where nothing fits `q` itself (`widening.py`)."""
    need: str = ""
    """Words of what is to be done: over functions, services and specifications, not over names."""
    spec: str = ""
    value: float | None = None
    """A figure that the range of the named specification must hold."""
    category: str = ""
    owner: str = ""
    mode: str = ""
    place: str = ""
    """Part of where it stands: a street, a building, a town."""
    voucher: bool = False
    price_to: Money | None = None
    free: Slot | None = None
    min_minutes: int | None = None
    sort: str = "name"
    turned: bool = False
    page: int = 1
    size: int = PAGE


@dataclass(frozen=True)
class Found:
    """One page of the catalogue."""

    instruments: tuple[Instrument, ...]
    total: int
    page: int
    size: int
    next_free: dict[int, Slot]
    free: Mapping[int, list[Slot]] = field(default_factory=dict)
    """When each is free inside the wanted time, where one is wanted."""

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))


def catalogue(wish: CatalogueWish, *, at: datetime) -> Found:
    """One page of what fits, with the next free time of each; at most five questions, whatever the pool's size."""
    query = matching(wish)
    needs = bool(wish.need or (wish.spec and wish.value is not None))
    if wish.free is None and wish.sort != "soonest" and not needs:
        total = db.session.scalar(query.with_only_columns(func.count(Instrument.id)).order_by(None)) or 0
        rows = list(db.session.scalars(_sorted(query, wish).offset((wish.page - 1) * wish.size).limit(wish.size)).unique())
        return Found(tuple(rows), total, wish.page, wish.size, next_free(rows, at=at))
    rows, free = _that_fit(wish, at=at)
    first = (wish.page - 1) * wish.size
    if wish.sort == "soonest":
        soon = next_free(rows, at=at)
        never = at + timedelta(days=3650)
        rows.sort(key=lambda row: (soon[row.id].start if row.id in soon else never, row.name_key, row.id), reverse=wish.turned)
    page = rows[first : first + wish.size]
    return Found(tuple(page), len(rows), wish.page, wish.size, soon if wish.sort == "soonest" else next_free(page, at=at), free)


def _that_fit(wish: CatalogueWish, *, at: datetime) -> tuple[list[Instrument], dict[int, list[Slot]]]:
    """Everything that fits, in order, with its free times inside the wanted one: what only the rows can answer is looked at here."""
    needs = bool(wish.need or (wish.spec and wish.value is not None))
    rows = [row for row in db.session.scalars(_sorted(matching(wish), wish)).unique() if not needs or _fits(row, wish)]
    if wish.free is None:
        return rows, {}
    free = _long_enough(rows, wish.free, wish.min_minutes, at=at)
    return [row for row in rows if row.id in free], free


def ids_that_fit(wish: CatalogueWish, *, at: datetime) -> frozenset[int] | None:
    """The ids of what fits where the database alone cannot say; None where it can, and no question is asked."""
    if wish.free is None and not wish.need and not wish.spec:
        return None
    return frozenset(row.id for row in _that_fit(wish, at=at)[0])


def pool_rows(wish: CatalogueWish) -> list[Instrument]:
    """The first rows of what fits, without their next free time: for a page that shows a whole week of each."""
    return list(db.session.scalars(_sorted(matching(wish), wish).limit(wish.size)).unique())


def matching(wish: CatalogueWish) -> Select[Instrument]:
    """The open instruments that fit as far as the database can say."""
    owner = aliased(Organisation)
    query = select(Instrument).join(owner, owner.id == Instrument.owner_id)
    query = query.where(Instrument.listing == Listing.OPEN, owner.state == OrganisationState.VERIFIED)
    if wish.widened is not None:
        query = query.where(or_(*(Instrument.search_text.contains(name, autoescape=True) for name in wish.widened.folded)))
    for term in folded(wish.q).split() if wish.widened is None else wish.widened.beside:
        query = query.where(Instrument.search_text.contains(term, autoescape=True))
    for term in folded(f"{wish.need} {wish.spec}").split():  # what can be found is in the search text too: it narrows what is read
        query = query.where(Instrument.search_text.contains(term, autoescape=True))
    if wish.category:
        query = query.where(Instrument.class_code.startswith(wish.category, autoescape=True))
    if wish.owner:
        query = query.where(owner.code == wish.owner)
    if wish.mode:
        query = query.where(_has_mode(wish.mode))
    for term in folded(wish.place).split():
        query = query.where(func.lower(Instrument.location).contains(term, autoescape=True))
    if wish.voucher:
        query = query.where(Instrument.takes_vouchers)
    if wish.price_to is not None:
        query = query.where(Instrument.price_from <= wish.price_to)
    return query


def _fits(row: Instrument, wish: CatalogueWish) -> bool:
    """Whether an instrument does what is needed, and its range holds the figure."""
    if wish.need and not meets_need(row.specs, (row.functions, row.services, row.tech_spec), wish.need):
        return False
    return not wish.spec or wish.value is None or reaches(row.specs, wish.spec, wish.value)


def _has_mode(mode: str) -> ColumnElement[bool]:
    """Whether the JSON list of modes holds one; the words are ours, so a quoted match is exact on both engines."""
    return cast(Instrument.modes, String).contains(f'"{mode}"', autoescape=True)


def _sorted(query: Select[Instrument], wish: CatalogueWish) -> Select[Instrument]:
    columns = [Instrument.price_from.is_(None), Instrument.price_from] if wish.sort == "price" else []
    keys = [*columns, Instrument.name_key, Instrument.id]
    if wish.turned:
        keys = [keys[0], *(key.desc() for key in keys[1:])] if columns else [key.desc() for key in keys]
    return query.order_by(*keys)


def same_class(instrument: Instrument) -> list[Instrument]:
    """Other open instruments of the same class, a few of them."""
    query = select(Instrument).join(Organisation, Organisation.id == Instrument.owner_id).where(
        Instrument.class_code == instrument.class_code, Instrument.id != instrument.id, Instrument.listing == Listing.OPEN,
        Organisation.state == OrganisationState.VERIFIED,
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(Instrument.name_key, Instrument.id).limit(20)))


def free_within(rows: Sequence[Instrument], span: Slot, min_minutes: int | None, *, at: datetime) -> list[Instrument]:
    """Those free for some minutes (default the whole span) somewhere inside a span."""
    free = _long_enough(rows, span, min_minutes, at=at)
    return [row for row in rows if row.id in free]


def _long_enough(rows: Sequence[Instrument], span: Slot, min_minutes: int | None, *, at: datetime) -> dict[int, list[Slot]]:
    """The free times inside a span of those that have one long enough."""
    wanted = (min_minutes or span.minutes) * MINUTE
    free = _free_times(rows, span, at=at)
    return {key: slots for key, slots in free.items() if any(slot.end - slot.start >= wanted for slot in slots)}


def next_free(rows: Sequence[Instrument], *, at: datetime) -> dict[int, Slot]:
    """The next free time of each instrument within two weeks; three questions in all."""
    if not rows:
        return {}
    free = _free_times(rows, Slot(at, at + LOOK_AHEAD), at=at)
    rules = {row.id: rules_in_force(row) for row in rows}
    found = {
        row_id: next_free_slot(slots, rules[row_id].shortest_minutes, after=at, grid_minutes=rules[row_id].grid_minutes)
        for row_id, slots in free.items()
    }
    return {row_id: slot for row_id, slot in found.items() if slot is not None}


def week_free(rows: Sequence[Instrument], monday: date, *, at: datetime) -> dict[int, list[int]]:
    """The minutes of each instrument that can be booked on the seven days of a week: a gap shorter than its shortest booking is none.

    Three questions, however many instruments.
    """
    if not rows:
        return {}
    days = [Slot(day_begins(monday + timedelta(days=i)), day_begins(monday + timedelta(days=i + 1))) for i in range(7)]
    shortest = {row.id: rules_in_force(row).shortest_minutes for row in rows}
    free = {
        key: [slot for slot in slots if slot.minutes >= shortest[key]]
        for key, slots in _free_times(rows, Slot(days[0].start, days[-1].end), at=at).items()
    }
    return {key: [sum(cut.minutes for slot in slots if (cut := clipped(slot, day))) for day in days] for key, slots in free.items()}


def _free_times(rows: Sequence[Instrument], span: Slot, *, at: datetime) -> dict[int, list[Slot]]:
    """Free times of many instruments inside a span: bookings, closures and holidays in one question each."""
    ids = [row.id for row in rows]
    busy = _busy_by_unit(ids, span)
    closures = _closures(ids, span)
    days = list(local_days(span.widened(1440, 1440), ZoneInfo("Asia/Shanghai")))
    off, shut = days_off({row.owner_id for row in rows}, days)
    found = {}
    for row in rows:
        table = Timetable(
            rules_in_force(row),
            hours_of(row),
            ZoneInfo(row.time_zone),
            (off if row.keeps_holidays else frozenset()) | shut.get(row.owner_id, frozenset()),
            closures.get(row.id, []),
        )
        found[row.id] = free_slots(span, table, list(busy.get(row.id, {}).values()), at=at)
    return found


def _busy_by_unit(ids: Sequence[int], span: Slot) -> dict[int, dict[int, list[Slot]]]:
    touches = and_(
        Booking.unit_id == Unit.id,
        BLOCKING,
        Booking.busy_from < span.end,
        Booking.busy_from > span.start - REACH,
        Booking.busy_to > span.start,
    )
    query = select(Unit.instrument_id, Unit.id, Booking.busy_from, Booking.busy_to).outerjoin(Booking, touches)
    found: dict[int, dict[int, list[Slot]]] = {}
    for instrument_id, unit_id, start, end in db.session.execute(query.where(Unit.instrument_id.in_(ids))):
        slots = found.setdefault(instrument_id, {}).setdefault(unit_id, [])
        if start is not None:
            slots.append(Slot(start, end))
    return found


def _closures(ids: Sequence[int], span: Slot) -> dict[int, list[Slot]]:
    query = select(Maintenance.instrument_id, Maintenance.starts_at, Maintenance.ends_at).where(
        Maintenance.instrument_id.in_(ids),
        Maintenance.ended_at.is_(None),
        Maintenance.starts_at < span.end,
        Maintenance.ends_at > span.start,
    )
    found: dict[int, list[Slot]] = {}
    for instrument_id, start, end in db.session.execute(query):
        found.setdefault(instrument_id, []).append(Slot(start, end))
    return found


def all_open() -> list[Instrument]:
    """The whole open pool, by owner and number."""
    return list(
        db.session.scalars(
            select(Instrument).where(Instrument.listing == Listing.OPEN).order_by(Instrument.owner_id, Instrument.inner_code)
        )
    )
