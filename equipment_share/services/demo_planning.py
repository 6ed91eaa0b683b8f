"""Building block of a demonstration: something in every corner of planning - a series, a line, an offer, a proposal, a fault, days off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from equipment_share.domain.errors import Refused
from equipment_share.domain.periods import bureau_day, day_begins
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import User
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.services.bookings.changes import change_booking
from equipment_share.services.bookings.decisions import approve_booking, cancel_booking, propose_time
from equipment_share.services.bookings.offers import wait_for_slot
from equipment_share.services.bookings.requests import request_booking
from equipment_share.services.bookings.series import request_series
from equipment_share.services.instruments.closing import close_days, report_fault

HOUR = timedelta(hours=1)


def plan_ahead(instruments: list[Instrument], people: Mapping[str, User], *, at: datetime) -> None:
    """Let the demonstration's own firm and owner meet every page of planning filled."""
    firm, rival, owner = people["firm_admin"], people["firm_user_2"], people["owner_admin"]
    own = [row for row in instruments if row.owner_id == owner.organisation_id]
    steps = (_series, _offer, _line, _proposal, _change)
    for row, step in zip(own, steps, strict=False):
        _gently(lambda step=step, row=row: step(row, firm, rival, owner, at))  # type: ignore[misc]
    if own:
        _gently(lambda: report_fault(own[0].id, words="样品台 Z 轴有异响，升降不顺", by=owner, at=at))
    _gently(lambda: close_days(date(bureau_day(at).year + 1, 2, 1), date(bureau_day(at).year + 1, 2, 3), reason="盘点", by=owner, at=at))


def _gently(act: Callable[[], object]) -> None:
    """A holiday or a taken slot is as in life, too."""
    try:
        act()
    except Refused:
        return


def _wish(row: Instrument, at: datetime, days: int, hour: int, hours: int = 2) -> BookingWish:
    """A wish on the first weekday after so many days."""
    day = bureau_day(at) + timedelta(days=days)
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    start = day_begins(day) + hour * HOUR
    return BookingWish(row.id, row.modes[0], start, start + hours * HOUR, purpose="研发样品表征")


def _series(row: Instrument, firm: User, _rival: User, _owner: User, at: datetime) -> None:
    request_series(_wish(row, at, 5, 13), "FREQ=WEEKLY;COUNT=6", only_if_all=False, by=firm, at=at)


def _offer(row: Instrument, firm: User, rival: User, _owner: User, at: datetime) -> None:
    taken = request_booking(_wish(row, at, 6, 9), by=rival, at=at)
    wait_for_slot(_wish(row, at, 6, 9), by=firm, at=at)
    cancel_booking(taken.id, reason="样品未到", by=rival, at=at)


def _line(row: Instrument, firm: User, rival: User, _owner: User, at: datetime) -> None:
    request_booking(_wish(row, at, 7, 10), by=rival, at=at)
    wait_for_slot(_wish(row, at, 7, 10), by=firm, at=at)


def _proposal(row: Instrument, firm: User, _rival: User, owner: User, at: datetime) -> None:
    asked = request_booking(_wish(row, at, 8, 10), by=firm, at=at)
    other = _wish(row, at, 9, 14)
    propose_time(asked.id, start=other.start, end=other.end, by=owner, at=at)


def _change(row: Instrument, firm: User, _rival: User, owner: User, at: datetime) -> None:
    booking = request_booking(_wish(row, at, 10, 9), by=firm, at=at)
    approve_booking(booking.id, by=owner, at=at)
    longer = _wish(row, at, 10, 10, 4)
    change_booking(booking.id, start=longer.start, end=longer.end, by=firm, at=at)
