"""Forecasts, shares and dues: the small sums that reports are made of."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import Period, periods_around
from equipment_share.domain.reports.burning import Ahead, VoucherFlow, forecast, voucher_months
from equipment_share.domain.reports.forecast import burn_down, runs_out_on
from equipment_share.domain.reports.parties import DUE, due
from equipment_share.domain.reports.rows import UseRow
from equipment_share.domain.reports.sums import Month
from equipment_share.domain.reports.values import Column, Kind, compared, share_bp, table

JUNE, END = date(2026, 6, 1), date(2026, 6, 30)


def test_days_are_gathered_into_years_quarters_and_months_the_newest_first() -> None:
    years, quarters, months = periods_around([Period.parse(text).first_on for text in ("2025-12", "2026-09", "2026-08")])

    assert [str(one) for one in years] == ["2026", "2025"]
    assert [str(one) for one in quarters] == ["2026-Q3", "2025-Q4"]
    assert [str(one) for one in months] == ["2026-09", "2026-08", "2025-12"]


@pytest.mark.parametrize(
    ("left", "used", "day"),
    [
        (3_000, 3_000, date(2026, 7, 30)), (100, 3_000, date(2026, 7, 1)), (101, 3_000, date(2026, 7, 2)), (0, 3_000, END), (3_000, 0, None),
        (10**12, 1, None),
    ],
)  # fmt: skip
def test_a_budget_runs_out_on_the_day_that_uses_its_last_fen(left: int, used: int, day: date | None) -> None:
    assert runs_out_on(Money(left), Money(used), JUNE, END) == day


def test_a_burn_down_takes_each_month_off_what_was_left() -> None:
    months = [Month(date(2026, month, 1), Money(used), ZERO) for month, used in ((1, 100), (2, 0), (3, 50))]

    rows = burn_down(Money(1_000), Money(200), months)

    assert [(row.used_so_far.fen, row.left.fen) for row in rows] == [(300, 700), (300, 700), (350, 650)]


@given(part=st.integers(0, 10**12), whole=st.integers(1, 10**12))
def test_a_share_is_within_half_a_basis_point_of_the_ratio(part: int, whole: int) -> None:
    found = share_bp(part, whole)

    assert found is not None
    assert abs(found * whole - part * 10_000) * 2 <= whole
    assert share_bp(part, 0) is None


def _use(state: str, claim: str, *, payee: int = 1) -> UseRow:
    return UseRow(1, "B", "2026-06-01", 1, "owner", 2, "firm", "instrument", 60_000, 30_000, state, 7, claim, 30_000, payee, 9)


@pytest.mark.parametrize(
    ("use", "found"),
    [
        (_use("confirmed", "draft"), {"firms_owe": 30_000, "not_handed_in": 30_000}),
        (_use("completed", "in_review"), {"firms_paid": 30_000, "in_checking": 30_000}),
        (_use("completed", "batched"), {"firms_paid": 30_000, "bureau_owes": 30_000}),
        (_use("completed", "paid"), {"firms_paid": 30_000, "bureau_paid": 30_000}),
        (_use("invoiced", "approved", payee=2), {"firms_owe": 60_000}),
    ],
)
def test_an_owner_is_owed_the_fee_in_parts_and_each_part_once(use: UseRow, found: dict[str, int]) -> None:
    parts = due(use, Money(30_000))

    assert {name: amount.fen for name, amount in parts.items() if amount} == found
    assert set(parts) == set(DUE)
    assert sum(amount.fen for amount in parts.values()) == 60_000


def test_a_table_sums_money_counts_and_hours_and_nothing_else() -> None:
    columns = (Column("name"), Column("n", Kind.COUNT), Column("m", Kind.MONEY), Column("h", Kind.HOURS), Column("p", Kind.PERCENT))

    made = table("t", columns, [("a", 1, Money(5), 60, 100), ("b", 2, Money(7), 30, 200)], shares={"p": 150})

    assert made.total is not None
    assert [cell.plain() for cell in made.total] == ["", 3, 12, 90, 150]
    assert table("t", columns, []).total is None
    assert [one.amount for one in compared(("x", Money(5), Money(4)), ("y", Money(1), Money(1)))] == [Money(1)]


def test_a_budget_runs_out_between_the_days_of_the_short_and_the_long_pace() -> None:
    on, left = date(2026, 9, 30), Money(90_000)

    found = forecast(left, {30: Money(60_000), 90: Money(90_000), 180: Money(90_000)}, on)
    slow = forecast(left, {30: Money(0), 90: Money(0), 180: Money(90_000)}, on)
    over = forecast(Money(0), {30: Money(0), 90: Money(0), 180: Money(0)}, on)

    assert (found.earliest_on, found.expected_on, found.latest_on) == (date(2026, 11, 14), date(2026, 12, 29), date(2027, 3, 29))
    assert (slow.earliest_on, slow.expected_on, slow.latest_on) == (date(2027, 3, 29), None, None)
    assert (over.earliest_on, over.expected_on, over.latest_on) == (on, on, on)


def test_what_is_left_later_goes_by_the_same_paces_and_never_below_zero() -> None:
    on = date(2026, 9, 30)
    made = forecast(Money(100_000), {30: Money(60_000), 90: Money(90_001), 180: Money(90_000)}, on)
    nothing = forecast(Money(100_000), {30: ZERO, 90: ZERO, 180: ZERO}, on)

    found = made.ahead([date(2026, 10, 31), date(2026, 12, 31)])

    assert found == [
        Ahead(date(2026, 10, 31), expected=Money(68_999), least=Money(38_000), most=Money(84_500)),
        Ahead(date(2026, 12, 31), expected=Money(7_998), least=ZERO, most=Money(54_000)),
    ]
    assert nothing.ahead([date(2026, 10, 31)]) == []


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**8), min_size=3, max_size=3))
def test_what_is_expected_stays_inside_the_band(left: int, spent: list[int]) -> None:
    made = forecast(Money(left), dict(zip((30, 90, 180), map(Money, spent), strict=True)), date(2026, 9, 30))

    for row in made.ahead([date(2026, 10, 31), date(2027, 9, 30)]):
        assert ZERO <= row.least <= row.expected <= row.most <= Money(left)


flows = st.lists(st.builds(VoucherFlow, st.just(date(2026, 9, 1)), *[st.integers(-(10**9), 10**9).map(Money)] * 4), max_size=12)


@given(flows)
def test_what_a_voucher_was_granted_is_spent_gone_held_or_left_at_every_months_end(given_flows: list[VoucherFlow]) -> None:
    granted = used = ZERO

    for flow, month in zip(given_flows, voucher_months(given_flows), strict=True):
        granted += flow.granted
        used += flow.spent + flow.gone
        assert granted == used + month.held + month.left
