"""The pages of claims: each party sees the claims on its uses and whose turn it is; the bureau finds by state, owner and period."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.models.base import db
from equipment_share.models.settlement import Claim
from equipment_share.wording import word
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
