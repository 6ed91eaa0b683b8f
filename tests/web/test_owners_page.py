"""The owners' scorecards for the bureau: what is asked is said, each owner leads to its card, and every idle instrument to somebody."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Role
from equipment_share.domain.errors import Forbidden
from equipment_share.models.base import db
from equipment_share.models.people import User
from equipment_share.queries.scorecards import administrators
from tests.builders import a_firm, an_instrument, an_officer, an_owner
from tests.support.people import signed_in

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@pytest.fixture
def owner(app: Flask, client: FlaskClient) -> User:
    """An owner with one instrument that nobody ever used, and a clerk who looks."""
    owner = an_owner()
    instrument = an_instrument(owner, 40_000)
    clerk = an_officer(Role.BUREAU_CLERK)
    instrument.made_at = now().replace(year=2020)
    clerk.language = "en"
    db.session.commit()
    signed_in(client, clerk)
    return owner


def test_what_is_asked_is_said_for_the_period_and_an_owner_leads_to_its_card(client: FlaskClient, owner: User) -> None:
    page = client.get("/bureau/owners?period=2026-Q3").text
    card = client.get(f"/bureau/owners?period=2026-Q3&owner={owner.organisation_id}").text

    assert "Each open instrument should serve 1,400 h a year; in Q3 2026 that is 352.87 h." in page
    assert f"/bureau/owners?owner={owner.organisation_id}&amp;period=2026-Q3#card" in page
    assert 'id="card"' not in page
    assert 'data-figure="open">100 %' in card.split('id="card"')[1]


def test_an_idle_instrument_names_whom_to_call_or_write_to(client: FlaskClient, owner: User) -> None:
    assert f'href="mailto:{owner.email}"' in client.get("/bureau/owners").text

    owner.organisation.phone = "0573-1234"
    db.session.commit()

    assert 'href="tel:0573-1234"' in client.get("/bureau/owners").text


def test_the_page_opens_with_how_many_owners_have_which_grade_and_folds_the_instruments_to_wake(client: FlaskClient, owner: User) -> None:
    page = client.get("/bureau/owners?period=2026-Q3").text
    grades = page.split('data-figure="grades"')[1].split("</p>")[0]

    assert re.findall(r'<span class="chip">([^<]+) <span class="count">(\d)', grades) == [
        ("Excellent", "0"), ("Good", "0"), ("Fair", "0"), ("Below what is asked", "1"),
    ]  # fmt: skip
    assert '<details class="card group" id="idle">' in page
    assert "1 instrument<" in page.split('id="idle"')[1].split("</summary>")[0]


def test_utilisation_and_sharing_are_drawn_apart_and_shares_in_a_column_have_equal_decimals(client: FlaskClient, owner: User) -> None:
    page = client.get("/bureau/owners?period=2026-Q3").text
    utilisation, sharing = page.split('data-chart="rows"')[1:3]

    assert "data-most" not in utilisation.split(">")[0] and 'data-most="100"' in sharing.split(">")[0]
    assert 'data-unit="%"' in utilisation.split(">")[0]
    assert ">0.00 %<" in page.split('data-figure="owners"')[1].split("</table>")[0]


def test_nobody_but_the_bureau_is_told_the_administrators(app: Flask, owner: User) -> None:
    with pytest.raises(Forbidden):
        administrators({owner.organisation_id}, by=a_firm())
