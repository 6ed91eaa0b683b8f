"""The cut of a period's approved claims to what the programme has."""

from __future__ import annotations

from collections.abc import Mapping

from equipment_share.domain.money import Money, split, total


def pro_rata(approved: Mapping[str, Money], budget: Money) -> dict[str, Money]:
    """What each claim gets when all together ask for more than there is.

    Units: whole fen; keys are claim numbers.
    Rounding: floors first, spare fen one each to the largest remainders, ties by claim number.
    Raises: nothing; a budget that is enough cuts nothing.
    Source: docs/rules.md#pro-rata (W7)
    """
    if total(approved.values()) <= budget:
        return dict(approved)
    numbers = sorted(approved)
    parts = split(budget, [approved[number].fen for number in numbers])
    return dict(zip(numbers, parts, strict=True))
