"""What a budget will have left, if it is used as before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from equipment_share.domain.money import Money
from equipment_share.domain.reports.band import Ahead, ahead


def test_the_mean_the_busiest_and_the_quietest_month_make_the_band() -> None:
    used = [Money(100), Money(301), Money(200)]

    found = ahead(Money(1_000), used, ["2026-11", "2026-12"])

    assert found == [
        Ahead("2026-11", expected=Money(799), least=Money(699), most=Money(900)),
        Ahead("2026-12", expected=Money(599), least=Money(398), most=Money(800)),
    ]


def test_what_is_left_is_never_below_zero_and_nothing_used_says_nothing() -> None:
    assert ahead(Money(100), [Money(90)], ["a", "b"])[1] == Ahead("b", Money(0), Money(0), Money(0))
    assert ahead(Money(100), [], ["a"]) == []


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**8), min_size=1, max_size=12))
def test_the_expected_stays_inside_the_band(left: int, used: list[int]) -> None:
    for row in ahead(Money(left), [Money(fen) for fen in used], ["a", "b", "c"]):
        assert Money(0) <= row.least <= row.expected <= row.most
