"""Proofs of eligibility: what they need, what they write, when they are looked at again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from equipment_share.domain.errors import AlreadyDecided
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.proofs import (
    Check,
    Stage,
    check_undecided,
    eligibility_lost,
    ending_tags,
    proof_problems,
    stages_checked,
    with_tag,
)
from tests.builders import HALF

TODAY = date(2026, 9, 7)
NEXT_YEAR = date(2027, 3, 31)


def programme(*stages: str) -> Programme:
    """Half of everything, for technology SMEs, looked at again at these stages."""
    return Programme.parse({**HALF, "eligibility_at": list(stages)} if stages else dict(HALF))


def test_a_programme_names_its_stages_and_the_lists_count_at_the_claim_in_any_case() -> None:
    named = {stage: stages_checked(programme("hold"), stage) for stage in Stage}

    assert named == {
        Stage.ISSUE: frozenset(), Stage.HOLD: {Check.TAGS, Check.LISTS}, Stage.USAGE: frozenset(), Stage.CLAIM: {Check.LISTS},
    }  # fmt: skip
    assert [bool(stages_checked(programme(), stage)) for stage in Stage] == [True, True, False, True]


@pytest.mark.parametrize(
    ("stage", "tags", "barred", "lost"),
    [
        (Stage.HOLD, {"tech_sme"}, False, None), (Stage.HOLD, {"hnte"}, False, Check.TAGS), (Stage.HOLD, {"tech_sme"}, True, Check.LISTS),
        (Stage.CLAIM, set(), False, None), (Stage.CLAIM, {"tech_sme"}, True, Check.LISTS), (Stage.USAGE, set(), True, None),
    ],
)  # fmt: skip
def test_what_a_firm_no_longer_passes_is_named(stage: Stage, tags: set[str], barred: bool, lost: Check | None) -> None:
    assert eligibility_lost(programme("hold"), stage, tags=frozenset(tags), barred=barred) is lost


def test_a_programme_open_to_everybody_loses_nobody_by_tags() -> None:
    open_to_all = Programme.parse({**HALF, "eligible_any": []})

    assert eligibility_lost(open_to_all, Stage.HOLD, tags=frozenset(), barred=False) is None


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


def test_a_proof_is_decided_once() -> None:
    check_undecided("submitted")

    with pytest.raises(AlreadyDecided):
        check_undecided("refused")
