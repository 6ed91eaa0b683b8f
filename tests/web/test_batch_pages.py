"""The batch at its screens: what is signed, what is in no batch yet, what failed, and what the bank answered."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.errors import InvalidTransition
from equipment_share.domain.needs import NeedKind
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.claims import BatchState
from equipment_share.domain.settlement.gathering import DaySum, LiveBatch, gatherings
from equipment_share.models.base import db
from equipment_share.models.settlement import Batch
from equipment_share.queries.needs import first_page
from equipment_share.queries.reporting.kept import batch_sheet
from equipment_share.services.settlement.batches import lock_batch, open_batch, refuse_batch
from equipment_share.services.settlement.claims import approve_claim, check_claim
from equipment_share.services.settlement.closing import checklist
from equipment_share.services.settlement.gathering import gather_batch
from equipment_share.wording import WORDS
from tests.builders import yuan
from tests.support.people import signed_in
from tests.support.quarter import AFTER, Quarter, a_quarter
from tests.support.reading import figures

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def the_third_approved(quarter: Quarter) -> None:
    """The claim of 300.00 that the quarter leaves in checking goes on to its approval."""
    check_claim(quarter.claims[2].id, by=quarter.people["bureau_clerk"], at=AFTER)
    approve_claim(quarter.claims[2].id, by=quarter.people["bureau_reviewer"], at=AFTER)


def test_the_sheet_that_is_signed_is_exactly_this_batch(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    clerk = quarter.people["bureau_clerk"]
    the_third_approved(quarter)
    batch, _ = open_batch("HALF", Period.parse("2026"), by=clerk, at=AFTER)
    with pytest.raises(InvalidTransition):
        batch_sheet(batch)
    lock_batch(batch.id, by=clerk, at=AFTER)

    first, second = batch_sheet(quarter.batch), batch_sheet(batch)
    page = signed_in(client, clerk).get(f"/bureau/batches/{batch.id}").text
    paper = client.get(f"/bureau/batches/{batch.id}/sheet.pdf")

    assert (second.head.number, second.facts[1].cell.value, second.in_words, len(second.table("lines").rows)) == (
        batch.number, yuan("300"), yuan("300"), 1,
    )  # fmt: skip
    assert (first.head.number, first.in_words, len(first.table("lines").rows)) == (quarter.batch.number, yuan("500"), 2)
    assert first.re_added and second.re_added
    assert f'href="/bureau/batches/{batch.id}/sheet.pdf"' in page
    assert (paper.status_code, paper.mimetype, paper.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert batch.number in paper.headers["Content-Disposition"]


def test_what_is_approved_and_in_no_batch_stands_on_top_with_one_button(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    clerk, leader = quarter.people["bureau_clerk"], quarter.people["bureau_leader"]
    the_third_approved(quarter)
    clerk.language = leader.language = "en"

    gather = next(need for need in first_page(clerk, at=AFTER).needs if need.kind is NeedKind.BATCH_GATHER)
    home = signed_in(client, clerk).get("/me").text
    page = client.get("/bureau/batches/").text
    made = client.post("/bureau/batches/", data={"programme": "HALF", "period": "2026-Q4", "payee": "owner"})
    batch = db.session.query(Batch).filter_by(state="open").one()
    after = client.get("/bureau/batches/").text

    assert (figures(home)["in-batches"], figures(home)["not-gathered"]) == ("¥0.00", "¥300.00")
    assert (gather.programme, gather.period, gather.amount) == ("HALF", Period.parse("2026-Q4"), yuan("300"))
    assert 'data-need="batch_gather"' in home
    assert "Half of everything · Q4 2026" in home
    assert (figures(page)["not-gathered"], "Gather 1 claims, ¥300.00" in page) == ("¥300.00", True)
    assert "Half of everything <small>HALF</small>" in page
    assert "Gather 1 claims" not in signed_in(client, leader).get("/bureau/batches/").text
    assert (made.status_code, made.headers["Location"]) == (303, f"/bureau/batches/{batch.id}")
    assert batch.number == "HALF-2026-Q4-1"
    assert "Locked with the open batch" in after


def test_claims_approved_after_the_lock_wait_for_the_close_and_the_page_says_for_what(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    clerk = quarter.people["bureau_clerk"]
    rows = [
        DaySum("HALF", "owner", date(2026, 8, 5), 2, yuan("150"), AFTER),
        DaySum("HALF", "owner", date(2026, 9, 5), 1, yuan("10"), AFTER),
    ]
    locked = LiveBatch(7, "HALF-2026-Q3-2", "HALF", "owner", Period.parse("2026-Q3"), BatchState.LOCKED)
    month = LiveBatch(8, "HALF-2026-08-1", "HALF", "owner", Period.parse("2026-08"), BatchState.OPEN)

    (both,) = gatherings(rows, [locked])
    september, august = gatherings(rows, [locked, month])
    the_third_approved(quarter)
    batch = gather_batch("HALF", Period.parse("2026-Q4"), by=clerk, at=AFTER)
    lock_batch(batch.id, by=clerk, at=AFTER)
    clerk.language = "en"
    refused = signed_in(client, clerk).post("/bureau/batches/", data={"programme": "HALF", "period": "2026-Q4"})
    nothing = client.post("/bureau/batches/", data={"programme": "HALF", "period": "2025-Q1"})

    assert (both.has_to_wait, both.count, both.amount, both.batch) == (True, 3, yuan("160"), locked)
    assert (august.is_open, august.count, str(august.period), september.has_to_wait, september.amount) == (
        True,
        2,
        "2026-08",
        True,
        yuan("10"),
    )
    assert (refused.status_code, nothing.status_code) == (422, 422)
    assert f"Batch {batch.number} of this period is on its way." in refused.text
    assert "There is no approved claim in this period." in nothing.text
    assert db.session.query(Batch).count() == 2


def test_an_empty_batch_asks_nobody_to_lock_it(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    clerk = quarter.people["bureau_clerk"]
    batch, _ = open_batch("HALF", Period.parse("2027"), by=clerk, at=AFTER)
    clerk.language = "en"
    empty, listed = signed_in(client, clerk).get("/me").text, client.get("/bureau/batches/").text
    the_third_approved(quarter)
    batch, _ = open_batch("HALF", Period.parse("2026-Q4"), by=clerk, at=AFTER)
    filled = [(need.kind, need.target, need.amount) for need in first_page(clerk, at=AFTER).needs if need.kind.value.startswith("batch")]

    assert 'data-need="batch_lock"' not in empty
    assert "nothing to lock yet" in listed
    assert filled == [(NeedKind.BATCH_LOCK, batch.id, yuan("300"))]


def test_a_step_says_in_figures_what_it_does_what_it_did_and_who_is_next(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    people = quarter.people
    the_third_approved(quarter)
    batch = gather_batch("HALF", Period.parse("2026-Q4"), by=people["bureau_clerk"], at=AFTER)
    said, sure = {}, {}
    roles = {"lock": "bureau_clerk", "review": "bureau_reviewer", "approve": "bureau_leader", "send": "bureau_clerk"}
    for act, role in roles.items():
        people[role].language = "en"
        signed_in(client, people[role])
        before = client.get(f"/bureau/batches/{batch.id}").text
        sure[act] = before.split('class="sure">')[1].split("<")[0] if 'class="sure">' in before else ""
        client.post(f"/bureau/batches/{batch.id}/{act}")
        said[act] = client.get(f"/bureau/batches/{batch.id}").text

    assert sure == {
        "lock": "", "review": "",
        "approve": "You sign for the payment of ¥300.00 in 1 lines to 1 payees. Next the clerk sends it to finance.",
        "send": "The payment file of 1 lines, ¥300.00, is written once and goes to finance. It cannot be taken back.",
    }  # fmt: skip
    assert "Locked: 1 lines, ¥300.00. Next: Reviewer" in said["lock"]
    assert "Reviewed: 1 lines, ¥300.00. Next: Leader" in said["review"]
    assert "Signed: payment of ¥300.00, 1 lines. Next: Clerk" in said["approve"]
    assert "Sent to finance: 1 lines, ¥300.00. Next: Finance" in said["send"]


def test_before_the_lines_stand_payees_flags_and_the_days_of_use_stay_what_they_are(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    people = quarter.people
    the_third_approved(quarter)
    batch = gather_batch("HALF", Period.parse("2026-Q4"), by=people["bureau_clerk"], at=AFTER)
    people["bureau_leader"].language = people["bureau_clerk"].language = "en"
    waiting = signed_in(client, people["bureau_clerk"]).get(f"/bureau/batches/{batch.id}").text
    lock_batch(batch.id, by=people["bureau_clerk"], at=AFTER)
    people["bureau_leader"].language = "en"

    page = signed_in(client, people["bureau_leader"]).get(f"/bureau/batches/{batch.id}").text

    payees = page[page.index('id="payees"') : page.index('id="lines"')]
    assert "Red flags of this batch without a disposition: 1" in payees
    assert (payees.count("<tr>"), "¥300.00" in payees) == (2, True)
    for shown in (waiting, page[page.index('id="lines"') :]):
        assert "<span>2026-09-08</span>" in shown
        assert "counts on 2026-10-01: the period of its use was closed, so it counts in the next one" in shown
    assert "The period runs until Thu 31 Dec" in waiting


def test_a_refused_batch_says_why_on_top_and_is_gathered_again(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    people = quarter.people
    the_third_approved(quarter)
    batch = gather_batch("HALF", Period.parse("2026-Q4"), by=people["bureau_clerk"], at=AFTER)
    lock_batch(batch.id, by=people["bureau_clerk"], at=AFTER)
    refuse_batch(batch.id, reason="one line too many", by=people["bureau_leader"], at=AFTER)
    people["bureau_clerk"].language = "en"

    page = signed_in(client, people["bureau_clerk"]).get(f"/bureau/batches/{batch.id}").text
    client.post("/bureau/batches/", data={"programme": "HALF", "period": "2026-Q4", "payee": "owner"})

    assert page.index("one line too many") < page.index('id="lines"')
    assert "See what is in no batch" in page
    assert [row.number for row in db.session.query(Batch).filter_by(state="open")] == ["HALF-2026-Q4-2"]


def test_the_checklist_says_what_is_left_not_what_should_be(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    people = quarter.people
    the_third_approved(quarter)
    batch = gather_batch("HALF", Period.parse("2026"), by=people["bureau_clerk"], at=AFTER)

    items = {item.code: (item.is_done, item.stops, item.count) for item in checklist(quarter.batch, at=AFTER)}
    gathered = {item.code: (item.is_done, item.count) for item in checklist(batch, at=AFTER)}

    assert items["claims_gathered"] == (True, False, 0)
    assert gathered["claims_gathered"] == (False, 1)
    assert set(WORDS["check_open"]) == set(WORDS["check_item"]) == set(items)
