"""Prices out of a table of instruments: a cell becomes a row of a new price list, beside the list in force. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from equipment_share.domain.errors import Invalid, Problem
from equipment_share.domain.exchange.bank import amount_of
from equipment_share.domain.money import MOST_FEN, ZERO, Money
from equipment_share.domain.price_changes import PriceChange, lists_meet, price_changes
from equipment_share.domain.pricing import Mode, PriceItem, PriceUnit
from equipment_share.domain.tariffs import Terms

PRICE_HEADERS: dict[str, str] = {"price_hour": "每小时价格_元", "price_sample": "每样品价格_元"}
"""Our own columns of prices, in yuan for everybody; either name is read without a mapping."""
_UNITS = {"price_hour": PriceUnit.HOUR, "price_sample": PriceUnit.SAMPLE}


@dataclass(frozen=True)
class Standing:
    """The price list in force of an instrument, for everybody; the empty one where there is none."""

    items: tuple[PriceItem, ...] = ()
    terms: Terms = field(default_factory=Terms)
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class InForce:
    """The lists in force on a day, by the owner's own code of the instrument."""

    on: date
    lists: Mapping[str, Standing]


@dataclass(frozen=True)
class NewList:
    """The list that a row of a table makes: add-ons, terms and the modes that it says nothing of are those in force."""

    prices: tuple[PriceChange, ...]
    items: tuple[PriceItem, ...]
    terms: Terms


def price_of(text: str, column: str) -> Money:
    """An amount in yuan as a table has it: `300`, `1,200.50`, `¥300`.

    Units: whole fen out. Rounding: none; more than two decimals are refused.
    Raises: Invalid `not_an_amount`, `out_of_range`.
    Source: docs/rules.md#exchange-prices
    """
    try:
        found = amount_of(text.replace(" ", ""), "amount_yuan")
    except Invalid as refusal:
        raise Invalid([replace(problem, field=column) for problem in refusal.problems]) from None
    if not ZERO <= found <= Money(MOST_FEN):
        raise Invalid([Problem("out_of_range", column)])
    return found


def new_list(given: Mapping[str, Money], modes: Sequence[Mode], code: str, in_force: InForce) -> NewList | None:
    """The price list that a row's prices make from that day on; None when they are those in force.

    A price per sample is for commissioned work, a price per hour for the other modes; one that stands alone is for all modes where none
    of its own is served.
    Units: whole fen. Rounding: none.
    Raises: Invalid naming the column: `required`, `does_not_go_together`, `prices_by_hours`, `overlapping_period`.
    Source: docs/rules.md#exchange-prices
    """
    if given and not modes:
        raise Invalid([Problem("required", "modes")])
    standing = in_force.lists.get(code, Standing())
    wanted = [(column, mode) for column in given for mode in _modes_of(column, modes, is_alone=len(given) == 1)]
    rows = [_priced(column, mode, given[column], standing) for column, mode in wanted]
    kept = [row for row in standing.items if row.is_add_on or row.mode not in {row.mode for row in rows}]
    changed = [row for row in price_changes(standing.items, [*kept, *rows]) if row.is_change]
    if not changed:
        return None
    if standing.since is not None and lists_meet(standing.since, standing.until, in_force.on, None):
        raise Invalid([Problem("overlapping_period", next(iter(given)))])
    return NewList(tuple(changed), (*kept, *rows), standing.terms)


def told_prices(modes: Sequence[Mode], standing: Standing) -> dict[str, Decimal]:
    """The prices of a list by the columns that can say them, for a table that is read again without a change; others are left out.

    Units: yuan with both decimals out. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#exchange-prices
    """
    own = {column: _own_modes(column, modes) for column in PRICE_HEADERS}
    found = {column: _same_price(column, own[column], standing) for column in own}
    if not any(found.values()):
        found = {column: _same_price(column, modes, standing) for column in own if not own[column]}
    return {column: Decimal(row.unit_price.fen).scaleb(-2) for column, row in found.items() if row is not None}


def _same_price(column: str, modes: Sequence[Mode], standing: Standing) -> PriceItem | None:
    """A row that stands for all of some modes: each has one row, in the column's unit, and all cost the same; else none."""
    each = [_rows_of(mode, standing) for mode in modes]
    if any(len(rows) != 1 or not _is_one_figure(rows[0]) or rows[0].unit is not _UNITS[column] for rows in each):
        return None
    return each[0][0] if len({row.unit_price for (row,) in each}) == 1 else None


def _rows_of(mode: Mode, standing: Standing) -> list[PriceItem]:
    return [row for row in standing.items if row.mode is mode and not row.is_add_on]


def _is_one_figure(row: PriceItem) -> bool:
    return not row.band and row.unit_length is None and row.first_price is None


def _own_modes(column: str, modes: Sequence[Mode]) -> list[Mode]:
    return [mode for mode in modes if (mode is Mode.COMMISSIONED) == (column == "price_sample")]


def _modes_of(column: str, modes: Sequence[Mode], *, is_alone: bool) -> list[Mode]:
    own = _own_modes(column, modes)
    if not own and not is_alone:
        raise Invalid([Problem("does_not_go_together", column)])
    return own or list(modes)


def _priced(column: str, mode: Mode, amount: Money, standing: Standing) -> PriceItem:
    """The mode's new row: set-up, minimum and maximum stay where what is counted stays; what one figure cannot say is not overwritten."""
    rows = _rows_of(mode, standing)
    if len(rows) > 1 or not all(map(_is_one_figure, rows)):
        raise Invalid([Problem("prices_by_hours", column)])
    before = rows[0] if rows else None
    if before is not None and before.unit is _UNITS[column]:
        return replace(before, unit_price=amount)
    return PriceItem(mode, _UNITS[column], amount)
