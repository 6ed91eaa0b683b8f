"""Where an organisation's money goes: what an account looks like, and how much of it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_share.domain.access import require_undecided
from equipment_share.domain.bank_accounts import ChangeState, account_typed, masked
from equipment_share.domain.errors import AlreadyDecided, Invalid


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("6222 0000 1111 2222", "6222000011112222"), ("12345678", "12345678"), ("fte-1234 5678 90", "FTE1234567890"),
        ("1" * 30, "1" * 30), (" NRA12345678\n", "NRA12345678"),
    ],
)  # fmt: skip
def test_an_account_is_kept_without_spaces_and_dashes(typed: str, kept: str) -> None:
    assert account_typed(typed, known="", waits=False) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"), (" - ", "required"), ("1234567", "not_an_account"), ("1" * 31, "not_an_account"), ("ABCDE12345678", "not_an_account"),
        ("6222x0000111122", "not_an_account"), ("6222 0000 1111 2222", "same_account"), ("6222000011113333", "change_waits"),
    ],
)  # fmt: skip
def test_what_is_no_account_or_no_change_is_refused_at_its_field(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        account_typed(typed, known="6222-0000 11112222", waits=typed.endswith("3333"))

    assert [(problem.code, problem.field) for problem in refusal.value.problems] == [(code, "account")]


@given(st.from_regex("[A-Z]{0,4}[0-9]{8,30}", fullmatch=True))
def test_no_more_than_four_signs_of_an_account_are_shown(account: str) -> None:
    assert masked(account) == f"•••• {account[-4:]}"


def test_a_number_too_short_to_hide_shows_nothing() -> None:
    assert (masked("1234567"), masked("")) == ("••••", "")


@pytest.mark.parametrize("state", ["confirmed", "refused", "withdrawn"])
def test_a_change_is_decided_once(state: str) -> None:
    require_undecided("proposed", ChangeState.PROPOSED)
    with pytest.raises(AlreadyDecided):
        require_undecided(state, ChangeState.PROPOSED)
