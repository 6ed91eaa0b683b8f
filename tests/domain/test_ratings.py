"""Ratings: who may rate what, and the mean that everybody sees."""

from __future__ import annotations

import pytest

from equipment_share.domain.bookings.life import CHARGED, BookingState
from equipment_share.domain.errors import Invalid
from equipment_share.domain.ratings import UseNotOver, check_rating, mean_in_tenths


@pytest.mark.parametrize(
    ("stars", "count", "tenths"), [(0, 0, 0), (5, 1, 50), (9, 2, 45), (13, 3, 43), (14, 3, 47), (17, 4, 43), (89, 20, 45)]
)
def test_the_mean_is_rounded_half_up_to_a_tenth(stars: int, count: int, tenths: int) -> None:
    assert mean_in_tenths(stars, count) == tenths


@pytest.mark.parametrize("state", BookingState)
def test_only_a_use_that_both_sides_confirmed_can_be_rated(state: BookingState) -> None:
    if state in CHARGED:
        check_rating(state, 5, "")
        return
    with pytest.raises(UseNotOver):
        check_rating(state, 5, "")


def test_every_broken_rule_of_a_rating_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        check_rating(BookingState.COMPLETED, 6, "x" * 501)

    assert [(problem.code, problem.field) for problem in refused.value.problems] == [("out_of_range", "stars"), ("too_long_text", "words")]
