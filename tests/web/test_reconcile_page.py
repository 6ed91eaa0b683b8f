"""The reconciliation as each reader sees it: the sentence above the figures is true of the figures below it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.money import Money
from equipment_share.models.base import db
from tests.support.people import signed_in
from tests.support.quarter import a_quarter
from tests.support.reading import figures

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
PAGE = "/bureau/reports/reconciliation?programme=HALF&period=2026-Q3"


def note(page: str) -> str:
    """The sentence above the figures."""
    return " ".join(re.findall(r'data-figure="balance">([^<]*)<', page)[0].split())


def test_an_owner_reads_a_sentence_about_its_own_figures_and_no_figure_that_only_firms_have(app: Flask, client: FlaskClient) -> None:
    owner = a_quarter().people["owner"]
    owner.language = "en"
    signed_in(client, owner)

    page = client.get(PAGE).text

    assert note(page) == (
        "Everything adds up: no more was claimed (¥500.00) than used (¥500.00), no more approved (¥500.00) than claimed, "
        "no more paid (¥500.00) than approved."
    )
    assert set(figures(page)) >= {"held", "captured", "released", "claimed", "approved", "paid"}
    assert not {"opening", "issued", "expired", "revoked", "closing"} & set(figures(page))


def test_an_owner_is_told_when_more_was_claimed_of_its_instruments_than_was_used(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    owner = quarter.people["owner"]
    owner.language = "en"
    quarter.claims[0].amount = Money(30_001)
    db.session.commit()
    signed_in(client, owner)

    assert note(client.get(PAGE).text) == "1 findings: the books do not agree."


def test_the_bureau_reads_how_the_stock_of_vouchers_moved(app: Flask, client: FlaskClient) -> None:
    clerk = a_quarter().people["bureau_clerk"]
    clerk.language = "en"
    signed_in(client, clerk)

    page = client.get(PAGE).text

    assert note(page) == "Everything adds up to the fen: opening + issued − used − expired − revoked = closing."
    assert {"opening", "closing"} <= set(figures(page))
