"""The pages of claims: each party sees the claims on its uses and whose turn it is; the bureau finds by state, owner and period."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.needs import FIRM_LEGS, OWNER_LEGS
from equipment_share.domain.settlement.claims import LEGS, ClaimState
from equipment_share.models.base import db
from equipment_share.models.bookings import Document
from equipment_share.models.settlement import Batch, Claim, FindingLine
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.usage import record_usage
from equipment_share.wording import WORDS, refusal_words, word
from tests.builders import NOW, a_booking, a_firm, a_programme, an_instrument, an_owner, tuesday
from tests.support.people import signed_in
from tests.web.world import World, a_world


@pytest.fixture
def world(app: Flask) -> World:
    """One filled world."""
    return a_world(app)


def the_claim() -> Claim:
    """The one claim of the world, of the firm's use of the owner's instrument; the owner handed it in."""
    return db.session.query(Claim).one()


def back_to(state: ClaimState) -> Claim:
    """The claim in another state."""
    claim = the_claim()
    claim.state = state
    db.session.commit()
    return claim


def test_a_firm_reads_its_claims_and_whose_turn_it_is_and_is_offered_no_step(world: World, client: FlaskClient) -> None:
    claim = back_to(ClaimState.DRAFT)
    signed_in(client, world.people["firm_admin"])

    listed, shown = client.get("/claims").text, client.get(f"/claims/{claim.id}")
    refused = client.post(f"/claims/{claim.id}/submit")

    assert (f'href="/claims/{claim.id}"' in listed, shown.status_code, refused.status_code) == (True, 200, 404)
    assert f'action="/claims/{claim.id}/submit"' not in shown.text
    for page in (listed, shown.text):
        assert word("claim_next", "payer") in re.sub("&#39;", "'", page)


def test_a_firm_reads_what_the_amount_of_a_claim_is_and_who_is_paid_it(world: World, client: FlaskClient) -> None:
    claim, person = the_claim(), world.people["firm_admin"]
    person.language = "en"
    db.session.commit()
    signed_in(client, person)

    listed, shown = client.get("/claims").text, client.get(f"/claims/{claim.id}").text

    assert ("what a voucher bears of the fee of a use" in listed, f"to {claim.payee.name}" in listed) == (True, True)
    assert f"the bureau pays it to {claim.payee.name}" in shown


def test_another_firm_sees_nothing_of_it(world: World, client: FlaskClient) -> None:
    claim = the_claim()
    signed_in(client, world.people["firm_admin_2"])
    assert client.get(f"/claims/{claim.id}").status_code == 404
    assert claim.number not in client.get("/claims?show=all").text


def test_complete_papers_end_in_a_line_that_says_who_acts_next(world: World, client: FlaskClient) -> None:
    claim = back_to(ClaimState.DRAFT)
    for role, who in (("firm_user", "payer"), ("owner_admin", "mine")):
        signed_in(client, world.people[role])
        page = client.get(f"/bookings/{claim.booking_id}/papers").text
        line = re.search(r'<p class="note green" data-turn>(.*?)</p>', page)
        assert line is not None
        assert word("claim_next", who) in line[1]


def test_the_bureau_narrows_the_list_and_is_not_shown_drafts_unasked(world: World, client: FlaskClient) -> None:
    claim = back_to(ClaimState.DRAFT)
    signed_in(client, world.people["bureau_leader"])

    def lists(query: str) -> bool:
        return f'href="/claims/{claim.id}"' in client.get(f"/claims?show=all{query}").text

    owner = claim.booking.owner_id
    assert [lists(query) for query in ("", "&state=every", "&state=draft", "&state=undecided")] == [False, True, True, False]
    back_to(ClaimState.CHECKED)
    assert [lists(query) for query in ("", "&state=undecided", f"&owner={owner}", f"&owner={owner + 1}")] == [True, True, True, False]
    assert [lists(query) for query in ("&period=2026-Q3", "&period=2026-Q4")] == [True, False]
    days = "&from=2026-09-01&until=2026-09-30"
    assert [lists(query) for query in (days, "&from=2026-10-01&until=2026-10-31")] == [True, False]
    page = client.get("/claims?show=all&period=last+month").text
    assert 'id="period-error"' in page and "last month" in page
    assert '<option value="2026-Q3" selected>' in client.get("/claims?show=all&period=2026-Q3").text


def test_a_claim_in_a_batch_names_it_and_its_state_for_who_may_look_at_batches(world: World, client: FlaskClient) -> None:
    batch = db.session.get_one(Batch, world.values["batch_id"])
    claim = db.session.query(Claim).one()
    claim.batch_id = batch.id
    db.session.commit()

    def says(role: str) -> bool:
        signed_in(client, world.people[role])
        return f'href="/bureau/batches/{batch.id}">{batch.number}</a>' in client.get(f"/claims/{claim.id}").text

    assert [says(role) for role in ("auditor", "finance", "owner_admin")] == [True, True, False]


def test_the_form_asks_for_the_paper_that_is_missing_or_wrong_with_the_amount_it_must_say(world: World, client: FlaskClient) -> None:
    claim = back_to(ClaimState.DRAFT)
    page = f"/bookings/{claim.booking_id}/papers"
    signed_in(client, world.people["firm_user"])
    client.post(page, data={"leg": "payment", "number": "P2", "amount": "100"})

    next_one, chosen = client.get(page).text, client.get(f"{page}?leg=invoice").text

    assert ('<option value="payment" selected>' in next_one, 'value="300.00"' in next_one) == (True, True)
    assert ('<option value="invoice" selected>' in chosen, 'value="600.00"' in chosen) == (True, True)


def test_a_wrong_paper_is_replaced_by_a_later_one_and_stays_in_the_file(world: World, client: FlaskClient) -> None:
    claim = back_to(ClaimState.DRAFT)
    page = f"/bookings/{claim.booking_id}/papers"
    signed_in(client, world.people["firm_user"])

    client.post(page, data={"leg": "payment", "number": "P2", "amount": "300"})
    shown = client.get(page).text

    rows = {number: row for row in re.findall(r'<li class="item">(.*?)</li>', shown, re.DOTALL) for number in ("P1", "P2") if number in row}
    assert {number: "s-ok" in row for number, row in rows.items()} == {"P1": False, "P2": True}
    assert db.session.query(Document).filter_by(leg="payment").count() == 2


def test_a_broken_pdf_is_named_as_such_beside_its_field_and_nothing_is_kept(world: World, client: FlaskClient) -> None:
    claim = back_to(ClaimState.DRAFT)
    before = db.session.query(Document).count()
    signed_in(client, world.people["firm_user"])
    sent = {"leg": "contract", "number": "C9", "file": (io.BytesIO(b"no pdf at all"), "a.pdf")}

    answer = client.post(f"/bookings/{claim.booking_id}/papers", data=sent, content_type="multipart/form-data")

    words = refusal_words("file_kind", {"why": "broken", "suffix": "PDF"})
    assert (answer.status_code, words in answer.text, 'value="C9"' in answer.text) == (422, True, True)
    assert db.session.query(Document).count() == before


def test_once_handed_in_the_page_takes_no_more_papers(world: World, client: FlaskClient) -> None:
    signed_in(client, world.people["firm_user"])
    page = client.get(f"/bookings/{the_claim().booking_id}/papers").text
    assert 'id="add"' not in page


def test_each_paper_is_its_file_or_has_none_and_says_what_it_was_compared_with(world: World, client: FlaskClient) -> None:
    signed_in(client, world.people["bureau_clerk"])
    page = client.get(f"/claims/{the_claim().id}").text
    compared = re.findall(r'data-figure="compared">([^<]*)<', page)
    assert compared == [
        f"¥600.00 = {word('against', 'fee')} ¥600.00",
        f"¥300.00 = {word('against', 'own_share')} ¥300.00".replace("'", "&#39;"),
    ]
    assert (page.count('href="/papers/'), page.count("no file attached") + page.count("未附文件")) == (2, 1)


def test_what_the_reviewer_sent_back_stands_apart_with_its_reason_and_is_not_marked(world: World, client: FlaskClient) -> None:
    claim, why = the_claim(), "look at the payment again"
    signed_in(client, world.people["bureau_clerk"])
    client.post(f"/claims/{claim.id}/check")
    signed_in(client, world.people["bureau_reviewer"])
    sent = client.post(f"/claims/{claim.id}/send-back", data={"reason": why}, follow_redirects=True)
    signed_in(client, world.people["bureau_clerk"])

    page = client.get("/claims").text

    assert claim.number in sent.text
    assert ('id="came-back"' in page, why in page) == (True, True)
    assert 'name="claim"' not in page


def test_what_the_owner_mended_is_told_from_new_ones_at_home_and_in_the_queue(world: World, client: FlaskClient) -> None:
    claim, why = the_claim(), "the invoice has no stamp"
    clerk, owner = world.people["bureau_clerk"], world.people["owner_admin"]
    before = signed_in(client, clerk).get("/me").text
    client.post(f"/claims/{claim.id}/return", data={"reason": why})
    signed_in(client, owner).post(f"/claims/{claim.id}/submit")
    signed_in(client, clerk)

    home, queue, back, new = (client.get(path).text for path in ("/me", "/claims", "/claims?came=back", "/claims?came=new"))

    assert ('data-need="claim_check"' in before, 'data-need="claim_again"' in before) == (True, False)
    assert ('data-need="claim_check"' in home, why in home.partition('data-need="claim_again"')[2]) == (False, True)
    assert [(why in page, claim.number in page) for page in (queue, back, new)] == [(True, True), (True, True), (False, False)]
    assert re.search(r'href="/claims\?came=back">[^<]* <span class="count">1</span>', queue)
    assert 'name="claim"' not in queue


def test_what_the_clerk_had_returned_is_new_to_the_reviewer(world: World, client: FlaskClient) -> None:
    claim, clerk = the_claim(), world.people["bureau_clerk"]
    signed_in(client, clerk).post(f"/claims/{claim.id}/return", data={"reason": "the invoice has no stamp"})
    signed_in(client, world.people["owner_admin"]).post(f"/claims/{claim.id}/submit")
    signed_in(client, clerk).post(f"/claims/{claim.id}/check")

    queue = signed_in(client, world.people["bureau_reviewer"]).get("/claims").text

    assert ('id="clean"' in queue, 'id="came-back"' in queue) == (True, False)


def test_all_at_once_asks_with_the_sum_and_says_what_went_where(world: World, client: FlaskClient) -> None:
    claim = the_claim()
    signed_in(client, world.people["bureau_clerk"])

    page = client.get("/claims").text
    done = client.post("/claims/many", data={"act": "check", "claim": [str(claim.id)]}, follow_redirects=True).text

    assert (page.count("data-confirm"), page.count("data-marked")) == (1, 2)
    assert "¥300.00" in page.partition("data-confirm")[0].rpartition("<details")[2]
    assert "¥300.00" in done


def test_the_day_of_use_stays_when_a_claim_counts_in_a_later_period_and_the_page_says_why(world: World, client: FlaskClient) -> None:
    claim = the_claim()
    claim.completed_on = date(2026, 10, 1)
    db.session.commit()
    signed_in(client, world.people["bureau_clerk"])

    shown, queue = client.get(f"/claims/{claim.id}").text, client.get("/claims").text

    assert 'data-figure="used-on">2026-09-08<' in shown
    assert 'data-figure="counts-on">2026-10-01 ' in shown
    assert word("counted", "closed") in shown
    assert ("2026-09-08" in queue, "2026-10-01" in queue) == (True, False)


def test_a_decided_flag_says_what_was_written_and_by_whom(world: World, client: FlaskClient) -> None:
    claim, clerk = the_claim(), world.people["bureau_clerk"]
    line = FindingLine(
        claim_id=claim.id, code="X14", severity="warn", subject="", made_at=NOW, disposition="rejected", reason="looked at",
        disposed_by_id=clerk.id, disposed_at=NOW,
    )  # fmt: skip
    db.session.add(line)
    db.session.commit()
    signed_in(client, clerk)
    found = client.get(f"/claims/{claim.id}").text.partition('id="findings"')[2]
    assert ("looked at" in found, (clerk.name or clerk.email) in found) == (True, True)


def test_a_booking_whose_claim_is_paid_says_so(world: World, client: FlaskClient) -> None:
    claim = back_to(ClaimState.PAID)
    signed_in(client, world.people["auditor"])
    page = client.get(f"/bookings/{claim.booking_id}").text
    assert str(word("claim_next", "paid")) in page
    assert str(word("booking_next", "completed")) not in page


def test_a_party_reads_once_what_is_missing_from_whom_and_goes_straight_to_adding_it(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    a_programme()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    record_usage(booking.id, start=tuesday("10:00"), end=tuesday("11:30"), by=owner, at=tuesday("13:00"))
    confirm_usage(booking.id, by=firm, at=tuesday("14:00"))
    claim = the_claim()
    owner.language = firm.language = "en"
    db.session.commit()

    for person, may_submit in ((firm, False), (owner, True)):
        signed_in(client, person)
        for path, cards in (("/claims", 0), (f"/claims/{claim.id}", 1)):
            page = " ".join(client.get(path).text.partition("<main")[2].split())
            assert "3 papers are missing: Contract (from either side), Invoice (from the owner), Payment proof (from the firm)" in page, (
                path
            )
            assert f'<a class="button" href="/bookings/{booking.id}/papers">Add papers</a>' in page, path
            assert (f'action="/claims/{claim.id}/submit"' in page) is may_submit, path
            assert (page.count("data-lacking"), page.count("Missing paper"), "X01" in page) == (1, cards, False), path


def test_a_claim_whose_papers_are_all_there_is_handed_in_from_the_list(world: World, client: FlaskClient) -> None:
    claim = back_to(ClaimState.DRAFT)
    signed_in(client, world.people["owner_admin"])

    page = client.get("/claims").text

    assert "data-lacking" not in page
    assert '<button class="button ">' in page.partition(f'action="/claims/{claim.id}/submit"')[2][:400]


def test_who_has_a_paper_at_hand_is_said_as_the_rule_says_it() -> None:
    told = {leg: str(WORDS["leg_from"][leg]) for leg in LEGS}
    rule = {
        leg: {(True, True): "from either side", (True, False): "from the firm"}.get((leg in FIRM_LEGS, leg in OWNER_LEGS), "from the owner")
        for leg in LEGS
    }

    assert told == rule
