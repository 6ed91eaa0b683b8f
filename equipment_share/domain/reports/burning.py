"""How fast a budget or a voucher goes: what is left, and the day it runs out if the last days go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.reports.forecast import runs_out_on

LIKELY = 90
"""The pace that the forecast goes by, in days."""
AROUND = (30, 180)
"""The shorter and the longer pace that make its band."""


@dataclass(frozen=True)
class Pace:
    """What was spent in the last days, and when the rest is gone if that goes on; no day is never."""

    days: int
    spent: Money
    runs_out_on: date | None


@dataclass(frozen=True)
class Ahead:
    """A day to come: what is left at its end at the likely pace, at the fastest and at the slowest one."""

    on: date
    expected: Money
    least: Money
    most: Money


@dataclass(frozen=True)
class Forecast:
    """The day at the pace of the last 90 days, between the days at the paces of the last 30 and 180."""

    left: Money
    on: date
    paces: tuple[Pace, ...]

    @property
    def expected_on(self) -> date | None:
        """The likely day."""
        return next(pace.runs_out_on for pace in self.paces if pace.days == LIKELY)

    @property
    def earliest_on(self) -> date | None:
        """The first day of the band; never only when every pace says so."""
        return min((pace.runs_out_on for pace in self.paces if pace.runs_out_on is not None), default=None)

    @property
    def latest_on(self) -> date | None:
        """The last day of the band; never as soon as one pace says so."""
        days = [pace.runs_out_on for pace in self.paces]
        return None if None in days else max(day for day in days if day is not None)

    def ahead(self, days: Sequence[date]) -> list[Ahead]:
        """What is left at the end of some days to come, at each of the paces.

        Units: whole fen; never below zero.
        Rounding: what will be spent, up to the fen.
        Raises: nothing; nothing spent, nothing foretold.
        Source: docs/rules.md#burn-down
        """
        if not any(pace.spent for pace in self.paces):
            return []
        found = []
        for day in days:
            left = {pace.days: self._left(pace, day) for pace in self.paces}
            found.append(Ahead(day, left[LIKELY], min(left.values()), max(left.values())))
        return found

    def _left(self, pace: Pace, day: date) -> Money:
        spent = -(-pace.spent.fen * (day - self.on).days // pace.days)
        return max(ZERO, self.left - Money(spent))


def forecast(left: Money, spent: Mapping[int, Money], on: date) -> Forecast:
    """When the rest is gone at the paces of the last 30, 90 and 180 days; `spent` by number of days, `on` being the last of them.

    Units: whole fen, whole bureau days.
    Rounding: up to the whole day that uses the last fen.
    Raises: nothing; a pace of nothing never ends.
    Source: docs/rules.md#burn-down
    """
    windows = sorted({LIKELY, *AROUND})
    return Forecast(
        left, on, tuple(Pace(days, spent[days], runs_out_on(left, spent[days], on - timedelta(days=days - 1), on)) for days in windows)
    )


@dataclass(frozen=True)
class VoucherFlow:
    """What moved on one voucher in one month; `set_aside` is holds less the holds that ended."""

    first_on: date
    granted: Money = ZERO
    set_aside: Money = ZERO
    spent: Money = ZERO
    gone: Money = ZERO


@dataclass(frozen=True)
class VoucherMonth:
    """One month of a voucher: what came, was spent, expired or was revoked; what stands held and is left at its end."""

    first_on: date
    granted: Money
    spent: Money
    gone: Money
    held: Money
    left: Money


def voucher_months(flows: Sequence[VoucherFlow]) -> list[VoucherMonth]:
    """A voucher month by month; granted = spent + gone + held + left at the end of each.

    Units: whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#burn-down
    """
    held = left = ZERO
    found = []
    for flow in flows:
        held += flow.set_aside
        left += flow.granted - flow.spent - flow.gone - flow.set_aside
        found.append(VoucherMonth(flow.first_on, flow.granted, flow.spent, flow.gone, held, left))
    return found
