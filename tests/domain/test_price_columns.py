"""Prices that leave in a table and come back: what one figure can say is said, the rest stays unsaid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_share.domain.exchange.price_columns import InForce, Standing, new_list, price_of, told_prices
from equipment_share.domain.pricing import Mode, PriceItem

DAY = date(2026, 9, 8)


def row(mode: str, fen: int, unit: str = "hour", **more: Any) -> PriceItem:
    """One row of a list."""
    return PriceItem.parse({"mode": mode, "unit": unit, "unit_price_fen": fen, **more}, "items[0]")


@pytest.mark.parametrize(
    ("modes", "rows", "told"),
    [
        ("guided commissioned", [row("guided", 120_050, setup_fee_fen=5_000), row("commissioned", 8_000, "sample")],
         {"price_hour": "1200.50", "price_sample": "80.00"}),
        ("guided self_operate", [row("guided", 30_000), row("self_operate", 30_000)], {"price_hour": "300.00"}),
        ("guided self_operate", [row("guided", 30_000), row("self_operate", 20_000)], {}),
        ("guided self_operate", [row("guided", 30_000)], {}),
        ("guided", [row("guided", 500, "sample")], {"price_sample": "5.00"}),
        ("commissioned", [row("commissioned", 5_500)], {"price_hour": "55.00"}),
        ("guided commissioned", [row("guided", 30_000), row("commissioned", 5_500)], {"price_hour": "300.00"}),
        ("guided", [row("guided", 30_000), row("guided", 700, "item", code="GRID", name="Grid", kind="consumables")], {"price_hour": "300.00"}),
        ("guided", [row("guided", 30_000, **{"from": "08:00", "to": "18:00"}), row("guided", 18_000)], {}),
        ("guided", [row("guided", 30_000, unit_minutes=30)], {}),
        ("guided", [row("guided", 30_000, first_price_fen=50_000)], {}),
        ("guided", [row("guided", 240_000, "day")], {}),
        ("guided", [row("guided", 0)], {"price_hour": "0.00"}),
        ("guided", [], {}),
        ("", [row("guided", 30_000)], {}),
    ],
)  # fmt: skip
def test_a_table_says_the_prices_that_one_figure_can_say(modes: str, rows: list[PriceItem], told: dict[str, str]) -> None:
    found = told_prices([Mode(mode) for mode in modes.split()], Standing(tuple(rows)))

    assert {column: str(price) for column, price in found.items()} == told


ROWS = st.builds(row, st.sampled_from(list(Mode)), st.sampled_from([0, 1, 5_500, 30_000]), st.sampled_from(["hour", "sample", "day"]))


@given(st.lists(st.sampled_from(list(Mode)), unique=True, max_size=4), st.lists(ROWS, max_size=4, unique_by=lambda row: row.mode))
def test_what_a_table_says_of_any_list_is_read_again_as_that_list(modes: list[Mode], rows: list[PriceItem]) -> None:
    standing = Standing(tuple(rows), since=DAY)

    told = {column: price_of(str(price), column) for column, price in told_prices(modes, standing).items()}

    assert new_list(told, modes, "A1", InForce(DAY, {"A1": standing})) is None
