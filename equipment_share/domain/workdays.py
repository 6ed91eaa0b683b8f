"""Working days of the country: what is counted, given the days that are off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from equipment_share.domain.periods import BUREAU_ZONE, bureau_day

type_of_day = Callable[[date], bool]
"""Says whether a day is off (a holiday, or a weekend day that is not worked)."""


def workdays_later(moment: datetime, days: int, is_off: type_of_day) -> datetime:
    """The same time of day, a number of working days on.

    Units: working days at the bureau.
    Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#working-days (a makeup workday 调休 counts)
    """
    local = moment.astimezone(BUREAU_ZONE)
    left, day = days, bureau_day(moment)
    while left > 0:
        day += timedelta(days=1)
        if not is_off(day):
            left -= 1
    return local.replace(year=day.year, month=day.month, day=day.day).astimezone(moment.tzinfo)


def is_day_off(day: date, named: dict[date, str]) -> bool:
    """Off by name, or a weekend day that no notice makes a working day.

    Units: none. Rounding: none. `named` is the calendar table: day to `off` or `work`.
    Raises: nothing.
    Source: docs/rules.md#working-days
    """
    kind = named.get(day)
    return kind == "off" if kind else day.isoweekday() > 5
