"""Proofs of eligibility: what they need, what they write, when they are looked at again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from equipment_share.domain.access import require_undecided
from equipment_share.domain.errors import AlreadyDecided
from equipment_share.domain.proofs import (
    ProofState,
    ending_tags,
    proof_problems,
    with_tag,
)

TODAY = date(2026, 9, 7)
NEXT_YEAR = date(2027, 3, 31)


@pytest.mark.parametrize(
    ("tag", "number", "last", "has_file", "wrong"),
    [
        ("tech_sme", "1", NEXT_YEAR, False, []), ("tech_sme", "", NEXT_YEAR, True, []), ("tech_sme", "1", TODAY, False, []),
        ("tech_sme", " ", NEXT_YEAR, False, [("number", "required")]), ("", "1", NEXT_YEAR, False, [("tag", "required")]),
        ("A B", "1", NEXT_YEAR, False, [("tag", "not_a_code")]), ("tech_sme", "1", None, False, [("valid_until", "required")]),
        ("tech_sme", "1", TODAY - timedelta(days=1), False, [("valid_until", "in_the_past")]),
        ("tech_sme", "1" * 61, NEXT_YEAR, False, [("number", "too_long_text")]),
    ],
)  # fmt: skip
def test_what_a_proof_needs(tag: str, number: str, last: date | None, has_file: bool, wrong: list[tuple[str, str]]) -> None:
    found = proof_problems(tag, number, last, has_file=has_file, on=TODAY)

    assert [(problem.field, problem.code) for problem in found] == wrong


def test_of_two_last_days_the_later_one_counts_and_other_tags_stay() -> None:
    before = [{"tag": "tech_sme", "valid_until": "2027-12-31"}, {"tag": "hnte", "valid_until": None}]

    assert with_tag(before, "tech_sme", NEXT_YEAR) == [
        {"tag": "hnte", "valid_until": None},
        {"tag": "tech_sme", "valid_until": "2027-12-31"},
    ]
    assert with_tag(before, "hnte", NEXT_YEAR)[-1] == {"tag": "hnte", "valid_until": "2027-03-31"}
    assert with_tag([], "team", NEXT_YEAR) == [{"tag": "team", "valid_until": "2027-03-31"}]


@pytest.mark.parametrize(("days", "warned"), [(-1, False), (0, True), (30, True), (31, False)])
def test_a_tag_is_warned_of_in_its_last_thirty_days(days: int, warned: bool) -> None:
    last = TODAY + timedelta(days=days)

    assert ending_tags([{"tag": "team", "valid_until": last.isoformat()}, {"tag": "hnte"}], TODAY) == ([("team", last)] if warned else [])


@pytest.mark.parametrize("state", [ProofState.ACCEPTED, ProofState.REFUSED, "refused"])
def test_a_proof_is_decided_once(state: str) -> None:
    require_undecided("submitted", ProofState.SUBMITTED)

    with pytest.raises(AlreadyDecided, match="already_decided"):
        require_undecided(state, ProofState.SUBMITTED)
