"""A page that says no: the headline fits the refusal, and there is a way back to where the form was."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.access import Kind
from equipment_share.models.base import db
from equipment_share.models.people import OrganisationState
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.wording import refusal_words, status_words
from equipment_share.wording.refusals import HEADLINES
from tests.builders import NOW, a_booking, a_firm, an_instrument, an_organisation, an_owner, tuesday
from tests.support.people import signed_in

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def headline(page: str) -> str:
    """The one headline of a page."""
    return re.findall(r"<h1>(.*?)</h1>", page)[0]


def test_a_rule_is_not_told_as_somebody_who_came_first(client: FlaskClient) -> None:
    chief = a_firm()
    signed_in(client, chief)

    answer = client.post(f"/team/{chief.id}/disable")
    page = answer.get_data(as_text=True)

    assert (answer.status_code, headline(page)) == (422, str(HEADLINES["rule"]))
    assert refusal_words("own_access", {}) in page and status_words(409) not in page


def test_what_somebody_else_decided_is_told_so(client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    signed_in(client, owner)

    answer = client.post(f"/desk/{booking.id}/approve")

    assert (answer.status_code, headline(answer.get_data(as_text=True))) == (409, status_words(409))


@pytest.mark.parametrize(
    ("came_from", "way_back"),
    [
        ("http://localhost/team?x=1", "/team?x=1"),
        ("http://elsewhere.example/team", None),
        ("http://localhost//elsewhere.example", None),
        ("http://localhost/team/1/disable", None),
        ("http://localhost/nowhere", None),
        ("", None),
    ],
)
def test_the_way_back_leads_to_the_page_of_the_form_and_nowhere_else(client: FlaskClient, came_from: str, way_back: str | None) -> None:
    chief = a_firm()
    signed_in(client, chief)

    page = client.post(f"/team/{chief.id}/disable", headers={"Referer": came_from}).get_data(as_text=True)

    assert re.findall(r'href="([^"]*)" rel="prev"', page) == ([way_back] if way_back else [])


@pytest.mark.parametrize("state", [OrganisationState.UNVERIFIED, OrganisationState.SUSPENDED])
def test_who_is_not_verified_is_not_told_of_another_role(app: Flask, client: FlaskClient, state: OrganisationState) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    firm.organisation.state = state
    db.session.commit()
    signed_in(client, firm)

    answer = client.post(f"/instruments/{instrument.id}/training")
    page = answer.get_data(as_text=True)

    assert an_organisation(Kind.FIRM).state is OrganisationState.VERIFIED
    assert answer.status_code == 403
    assert headline(page) == str(HEADLINES["organisation_not_verified"])
    assert refusal_words("organisation_not_verified", {"state": state.value}) in page
