"""What ends soon, what is hardly used, and how often a firm is reminded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from equipment_share.domain.entitlement import check_reminder, is_ending, is_hardly_used, may_remind
from equipment_share.domain.errors import AlreadyDecided
from equipment_share.domain.money import Money
from tests.builders import NOW

TODAY = date(2026, 9, 7)


@pytest.mark.parametrize(("days", "left", "ending"), [(30, 1, True), (31, 1, False), (0, 1, True), (-1, 1, False), (10, 0, False)])
def test_a_voucher_with_money_left_ends_soon_in_its_last_thirty_days(days: int, left: int, ending: bool) -> None:
    assert is_ending(TODAY + timedelta(days=days), Money(left), on=TODAY) is ending


def test_a_voucher_without_an_end_never_ends_soon() -> None:
    assert is_ending(None, Money(1), on=TODAY) is False


@pytest.mark.parametrize(("issued", "used", "hardly"), [(1000, 99, True), (1000, 100, False), (0, 0, True), (1, 0, True), (9, 1, False)])
def test_less_than_a_tenth_is_hardly_used(issued: int, used: int, hardly: bool) -> None:
    assert is_hardly_used(Money(issued), Money(used)) is hardly


def test_a_firm_is_reminded_once_in_thirty_days() -> None:
    later = NOW + timedelta(days=30)

    assert [may_remind(None, at=NOW), may_remind(NOW, at=later), may_remind(NOW, at=later - timedelta(seconds=1))] == [True, True, False]
    with pytest.raises(AlreadyDecided):
        check_reminder(NOW, at=NOW)
