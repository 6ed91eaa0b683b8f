"""Whole bureau days from a first to a last one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_share.domain.errors import Invalid
from equipment_share.domain.periods import Period

DAYS = st.integers(0, 60).map(lambda number: date(2026, 9, 1) + timedelta(days=number))
PERIODS = st.tuples(DAYS, DAYS).map(lambda ends: Period(min(ends), max(ends)))


@given(PERIODS, PERIODS)
def test_two_periods_meet_when_they_have_a_day_in_common(one: Period, other: Period) -> None:
    common = [day for number in range(61) if (day := date(2026, 9, 1) + timedelta(days=number)) in one and day in other]

    assert one.meets(other) is other.meets(one) is bool(common)


@pytest.mark.parametrize("text", ["0001-01-01..0001-01-02", "2026-01-01..9999-12-31", "1999-12-31..2000-01-01", "2026-02-30..2026-03-01"])
def test_a_window_outside_the_years_of_the_books_is_no_period(text: str) -> None:
    with pytest.raises(Invalid, match="not_a_period"):
        Period.parse(text)


def test_a_window_at_the_edges_is_read_and_spans_whole_days() -> None:
    period = Period.parse("2000-01-01..2100-12-31")

    assert (str(period), period.span.minutes) == ("2000-01-01..2100-12-31", 36_890 * 1440)
