"""A budget too small for what was approved, divided in proportion (domain W7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from equipment_share.domain.money import ZERO, Money, split, total

Number = TypeVar("Number", int, str)


def pro_rata(approved: Mapping[Number, Money], budget: Money) -> dict[Number, Money]:
    """What each approved claim gets, by claim number; a budget that is enough cuts nothing.

    Units: whole fen; a budget below zero counts as none.
    Rounding: floors first, spare fen one each to the largest remainders, ties by claim number; never more than was approved.
    Raises: nothing.
    Source: docs/rules.md#pro-rata (domain W7)
    """
    numbers = sorted(approved)
    if total(approved.values()) <= budget:
        return {number: approved[number] for number in numbers}
    parts = split(max(ZERO, budget), [approved[number].fen for number in numbers])
    return dict(zip(numbers, parts, strict=True))
