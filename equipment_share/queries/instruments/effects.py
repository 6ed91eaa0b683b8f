"""What a change of prices, hours or closed times would do, before it is saved; and what an instrument still lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from equipment_share.adapters.recurrence import dates_of
from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.series import dates_named, read_rule
from equipment_share.domain.errors import invalid
from equipment_share.domain.money import Money
from equipment_share.domain.periods import bureau_day, day_begins
from equipment_share.domain.price_changes import PriceChange, lists_meet, price_changes
from equipment_share.domain.pricing import ANYBODY, Mode, NoPrice, PriceItem, gross
from equipment_share.domain.tariffs import Tariff, Terms, Use, price
from equipment_share.domain.timeslots import Hours, Slot, open_windows
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument, Photo, PriceList
from equipment_share.queries.instruments.instruments import bookings_affected, days_off, price_lists
from equipment_share.queries.instruments.prices import in_force, items_of, lists_in_force

TYPICAL_HOUR = 10
DAYS = 7
MOST_WINDOWS = 200
"""So many closed times one rule may name."""


@dataclass(frozen=True)
class Lack:
    """One own instrument and what it lacks: `photo`, `price`, `specs`."""

    instrument: Instrument
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    """What a typical hour with one sample costs a class of firms in one mode, now and by the new prices."""

    user_class: str
    mode: str
    now: Money | None
    then: Money | None


@dataclass(frozen=True)
class Follows:
    """What a new list follows, row by row: the class's own list on its first day, none when it is the first."""

    on: date
    before: PriceList | None
    next_from: date | None
    """When a list begins that is published already."""
    is_clash: bool
    rows: tuple[PriceChange, ...]
    bookings: int
    """Live bookings from its first day on, which keep their prices."""


@dataclass(frozen=True)
class Day:
    """One of the coming days and when the instrument is open."""

    on: date
    windows: tuple[Slot, ...]


def own_instruments(by: Actor) -> list[Lack]:
    """All own instruments by name, and what firms miss on each; two questions.

    Raises: Forbidden.
    """
    require(by, Act.OWN_INSTRUMENTS)
    own = Instrument.owner_id == by.organisation_id
    pictured = set(db.session.scalars(select(Photo.instrument_id).join(Instrument, Instrument.id == Photo.instrument_id).where(own)))
    found = []
    for row in db.session.scalars(select(Instrument).where(own).order_by(Instrument.name_key, Instrument.id)):
        found.append(Lack(row, lacks_of(row, is_pictured=row.id in pictured)))
    return found


def lacks_of(row: Instrument, *, is_pictured: bool) -> tuple[str, ...]:
    """What firms miss on an instrument, by name."""
    lacks = {"photo": not is_pictured, "price": row.price_from is None, "specs": not row.specs}
    return tuple(name for name, is_missing in lacks.items() if is_missing)


def prices_effect(
    instrument: Instrument, items: Sequence[PriceItem], terms: Terms, user_class: str, classes: Sequence[str], *, on: date
) -> list[Sample]:
    """A typical hour of each class that has prices: today's against the new list's; one question."""
    lists = lists_in_force(instrument.id, classes, on)
    start = datetime(on.year, on.month, on.day, TYPICAL_HOUR, tzinfo=ZoneInfo(instrument.time_zone)) + timedelta(
        days=(7 - on.weekday()) % 7
    )
    use = Use(Slot(start, start + timedelta(hours=1)), ZoneInfo(instrument.time_zone), 1)
    before = {key: (items_of(row), Terms(row.multiplier_bp, row.urgent_bp, row.vat_bp)) for key, row in lists.items()}
    after = {**before, user_class: (tuple(items), terms)}
    made = []
    for key in classes:
        for mode in [Mode(one) for one in instrument.modes]:
            now, then = _fee(before, key, mode, use), _fee(after, key, mode, use)
            if key in after and (now, then) != (None, None):
                made.append(Sample(key, mode.value, now, then))
    return made


def follows(instrument: Instrument, items: Sequence[PriceItem], user_class: str, *, on: date, until: date | None) -> Follows:
    """What a new list of a class would follow, row by row; two questions."""
    lists = [row for row in price_lists(instrument.id) if row.user_class == user_class]
    before = in_force(lists, on)
    later = [row.valid_from for row in lists if row.valid_from > on]
    live = select(func.count()).select_from(Booking)
    live = live.where(Booking.instrument_id == instrument.id, Booking.blocking, Booking.starts_at >= day_begins(on))
    return Follows(
        on, before, min(later, default=None), any(lists_meet(row.valid_from, row.valid_to, on, until) for row in lists),
        tuple(price_changes(items_of(before), items)), db.session.scalar(live) or 0,
    )  # fmt: skip


def _fee(lists: dict[str, tuple[tuple[PriceItem, ...], Terms]], user_class: str, mode: Mode, use: Use) -> Money | None:
    """By the class's own rows, else everybody's times its share."""
    if user_class not in lists:
        return None
    items, terms = lists[user_class]
    source = items or lists.get(ANYBODY, ((), terms))[0]
    try:
        return gross(price(Tariff(source, terms.multiplier_bp, terms.urgent_bp, terms.vat_bp, user_class).of(mode), use))
    except NoPrice:
        return None


def hours_effect(instrument: Instrument | None, hours: Sequence[Hours], *, keeps_holidays: bool, owner_id: int, at: datetime) -> list[Day]:
    """When an instrument with such hours is open on each of the next seven days, days off and holidays left out; one question."""
    zone = ZoneInfo(instrument.time_zone if instrument is not None else "Asia/Shanghai")
    days = [bureau_day(at) + timedelta(days=number) for number in range(DAYS)]
    holidays, closures = days_off([owner_id], days)
    closed = (holidays if keeps_holidays else frozenset()) | closures.get(owner_id, frozenset())
    return [Day(day, tuple(open_windows(hours, _whole(day, zone), zone, closed))) for day in days]


def _whole(day: date, zone: ZoneInfo) -> Slot:
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    return Slot(start, start + timedelta(days=1))


def windows_of(instrument: Instrument, first: Slot, rule: str) -> list[Slot]:
    """The closed times of a rule by the instrument's clock, none means once; dates that do not exist are left out.

    Raises: Invalid.
    """
    if not rule:
        return [first]
    zone = ZoneInfo(instrument.time_zone)
    repeat = read_rule(rule, zone)
    start, end = (moment.astimezone(zone).replace(tzinfo=None) for moment in (first.start, first.end))
    found = dates_of(repeat.text(), start, MOST_WINDOWS)
    if len(found) > MOST_WINDOWS:
        raise invalid("too_many", "rrule", most=MOST_WINDOWS)
    windows = [row.slot for row in dates_named(repeat, start, end, found, zone) if row.slot is not None]
    if not windows:
        raise invalid("bad_rule", "rrule")
    return windows


def closure_effect(instrument: Instrument, first: Slot, rule: str) -> list[Booking]:
    """Live bookings that closed times would touch, the first to begin on top; one question.

    Raises: Invalid.
    """
    return bookings_affected(instrument.id, windows_of(instrument, first, rule))
