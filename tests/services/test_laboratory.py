"""The laboratory: recorded uses under other rules, to the fen, and nothing but the answer is written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from equipment_share.adapters.samples import sample_programmes
from equipment_share.domain.access import Role
from equipment_share.domain.errors import Forbidden, Invalid, NotFound
from equipment_share.domain.money import Money
from equipment_share.domain.periods import Period
from equipment_share.domain.subsidy.subsidy import INELIGIBLE
from equipment_share.models.base import Base, db
from equipment_share.models.people import Organisation, User
from equipment_share.models.settlement import LaboratoryRun
from equipment_share.queries.laboratory import Refused, refused_by_reason, run_seen_by, runs_seen_by
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.laboratory import run_laboratory
from equipment_share.wording import WORDS
from tests.builders import NOW, a_booking, a_firm, a_programme, an_instrument, an_officer, an_owner, tuesday

LATER = NOW + timedelta(days=30)
SEPTEMBER = Period.parse("2026-09")


def a_draft(bp: int = 2500, **terms: Any) -> dict[str, Any]:
    """A flat rate for everybody."""
    return {"code": "DRAFT", "rate_rules": [{"bands": [{"up_to_fen": None, "rate_bp": bp}]}], **terms}


def used(firm: User, start: str, end: str, instrument: Any, owner: User) -> None:
    """One confirmed use at 400.00 an hour."""
    booking = a_booking(firm, instrument, tuesday(start), tuesday(end))
    approve_booking(booking.id, by=owner, at=NOW)
    record_usage(booking.id, start=tuesday(start), end=tuesday(end), by=owner, at=tuesday("22:00"))
    confirm_usage(booking.id, by=firm, at=tuesday("22:30"))


@pytest.fixture
def firms(app: Flask) -> list[User]:
    """Two firms: 1,200.00 and 400.00 of fees, half of both borne in life."""
    owner = an_owner()
    instrument, found = an_instrument(owner), [a_firm(), a_firm()]
    a_programme()
    used(found[0], "08:00", "10:00", instrument, owner)
    used(found[1], "10:00", "11:00", instrument, owner)
    used(found[0], "12:00", "13:00", instrument, owner)
    return found


def counts() -> dict[str, int]:
    """How many rows every table has."""
    return {name: db.session.scalar(select(func.count()).select_from(table)) or 0 for name, table in Base.metadata.tables.items()}


def test_a_run_reckons_both_drafts_beside_life_to_the_fen(firms: list[User]) -> None:
    clerk = an_officer(Role.BUREAU_CLERK)

    run = run_laboratory([a_draft(), a_draft(7500, code="MORE")], SEPTEMBER, name="x", by=clerk, at=LATER)

    result = run_seen_by(run.id, clerk).result
    assert (result["uses"], result["gross_fen"], result["life"]) == (
        3,
        160_000,
        {"subsidy_fen": 80_000, "net_fen": 80_000, "firms_reached": 2},
    )
    assert [(d["subsidy_fen"], d["net_fen"], d["firms_more"], d["firms_less"]) for d in result["drafts"]] == [
        (40_000, 120_000, 0, 2), (120_000, 40_000, 2, 0),
    ]  # fmt: skip
    assert result["months"] == [{"month": "2026-09", "uses": 3, "gross_fen": 160_000, "life_fen": 80_000, "draft_fen": [40_000, 120_000]}]
    assert [(row["code"], row["difference_fen"]) for row in result["firms"]] == [
        (firms[1].organisation.code, [-10_000, 10_000]), (firms[0].organisation.code, [-30_000, 30_000]),
    ]  # fmt: skip


def test_the_budget_runs_out_first_come_and_names_the_day(firms: list[User]) -> None:
    run = run_laboratory([a_draft(5000, budget={"total_fen": 50_000})], SEPTEMBER, by=an_officer(Role.BUREAU_LEADER), at=LATER)

    draft = run.result["drafts"][0]
    assert (draft["subsidy_fen"], draft["budget_exhausted_on"], draft["bindings"]) == (50_000, "2026-09-08", {"BUDGET": 2, "RATE": 1})


def test_every_term_that_a_use_did_not_meet_is_kept_with_its_firm_and_counted_by_reason(firms: list[User]) -> None:
    row = db.session.get_one(Organisation, firms[0].organisation_id)
    row.staff = 900
    db.session.commit()
    small = a_draft(5000, limits={"max_staff": 300})
    foreign = a_draft(5000, code="FAR", eligible_any=["hnte"], limits={"max_staff": 300})

    run = run_laboratory([small, foreign], SEPTEMBER, by=an_officer(Role.BUREAU_CLERK), at=LATER)

    rows = [[(one["reason"], one["code"], one["uses"], one["gross_fen"]) for one in own] for own in run.result["not_eligible"]]
    big, other = (firm.organisation.code for firm in firms)
    assert rows[0] == [("staff", big, 2, 120_000)]
    assert sorted(rows[1]) == sorted([("class", big, 2, 120_000), ("class", other, 1, 40_000), ("staff", big, 2, 120_000)])
    assert refused_by_reason(run) == {
        "class": [Refused(), Refused(3, 2, Money(160_000))], "staff": [Refused(2, 1, Money(120_000)), Refused(2, 1, Money(120_000))],
    }  # fmt: skip
    assert [draft["bindings"].get("NOT_ELIGIBLE") for draft in run.result["drafts"]] == [2, 3]


def test_every_reason_has_words() -> None:
    assert set(WORDS["ineligible"]) == set(INELIGIBLE)


def test_a_divided_budget_is_shared_in_proportion_and_never_exceeded(firms: list[User]) -> None:
    terms = {"issue_mode": "none", "budget": {"total_fen": 40_001, "exhaustion": "pro_rata"}}

    run = run_laboratory([a_draft(5000, **terms)], SEPTEMBER, by=an_officer(Role.BUREAU_CLERK), at=LATER)

    assert run.result["drafts"][0]["subsidy_fen"] == 40_001
    assert sorted(row["draft_fen"][0] for row in run.result["firms"]) == [10_000, 30_001]


def test_firms_of_one_controller_fill_one_limit(firms: list[User]) -> None:
    clerk = an_officer(Role.BUREAU_CLERK)
    for firm in firms:
        db.session.get_one(Organisation, firm.organisation_id).controller = "老王"
    db.session.commit()
    draft = a_draft(5000, caps={"annual_fen": {"any": 50_000}})

    alone = run_laboratory([draft, {**draft, "cap_subject": "controller_group"}], SEPTEMBER, by=clerk, at=LATER)

    assert [found["subsidy_fen"] for found in alone.result["drafts"]] == [70_000, 50_000]


def test_nothing_but_the_run_is_written(firms: list[User]) -> None:
    clerk = an_officer(Role.BUREAU_CLERK)
    before = counts()

    run_laboratory([sample_programmes()["HN"], sample_programmes()["BJ"]], SEPTEMBER, by=clerk, at=LATER)

    after = counts()
    assert after.pop("laboratory_run") == before.pop("laboratory_run") + 1
    assert after == before


def test_a_period_without_uses_answers_nothing_and_no_fault(app: Flask) -> None:
    run = run_laboratory([a_draft()], Period.parse("2026-Q1"), by=an_officer(Role.FINANCE), at=LATER)

    assert (run.result["uses"], run.result["months"], run.result["firms"]) == (0, [], [])


def test_the_auditor_looks_and_does_not_run(app: Flask) -> None:
    run = run_laboratory([a_draft()], SEPTEMBER, by=an_officer(Role.BUREAU_CLERK), at=LATER)
    auditor = an_officer(Role.AUDITOR)

    assert [row.id for row in runs_seen_by(auditor)] == [run_seen_by(run.id, auditor).id]
    with pytest.raises(Forbidden):
        run_laboratory([a_draft()], SEPTEMBER, by=auditor, at=LATER)
    with pytest.raises(NotFound):
        run_seen_by(run.id + 1, auditor)
    with pytest.raises(Forbidden):
        run_seen_by(run.id, a_firm())


@pytest.mark.parametrize(
    ("drafts", "field", "code"),
    [
        ([], "drafts", "required"),
        ([a_draft()] * 3, "drafts", "too_many"),
        ([a_draft(), a_draft(10_001)], "drafts[1].rate_rules[0].bands[0].rate_bp", "out_of_range"),
    ],
)
def test_a_wrong_draft_is_named_by_its_place(app: Flask, drafts: list[Any], field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        run_laboratory(drafts, SEPTEMBER, by=an_officer(Role.BUREAU_CLERK), at=LATER)

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, code)]
    assert db.session.query(LaboratoryRun).count() == 0
