"""Questions about one instrument: itself, its timetable, its prices, what is taken of it and what is free."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Date, bindparam, literal, or_, select, union_all

from equipment_share.domain.access import OFFICERS, OWNER, Actor, Role
from equipment_share.domain.bookings.availability import closed_times, free_slots
from equipment_share.domain.bookings.life import Closed, Timetable
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.errors import NotFound
from equipment_share.domain.timeslots import LONGEST, Hours, Slot, clipped, local_days
from equipment_share.models.base import UtcColumn, db
from equipment_share.models.bookings import BLOCKING, Booking
from equipment_share.models.instruments import (
    CalendarDay,
    Instrument,
    InstrumentClass,
    Listing,
    Maintenance,
    Photo,
    PriceList,
    StoredFile,
    Unit,
)
from equipment_share.models.people import Organisation, OrganisationState
from equipment_share.models.planning import Closure

REACH = LONGEST + timedelta(hours=1)
"""No busy interval is longer: what bounds the index scan (`performance.md` §2)."""


def instrument_seen_by(instrument_id: int, by: Actor | None) -> Instrument:
    """An open instrument for everybody; a draft or withdrawn one for its owner, the bureau and the auditor.

    Raises: NotFound.
    """
    found = db.session.get(Instrument, instrument_id)
    if found is None or not _may_see(found, by):
        raise NotFound()
    return found


def _may_see(instrument: Instrument, by: Actor | None) -> bool:
    if instrument.listing is Listing.OPEN and instrument.owner.state is OrganisationState.VERIFIED:
        return True
    if by is None:
        return False
    return by.role in OFFICERS or by.role in (Role.AUDITOR, Role.SYSTEM) or (by.role in OWNER and by.organisation_id == instrument.owner_id)


def own_instrument(instrument_id: int, by: Actor) -> Instrument:
    """An instrument of one's own organisation (or any, for an operator at the terminal).

    Raises: NotFound.
    """
    found = db.session.get(Instrument, instrument_id)
    if found is None or (by.role is not Role.SYSTEM and found.owner_id != by.organisation_id):
        raise NotFound()
    return found


_NAMED = select(Instrument.id).where(Instrument.owner_id == bindparam("owner"), Instrument.inner_code == bindparam("code"))


def instrument_named(owner_id: int, inner_code: str) -> int | None:
    """The id of an owner's instrument of that inner code."""
    return db.session.scalar(_NAMED, {"owner": owner_id, "code": inner_code})


def instruments_of(owner_id: int) -> list[Instrument]:
    """All instruments of an owner, by name."""
    return list(db.session.scalars(select(Instrument).where(Instrument.owner_id == owner_id).order_by(Instrument.name_key, Instrument.id)))


def rules_in_force(instrument: Instrument) -> Rules:
    """The rules of an instrument: what it says itself, else what its owner says for all, else the contract's defaults."""
    return Rules.parse({**instrument.owner.rules, **instrument.rules})


class Names(NamedTuple):
    """What one instrument is called in either language; one may be empty."""

    name_zh: str
    name_en: str


def names_of(instrument_ids: Collection[int]) -> dict[int, Names]:
    """The names of some instruments by id; no question for none."""
    if not instrument_ids:
        return {}
    query = select(Instrument.id, Instrument.name_zh, Instrument.name_en).where(Instrument.id.in_(instrument_ids))
    return {key: Names(chinese, english) for key, chinese, english in db.session.execute(query)}


def by_id(instrument_ids: Collection[int]) -> dict[str, Instrument]:
    """Some instruments with their owners, by id as text; no question for none."""
    if not instrument_ids:
        return {}
    return {str(row.id): row for row in db.session.scalars(select(Instrument).where(Instrument.id.in_(instrument_ids))).unique()}


def hours_of(instrument: Instrument, mode: str = "") -> list[Hours]:
    """The opening hours as values: those of a mode where it has its own, else those that name no mode."""
    own = [row for row in instrument.hours if row.get("mode") == mode] if mode else []
    rows = own or [row for row in instrument.hours if not row.get("mode")]
    return [Hours(int(row["weekday"]), _minute(str(row["from"])), _minute(str(row["to"]))) for row in rows]


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


# What every booking asks is built once: building a statement anew takes longer than running it.
_FIRST, _LAST = bindparam("first", type_=Date()), bindparam("last", type_=Date())
_START, _END = bindparam("start", type_=UtcColumn()), bindparam("end", type_=UtcColumn())
_DAYS_OFF = union_all(
    select(CalendarDay.day, CalendarDay.day, literal(None, BigInteger)).where(
        CalendarDay.kind == "off", CalendarDay.day.between(_FIRST, _LAST)
    ),
    select(Closure.first_on, Closure.last_on, Closure.owner_id).where(
        Closure.owner_id.in_(bindparam("owners", expanding=True)), Closure.ended_at.is_(None),
        Closure.first_on <= _LAST, Closure.last_on >= _FIRST,
    ),
)  # fmt: skip
_UPKEEP = select(Maintenance.starts_at, Maintenance.ends_at).where(
    Maintenance.instrument_id == bindparam("instrument"), Maintenance.ended_at.is_(None),
    Maintenance.starts_at < _END, Maintenance.ends_at > _START,
)  # fmt: skip
_UNITS = select(Unit.instrument_id, Unit.id).where(Unit.instrument_id.in_(bindparam("instruments", expanding=True))).order_by(Unit.id)
_TAKEN = (
    select(Booking.unit_id, Booking.busy_from, Booking.busy_to)
    .where(Booking.unit_id.in_(bindparam("units", expanding=True)), BLOCKING)
    .where(Booking.busy_from < _END, Booking.busy_from > bindparam("reach"), Booking.busy_to > _START)
    .order_by(Booking.busy_from)
)


def timetable(instrument: Instrument, around: Slot, *, mode: str = "") -> Timetable:
    """All that decides whether a slot near `around` may be asked for; two questions."""
    zone = ZoneInfo(instrument.time_zone)
    days = list(local_days(around, zone))
    holidays, closures = days_off([instrument.owner_id], days)
    closed = (holidays if instrument.keeps_holidays else frozenset()) | closures.get(instrument.owner_id, frozenset())
    rows = db.session.execute(_UPKEEP, {"instrument": instrument.id, "start": around.start, "end": around.end})
    return Timetable(rules_in_force(instrument), hours_of(instrument, mode), zone, closed, [Slot(start, end) for start, end in rows])


def days_off(owner_ids: Collection[int], days: Sequence[date]) -> tuple[frozenset[date], dict[int, frozenset[date]]]:
    """The holidays in a span, and the days on which each owner closes everything; one question."""
    off: frozenset[date] = frozenset()
    found: dict[int, frozenset[date]] = {}
    for begins, ends, owner_id in db.session.execute(_DAYS_OFF, {"owners": list(owner_ids), "first": days[0], "last": days[-1]}):
        span = {day for day in days if begins <= day <= ends}
        if owner_id is None:
            off |= span
        else:
            found[owner_id] = found.get(owner_id, frozenset()) | span
    return off, found


def price_lists(instrument_id: int) -> list[PriceList]:
    """Every version of every class, newest first."""
    query = select(PriceList).where(PriceList.instrument_id == instrument_id)
    return list(db.session.scalars(query.order_by(PriceList.user_class, PriceList.valid_from.desc(), PriceList.id.desc())))


def units_of(instrument_id: int) -> list[Unit]:
    """The bookable units, in order."""
    return list(db.session.scalars(select(Unit).where(Unit.instrument_id == instrument_id).order_by(Unit.id)))


def units_by_instrument(instrument_ids: Collection[int]) -> dict[int, list[int]]:
    """The ids of the units of some instruments, in order; one question."""
    found: dict[int, list[int]] = {key: [] for key in instrument_ids}
    for instrument_id, unit_id in db.session.execute(_UNITS, {"instruments": list(found)}):
        found[instrument_id].append(unit_id)
    return found


def units_of_all(instrument_ids: Sequence[int]) -> list[int]:
    """The ids of all units of some instruments, sorted."""
    return list(db.session.scalars(select(Unit.id).where(Unit.instrument_id.in_(set(instrument_ids))).order_by(Unit.id)))


def taken_slots(unit_ids: Sequence[int], during: Slot, *, without: Collection[int] = ()) -> dict[int, list[Slot]]:
    """The busy intervals of blocking bookings (some left out) that touch a span, by unit; one bounded question."""
    found: dict[int, list[Slot]] = {unit_id: [] for unit_id in unit_ids}
    query = _TAKEN.where(Booking.id.not_in(without)) if without else _TAKEN
    wanted = {"units": list(unit_ids), "start": during.start, "end": during.end, "reach": during.start - REACH}
    for unit_id, start, end in db.session.execute(query, wanted):
        found[unit_id].append(Slot(start, end))
    return found


def free_unit(units: Sequence[int], busy: Slot, *, first: int | None = None, without: Collection[int] = ()) -> int | None:
    """The unit that is free in a busy interval, the wanted one before the others; None when none is."""
    taken = taken_slots(units, busy, without=without)
    free = [unit_id for unit_id in units if not any(busy.overlaps(other) for other in taken[unit_id])]
    return first if first in free else free[0] if free else None


def free_and_closed(instrument: Instrument, during: Slot, *, at: datetime) -> tuple[list[Slot], list[Closed]]:
    """When an instrument can be had inside a span, and why not otherwise; four questions."""
    table = timetable(instrument, during)
    taken = list(taken_slots([unit.id for unit in units_of(instrument.id)], during).values())
    return free_slots(during, table, taken, at=at), closed_times(during, table, taken, at=at)


def availability_of(instrument: Instrument, during: Slot, by: Actor | None, *, at: datetime) -> tuple[list[Slot], list[Closed]]:
    """The same as somebody may see it: of what is over only the instrument's own owner sees anything, for all others it begins now.

    Who was there would be known from the amounts of the public list.
    """
    own = by is not None and by.role in OWNER and by.organisation_id == instrument.owner_id
    seen = during if own else clipped(during, Slot(at, max(during.end, at + LONGEST)))
    return free_and_closed(instrument, seen, at=at) if seen is not None else ([], [])


def photos_of(instrument_id: int) -> list[Photo]:
    """The pictures, oldest first."""
    return list(db.session.scalars(select(Photo).where(Photo.instrument_id == instrument_id).order_by(Photo.id)))


def first_photos(rows: Collection[Instrument]) -> dict[int, Photo]:
    """The oldest picture of each that has one, by instrument; a manual is none. One question, none for no instrument."""
    if not rows:
        return {}
    query = select(Photo).join(StoredFile, StoredFile.id == Photo.file_id).where(
        Photo.instrument_id.in_([row.id for row in rows]), StoredFile.media_type.startswith("image/")
    )  # fmt: skip
    return {photo.instrument_id: photo for photo in db.session.scalars(query.order_by(Photo.id.desc()))}


def photo_seen_by(token: str, by: Actor | None) -> StoredFile:
    """A picture of an instrument that the reader may see.

    Raises: NotFound.
    """
    shown = or_(Photo.file_id == StoredFile.id, Photo.thumb_id == StoredFile.id)
    found = db.session.execute(select(StoredFile, Photo.instrument_id).join(Photo, shown).where(StoredFile.token == token)).first()
    if found is None:
        raise NotFound()
    instrument_seen_by(found[1], by)
    return found[0]


def maintenance_of(instrument_id: int, *, after: datetime) -> list[Maintenance]:
    """Planned closures that are not over."""
    query = select(Maintenance).where(
        Maintenance.instrument_id == instrument_id, Maintenance.ended_at.is_(None), Maintenance.ends_at > after
    )
    return list(db.session.scalars(query.order_by(Maintenance.starts_at)))


def bookings_affected(instrument_id: int, windows: Sequence[Slot]) -> list[Booking]:
    """Live bookings that closed times would hit, first to begin on top; one question."""
    during = Slot(min(slot.start for slot in windows), max(slot.end for slot in windows))
    query = select(Booking).where(
        Booking.instrument_id == instrument_id,
        Booking.blocking,
        Booking.busy_from < during.end,
        Booking.busy_from > during.start - REACH,
        Booking.busy_to > during.start,
    )
    rows = db.session.scalars(query.order_by(Booking.starts_at))
    return [row for row in rows if any(slot.overlaps(Slot(row.busy_from, row.busy_to)) for slot in windows)]


def classes() -> list[InstrumentClass]:
    """The two-level table, in order of code."""
    return list(db.session.scalars(select(InstrumentClass).order_by(InstrumentClass.code)))


def owners_with_open_instruments() -> list[Organisation]:
    """Owners who have something in the pool, by name."""
    has_one = select(Instrument.id).where(Instrument.owner_id == Organisation.id, Instrument.listing == Listing.OPEN).exists()
    return list(db.session.scalars(select(Organisation).where(has_one).order_by(Organisation.name_key, Organisation.id)))
