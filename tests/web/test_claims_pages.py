"""The pages of claims: each party sees the claims on its uses and whose turn it is; the bureau finds by state, owner and period."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.models.base import db
from equipment_share.models.bookings import Document
from equipment_share.models.settlement import Claim
from equipment_share.wording import refusal_words, word
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
        assert word("claim_next", "owner") in re.sub("&#39;", "'", page)


def test_another_firm_sees_nothing_of_it(world: World, client: FlaskClient) -> None:
    claim = the_claim()
    signed_in(client, world.people["firm_admin_2"])
    assert client.get(f"/claims/{claim.id}").status_code == 404
    assert claim.number not in client.get("/claims?show=all").text


def test_complete_papers_end_in_a_line_that_says_who_acts_next(world: World, client: FlaskClient) -> None:
    claim = back_to(ClaimState.DRAFT)
    for role, who in (("firm_user", "owner"), ("owner_admin", "mine")):
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
    assert 'id="period-error"' in client.get("/claims?show=all&period=last+month").text


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
