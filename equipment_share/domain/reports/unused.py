"""What of a budget was not used: what can still be, and what cannot any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import Period
from equipment_share.domain.reports.forecast import runs_out_on
from equipment_share.domain.reports.sums import Flowed
from equipment_share.domain.reports.values import Cell, Kind, Report, fact


@dataclass(frozen=True)
class Unused:
    """The four parts of an appropriated budget that nobody used; their sum is appropriated − used − owners' bonuses."""

    to_issue: Money
    """Left in the programme."""
    in_vouchers: Money
    """Free or held in vouchers that are good."""
    expired: Money
    revoked: Money

    @property
    def usable(self) -> Money:
        """What can still be used: a forecast goes by this alone."""
        return self.to_issue + self.in_vouchers

    @property
    def whole(self) -> Money:
        """All four together."""
        return self.usable + self.expired + self.revoked


def unused(figures: Mapping[str, Flowed]) -> Unused:
    """The parts of what was not used by a period's end, out of the street's figures.

    Units: whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#budget-view
    """
    at_end = {name: figures[name].at_end for name in ("appropriated", "issued", "used", "bonus", "expired", "revoked")}
    return Unused(
        at_end["appropriated"] - at_end["issued"] - at_end["bonus"],
        at_end["issued"] - at_end["used"] - at_end["expired"] - at_end["revoked"],
        at_end["expired"],
        at_end["revoked"],
    )


def for_people(report: Report) -> Report:
    """A report as people read it: the budget's rest in its parts, and how long what can still be used lasts.

    Files for machines, and those kept with a batch, stay as they are.
    Units: whole fen. Rounding: none but that of the forecast.
    Raises: nothing.
    Source: docs/rules.md#budget-view
    """
    if report.head.name != "budget":
        return report
    rest = unused({str(row[0].value): Flowed(_money(row[1]), _money(row[2])) for row in report.table("budget").rows})
    parts = (
        fact("to_issue", rest.to_issue),
        fact("live_in_vouchers", rest.in_vouchers),
        fact("expired", rest.expired),
        fact("revoked", rest.revoked),
    )
    shown = [one for one in report.facts if one.column.key != "runs_out_on"]
    return replace(report, facts=(*shown, *parts, fact("usable_until", _lasts_until(report, rest), Kind.DATE)))


def _lasts_until(report: Report, rest: Unused) -> date | None:
    """The day that uses the last of what can still be used, at the pace since the first used month."""
    period = Period.parse(report.head.period)
    months = [(date.fromisoformat(f"{row[0].value}-01"), _money(row[1])) for row in report.table("burn_down").rows]
    first_on = next((month for month, used in months if used), period.first_on)
    return (
        runs_out_on(rest.usable, total(used for month, used in months if month >= first_on), first_on, period.last_on)
        if rest.whole
        else None
    )


def _money(cell: Cell) -> Money:
    return cell.value if isinstance(cell.value, Money) else ZERO
