"""Applying for a voucher: what it gives is said before, what the limits leave is all there is, and the check shows what it goes by."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.access import Role
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.base import db
from equipment_share.models.vouchers import Voucher
from tests.builders import a_firm, a_programme, an_officer
from tests.support.people import signed_in

BY_APPLICATION = {"issue_mode": "apply", "code": "ASK", "name": "By application"}


def figure(page: str, name: str) -> str:
    """One figure of a page."""
    found = re.search(rf'data-figure="{name}">([^<]*)<', page)
    assert found is not None, name
    return found[1].strip()


def test_the_wallet_says_what_a_programme_gives_and_offers_no_form_once_nothing_is_left(app: Flask, client: FlaskClient) -> None:
    a_programme(**BY_APPLICATION)
    signed_in(client, a_firm())

    before = client.get("/wallet").text
    applied = client.post("/wallet/ASK", data={"amount": ""})
    after = client.get("/wallet").text
    again = client.post("/wallet/ASK", data={"amount": "1"})

    assert ("50 %" in before, "¥200,000.00" in before, 'action="/wallet/ASK"' in before) == (True, True, True)
    assert (applied.status_code, figure(after, "asked"), figure(after, "drawn")) == (303, "¥200,000.00", "¥200,000.00")
    assert 'action="/wallet/ASK"' not in after
    assert (again.status_code, db.session.query(Voucher).count()) == (422, 1)


def test_a_bad_amount_is_marked_in_its_own_form_and_stays_as_typed(app: Flask, client: FlaskClient) -> None:
    a_programme(**BY_APPLICATION)
    a_programme(**{**BY_APPLICATION, "code": "OTHER"})
    signed_in(client, a_firm())

    page = client.post("/wallet/ASK", data={"amount": "abc"})

    assert page.status_code == 422
    assert (page.text.count('aria-invalid="true"'), page.text.count('value="abc"')) == (1, 1)
    assert 'id="amount-ASK-error"' in page.text


def test_an_offer_says_its_rates_in_words(app: Flask, client: FlaskClient) -> None:
    stepped = [{"when": {}, "bands": [{"up_to_fen": 1_000_000, "rate_bp": 10_000}, {"up_to_fen": None, "rate_bp": 5_000}]}]
    a_programme(**{**BY_APPLICATION, "rate_rules": stepped})
    firm = a_firm()
    firm.language = "en"
    db.session.commit()
    signed_in(client, firm)

    page = client.get("/wallet").text

    assert "100 % up to ¥10,000.00, 50 % above" in page


def test_a_firm_of_no_fitting_class_reads_why_and_is_shown_no_form(app: Flask, client: FlaskClient) -> None:
    a_programme(**BY_APPLICATION)
    signed_in(client, a_firm(tags=("team",)))
    page = client.get("/wallet").text
    assert ('id="offer-ASK"' in page, 'action="/wallet/ASK"' in page, 'href="/proofs/"' in page) == (True, False, True)


def test_the_check_shows_limit_held_used_left_and_budget_and_links_the_firm(app: Flask, client: FlaskClient) -> None:
    a_programme(**BY_APPLICATION)
    firm, clerk = a_firm(), an_officer(Role.BUREAU_CLERK)
    signed_in(client, firm)
    client.post("/wallet/ASK", data={"amount": "50000"})
    client.post("/wallet/ASK", data={"amount": "120000"})
    first, second = db.session.query(Voucher).order_by(Voucher.id)
    signed_in(client, clerk)

    page = client.get(f"/vouchers/{second.id}").text

    assert [figure(page, name) for name in ("quota", "drawn", "used", "left", "budget")] == [
        "¥200,000.00", "¥50,000.00", "¥0.00", "¥150,000.00", "¥1,000,000.00",
    ]  # fmt: skip
    assert f'href="/bureau/organisations/{firm.organisation_id}"' in page
    assert (f'action="/vouchers/{second.id}/check"' in page, figure(client.get(f"/vouchers/{first.id}").text, "drawn")) == (True, "¥0.00")


def test_the_reviewer_sends_back_or_turns_down_what_he_does_not_issue(app: Flask, client: FlaskClient) -> None:
    a_programme(**BY_APPLICATION)
    firm, clerk, reviewer = a_firm(), an_officer(Role.BUREAU_CLERK), an_officer(Role.BUREAU_REVIEWER)
    for act, state in (("return", VoucherState.RETURNED), ("reject", VoucherState.REJECTED)):
        signed_in(client, firm)
        client.post("/wallet/ASK", data={"amount": ""})
        voucher = db.session.query(Voucher).order_by(Voucher.id.desc()).first()
        assert voucher is not None
        signed_in(client, clerk)
        client.post(f"/vouchers/{voucher.id}/check")
        signed_in(client, reviewer)

        page = client.get(f"/vouchers/{voucher.id}").text
        answer = client.post(f"/vouchers/{voucher.id}/{act}", data={"reason": "证明已过期"})

        assert (f'action="/vouchers/{voucher.id}/{act}"' in page, answer.status_code) == (True, 303)
        assert db.session.get_one(Voucher, voucher.id).state is state
