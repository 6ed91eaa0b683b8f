"""Series: which dates a rule names, and what is to be had of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from equipment_share.adapters.recurrence import dates_of
from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import ENDED_WITHOUT_USE, slot_problems
from equipment_share.domain.bookings.series import MOST, Named, dates_named, read_rule
from equipment_share.domain.errors import NotFound, invalid
from equipment_share.domain.money import Money, total
from equipment_share.domain.timeslots import Slot
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.planning import Series, SeriesDate
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.instruments.instruments import rules_in_force, taken_slots, timetable, units_of


@dataclass(frozen=True)
class Occurrence:
    """One date of a series and where it stands: `free`, `taken`, `closed`, `no_such_date` or `booked`."""

    name: str
    slot: Slot | None
    status: str
    reason: str = ""
    """The first broken rule of a date that is closed."""
    booking: Booking | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def booking_id(self) -> int | None:
        """The booking of a date that is booked."""
        return self.booking.id if self.booking is not None else None


def dates_wished(wish: BookingWish, rule: str, zone: ZoneInfo) -> list[Named]:
    """The dates that a rule names from a wish on, by the instrument's own clock.

    Raises: Invalid `bad_rule`, `too_many`, `end_before_start`.
    """
    if wish.end <= wish.start:
        raise invalid("end_before_start", "end")
    repeat = read_rule(rule, zone)
    first, last = (moment.astimezone(zone).replace(tzinfo=None) for moment in (wish.start, wish.end))
    found = dates_of(repeat.text(), first, MOST)
    if len(found) > MOST:
        raise invalid("too_many", "rrule", most=MOST)
    named = dates_named(repeat, first, last, found, zone)
    if not any(row.slot for row in named):
        raise invalid("bad_rule", "rrule")
    return named


def occurrences_of(named: Sequence[Named], instrument: Instrument, mode: str, *, at: datetime) -> list[Occurrence]:
    """What is to be had of each date, an earlier date of the same series taken into account; a constant number of questions."""
    slots = [row.slot for row in named if row.slot is not None]
    if not slots:
        return [Occurrence(row.name, None, "no_such_date") for row in named]
    rules = rules_in_force(instrument)
    whole = Slot(min(slot.start for slot in slots), max(slot.end for slot in slots)).widened(2880, 2880)
    table = timetable(instrument, whole, mode=mode)
    taken = taken_slots([unit.id for unit in units_of(instrument.id)], whole)
    found = []
    for row in named:
        if row.slot is None:
            found.append(Occurrence(row.name, None, "no_such_date"))
            continue
        problems = slot_problems(row.slot.start, row.slot.end, table, at=at)
        busy = row.slot.widened(rules.buffer_before_minutes, rules.buffer_after_minutes)
        free = next((slots for slots in taken.values() if not any(busy.overlaps(other) for other in slots)), None)
        if problems:
            found.append(Occurrence(row.name, row.slot, "closed", problems[0].code, None, problems[0].facts))
        elif free is None:
            found.append(Occurrence(row.name, row.slot, "taken"))
        else:
            free.append(busy)
            found.append(Occurrence(row.name, row.slot, "free"))
    return found


def series_seen_by(series_id: int, by: Actor) -> Series:
    """A series of one's own firm.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.REQUEST_BOOKING)
    found = db.session.get(Series, series_id)
    if found is None or found.firm_id != by.organisation_id:
        raise NotFound()
    return found


def series_rows(series_id: int) -> list[SeriesDate]:
    """The dates of a series with their bookings, in order."""
    query = select(SeriesDate).where(SeriesDate.series_id == series_id).options(joinedload(SeriesDate.booking)).order_by(SeriesDate.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def series_now(series: Series, *, at: datetime) -> list[Occurrence]:
    """Every date of a series as it stands now: booked, or what is to be had of it."""
    rows = series_rows(series.id)
    open_rows = [row for row in rows if row.booking is None or row.booking.state in ENDED_WITHOUT_USE]
    named = {row.id: Named(row.named, Slot(row.starts_at, row.ends_at) if row.starts_at and row.ends_at else None) for row in open_rows}
    fresh = dict(zip(named, occurrences_of(list(named.values()), series.instrument, series.wish["mode"], at=at), strict=True))
    return [
        fresh[row.id] if row.id in fresh else Occurrence(row.named, row.booking.slot if row.booking else None, "booked", "", row.booking)
        for row in rows
    ]


def sums_of(dates: Sequence[Occurrence]) -> tuple[Money, Money, Money]:
    """Fee, vouchers' part and what the firm pays of all booked dates together."""
    rows = [date.booking for date in dates if date.booking is not None]
    return total(row.gross for row in rows), total(row.subsidy for row in rows), total(row.net for row in rows)


def series_of_booking(booking_id: int) -> Series | None:
    """The series that a booking is a date of."""
    return db.session.scalar(select(Series).join(SeriesDate, SeriesDate.series_id == Series.id).where(SeriesDate.booking_id == booking_id))


def series_of(by: Actor) -> list[Series]:
    """A firm's series, newest first.

    Raises: Forbidden.
    """
    require(by, Act.REQUEST_BOOKING)
    return list(db.session.scalars(select(Series).where(Series.firm_id == by.organisation_id).order_by(Series.id.desc()).limit(100)))
