"""What a budget will have left in the months to come, if it is used as before: expected, and between the quietest and the busiest month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equipment_share.domain.money import ZERO, Money, total


@dataclass(frozen=True)
class Ahead:
    """One month to come: what is left at its end as expected, after busy months, after quiet ones."""

    month: str
    expected: Money
    least: Money
    most: Money


def ahead(left: Money, used: Sequence[Money], months: Sequence[str]) -> list[Ahead]:
    """What is left at the end of each coming month, after so many months like the mean, the busiest and the quietest one so far.

    Units: whole fen; never below zero.
    Rounding: the mean of so many months up to the fen, once per month shown.
    Raises: nothing; no months used, no forecast.
    Source: docs/rules.md#burn-band
    """
    if not used:
        return []
    whole = total(used).fen
    busiest, quietest = max(used), min(used)
    found = []
    for count, month in enumerate(months, 1):
        spent = (Money(-(-whole * count // len(used))), Money(busiest.fen * count), Money(quietest.fen * count))
        expected, least, most = (max(ZERO, left - one) for one in spent)
        found.append(Ahead(month, expected, least, most))
    return found
