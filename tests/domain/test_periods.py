"""Whole bureau days from a first to a last one."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from equipment_share.domain.periods import Period

DAYS = st.integers(0, 60).map(lambda number: date(2026, 9, 1) + timedelta(days=number))
PERIODS = st.tuples(DAYS, DAYS).map(lambda ends: Period(min(ends), max(ends)))


@given(PERIODS, PERIODS)
def test_two_periods_meet_when_they_have_a_day_in_common(one: Period, other: Period) -> None:
    common = [day for number in range(61) if (day := date(2026, 9, 1) + timedelta(days=number)) in one and day in other]

    assert one.meets(other) is other.meets(one) is bool(common)
