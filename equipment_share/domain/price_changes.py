"""One price list after another: which day belongs to which, and what each row costs by the old and by the new one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from equipment_share.domain.pricing import PriceItem


@dataclass(frozen=True)
class PriceChange:
    """One row by two lists; either may lack it."""

    before: PriceItem | None
    after: PriceItem | None

    @property
    def row(self) -> PriceItem | None:
        """What tells the row from others: the new one, else the old one."""
        return self.after if self.after is not None else self.before

    @property
    def is_change(self) -> bool:
        """Whether the two lists differ in it."""
        return self.before != self.after


def price_changes(before: Sequence[PriceItem], after: Sequence[PriceItem]) -> list[PriceChange]:
    """Every row of two lists side by side: an add-on by its code, a price by its mode and hours; what ends comes last.

    Units: whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#price-lists
    """
    left = {_key(row, before, after): row for row in before}
    found = [PriceChange(left.pop(_key(row, before, after), None), row) for row in after]
    return [*found, *(PriceChange(row, None) for row in left.values())]


def _key(row: PriceItem, before: Sequence[PriceItem], after: Sequence[PriceItem]) -> tuple[str, str, str]:
    """The hours tell rows apart only where a mode has several."""
    several = any(sum(one.mode is row.mode and not one.is_add_on for one in rows) > 1 for rows in (before, after))
    return row.mode.value, row.code, row.band if several else ""


def lists_meet(begins: date, ends: date | None, first: date, last: date | None) -> bool:
    """Whether two lists of one class claim the same day; an open end gives way to the list that begins later.

    Units: bureau days, both ends included. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#price-lists
    """
    if begins == first:
        return True
    earlier_end, later_start = (ends, first) if begins < first else (last, begins)
    return earlier_end is not None and earlier_end >= later_start
