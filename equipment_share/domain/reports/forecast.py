"""How long a budget lasts if it goes on being used as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from equipment_share.domain.money import Money
from equipment_share.domain.reports.sums import Month

FAR = 36_525
"""A century: later than that is never."""


@dataclass(frozen=True)
class BurnRow:
    """One month: what was used and paid, all together so far, and what was left."""

    month: Month
    used_so_far: Money
    left: Money


def burn_down(appropriated: Money, used_before: Money, months: Sequence[Month]) -> list[BurnRow]:
    """What was left of a budget at the end of each month.

    Units: whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#burn-down
    """
    rows, so_far = [], used_before
    for month in months:
        so_far += month.used
        rows.append(BurnRow(month, so_far, appropriated - so_far))
    return rows


def runs_out_on(left: Money, used: Money, first_on: date, last_on: date) -> date | None:
    """The first day without money if the daily use of `first_on` to `last_on`, both included, goes on.

    Units: whole fen, whole bureau days.
    Rounding: up to the whole day that uses the last fen.
    Raises: nothing; None when nothing was used, or when it lasts a century.
    Source: docs/rules.md#burn-down
    """
    if left.fen <= 0:
        return last_on
    if used.fen <= 0:
        return None
    days = (last_on - first_on).days + 1
    needed = -(-left.fen * days // used.fen)
    return last_on + timedelta(days=needed) if needed < FAR else None
