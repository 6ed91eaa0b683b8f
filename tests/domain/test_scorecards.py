"""The scorecard of one owner: what is asked of a period, what is reached, and how that is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_share.domain.periods import Period
from equipment_share.domain.scorecards import QUOTA_MINUTES, Grade, OwnerFacts, middle, minutes_within, scorecard

YEAR = Period.parse("2026")


def facts(minutes: int = 0, external: int = 0, *, instruments: int = 2, opened: int = 2) -> OwnerFacts:
    """Two open instruments, one of them out of order."""
    return OwnerFacts(1, "Owner", instruments, opened, 1, 3, minutes, external, answers=(30, 10, 20), unanswered=1)


@pytest.mark.parametrize(
    ("period", "minutes"),
    [("2026", 84_000), ("2028", 84_000), ("2026-Q3", 21_172), ("2026-02", 6_443), ("2026-01-01..2027-12-31", 168_000)],
)
def test_a_period_is_asked_for_its_days_share_of_1400_hours_and_a_leap_year_for_no_more(period: str, minutes: int) -> None:
    assert minutes_within(Period.parse(period), QUOTA_MINUTES) == minutes


@pytest.mark.parametrize(
    ("hours", "score", "grade"),
    [
        (2_520, 9_000, Grade.EXCELLENT), (2_519, 8_996, Grade.GOOD), (2_100, 7_500, Grade.GOOD), (1_680, 6_000, Grade.FAIR),
        (1_679, 5_996, Grade.BELOW), (9_999, 10_000, Grade.EXCELLENT), (0, 0, Grade.BELOW),
    ],
)  # fmt: skip
def test_two_instruments_are_asked_for_2800_hours_a_year(hours: int, score: int, grade: Grade) -> None:
    card = scorecard(facts(hours * 60), YEAR)

    assert (card.score_bp, card.grade) == (score, grade)


def test_the_rates_beside_the_score_are_those_of_the_sources_example() -> None:
    one = OwnerFacts(1, "Nation", 1, 1, 1, 1, 1_599 * 60, 273 * 60)

    card = scorecard(one, YEAR)

    assert (card.utilisation_bp, card.sharing_bp) == (9_994, 1_707)


def test_order_and_answers_are_shares_and_the_answer_time_is_a_median() -> None:
    card = scorecard(facts(instruments=4), YEAR)

    assert (card.open_bp, card.in_order_bp, card.answer_minutes, card.answered_bp) == (5_000, 5_000, 20, 7_500)


def test_nothing_of_nothing_is_no_score() -> None:
    card = scorecard(OwnerFacts(1, "Owner", 1, 0, 0), YEAR)

    assert (card.score_bp, card.grade, card.sharing_bp, card.answer_minutes, card.answered_bp) == (None, None, None, None, None)


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_no_more_than_half_waited_longer_than_the_answer_time(spans: list[int]) -> None:
    found = middle(spans)

    assert found is not None and sum(span > found for span in spans) * 2 <= len(spans)
