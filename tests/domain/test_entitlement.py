"""What ends soon, what is hardly used, and how often a firm is reminded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from equipment_share.domain.entitlement import check_reminder, ending, is_ending, is_hardly_used, may_carry, may_remind
from equipment_share.domain.errors import AlreadyDecided
from equipment_share.domain.money import Money
from equipment_share.domain.programmes.programmes import terms
from equipment_share.domain.vouchers import VoucherState
from tests.builders import HALF, NOW

TODAY = date(2026, 9, 7)


@pytest.mark.parametrize(("days", "left", "ending"), [(30, 1, True), (31, 1, False), (0, 1, True), (-1, 1, False), (10, 0, False)])
def test_a_voucher_with_money_left_ends_soon_in_its_last_thirty_days(days: int, left: int, ending: bool) -> None:
    assert is_ending(TODAY + timedelta(days=days), Money(left), on=TODAY) is ending


def test_a_voucher_without_an_end_never_ends_soon() -> None:
    assert is_ending(None, Money(1), on=TODAY) is False


@pytest.mark.parametrize(
    ("days", "left", "tier"),
    [(61, 1, None), (60, 1, 60), (31, 1, 60), (30, 1, 30), (8, 1, 30), (7, 1, 7), (0, 1, 7), (-1, 1, None), (10, 0, None)],
)
def test_what_is_free_and_ends_is_spoken_of_from_sixty_days_on_and_louder_at_thirty_and_seven(
    days: int, left: int, tier: int | None
) -> None:
    near = ending(TODAY + timedelta(days=days), Money(left), on=TODAY)

    assert (near.tier if near else None) == tier
    assert near is None or (near.amount, near.days_left) == (Money(left), days)


def test_a_voucher_without_an_end_is_never_spoken_of() -> None:
    assert ending(None, Money(1), on=TODAY) is None


@pytest.mark.parametrize(
    ("carries", "state", "carried", "may"),
    [(True, VoucherState.ISSUED, False, True), (True, VoucherState.ISSUED, True, False), (True, VoucherState.FROZEN, False, False),
     (False, VoucherState.ISSUED, False, False)],
)  # fmt: skip
def test_what_is_left_goes_on_once_where_the_terms_say_so(carries: bool, state: VoucherState, carried: bool, may: bool) -> None:
    assert may_carry(terms({**HALF, "carry_over": carries}), state, carried=carried) is may


@pytest.mark.parametrize(("issued", "used", "hardly"), [(1000, 99, True), (1000, 100, False), (0, 0, True), (1, 0, True), (9, 1, False)])
def test_less_than_a_tenth_is_hardly_used(issued: int, used: int, hardly: bool) -> None:
    assert is_hardly_used(Money(issued), Money(used)) is hardly


def test_a_firm_is_reminded_once_in_thirty_days() -> None:
    later = NOW + timedelta(days=30)

    assert [may_remind(None, at=NOW), may_remind(NOW, at=later), may_remind(NOW, at=later - timedelta(seconds=1))] == [True, True, False]
    with pytest.raises(AlreadyDecided):
        check_reminder(NOW, at=NOW)
