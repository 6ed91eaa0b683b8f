"""The wallet says what is set aside and what ends; the bureau's list reminds; freezing and revoking ask a reason and two persons."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Role
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.base import db
from equipment_share.models.outbox import Letter
from equipment_share.models.people import User
from equipment_share.models.vouchers import Voucher
from equipment_share.wording import refusal_words
from tests.builders import a_booking, a_firm, a_programme, an_instrument, an_officer, an_owner
from tests.support.counting import questions
from tests.support.people import signed_in


def a_voucher(app: Flask, *, bookings: int = 1) -> tuple[User, Voucher]:
    """A firm with bookings of the days to come, and its voucher."""
    a_programme()
    firm, at = a_firm(), now()
    start = at.replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=3)
    for index in range(bookings):
        a_booking(firm, an_instrument(an_owner()), start, start + timedelta(hours=1 + index % 2), at=at)
    return firm, db.session.query(Voucher).one()


@pytest.mark.parametrize("bookings", [2, 7])
def test_the_wallet_shows_every_hold_with_its_booking_at_a_constant_number_of_questions(
    app: Flask, client: FlaskClient, bookings: int
) -> None:
    firm, voucher = a_voucher(app, bookings=bookings)
    voucher.valid_until = bureau_day(now()) + timedelta(days=20)
    db.session.commit()
    signed_in(client, firm)
    client.get("/wallet")
    db.session.expunge_all()

    with questions() as asked:
        page = client.get("/wallet").text

    assert page.count("¥200.00") >= bookings // 2
    assert page.count('href="/bookings/') == bookings
    assert str(voucher.valid_until) in page
    assert 'class="note amber"' in page
    assert len(asked) <= 13, "\n".join(asked)


@pytest.mark.parametrize(("days", "tier", "loud"), [(61, None, ""), (45, "60", "note"), (20, "30", "note amber"), (5, "7", "note red")])
def test_the_wallet_and_the_first_page_warn_of_what_is_free_and_ends_the_nearer_the_louder(
    app: Flask, client: FlaskClient, days: int, tier: str | None, loud: str
) -> None:
    firm, voucher = a_voucher(app)  # 200.00 of 200,000.00 is held
    voucher.valid_until, firm.language = bureau_day(now()) + timedelta(days=days), "en"
    db.session.commit()
    signed_in(client, firm)

    wallet, first = client.get("/wallet").text, client.get("/me").text

    said = re.search(r'<p class="([^"]*)" role="status" data-ends="(\d+)">\s*([^<]*)', wallet)
    words = f"¥199,800.00 of it ends on {voucher.valid_until} ({days} days left)"
    assert (said and (said[1], said[2])) == ((loud, tier) if tier else None)
    assert said is None or f"¥199,800.00 of Half of everything ends on {voucher.valid_until} ({days} days left)." in said[3]
    assert (f"{days} days left" in wallet, words in first) == (True, tier is not None)


def test_what_is_carried_on_is_not_said_to_expire(app: Flask, client: FlaskClient) -> None:
    a_programme(carry_over=True)
    firm = a_firm()
    start = now().replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=3)
    a_booking(firm, an_instrument(an_owner()), start, start + timedelta(hours=1), at=now())
    db.session.query(Voucher).one().valid_until, firm.language = bureau_day(now()) + timedelta(days=20), "en"
    db.session.commit()
    signed_in(client, firm)

    page = client.get("/wallet").text

    assert ("goes on into the next period" in page, "or it expires" in page) == (True, False)
    assert "of it ends on" not in client.get("/me").text


def test_each_figure_of_a_voucher_and_of_a_firms_statement_says_what_it_is_and_they_add_up(app: Flask, client: FlaskClient) -> None:
    firm, voucher = a_voucher(app)
    firm.language = "en"
    db.session.commit()
    signed_in(client, firm)

    page = client.get(f"/vouchers/{voucher.id}").text
    statement = client.get(f"/statements/firm_statement?programme=HALF&period={now():%Y}").text

    shown = re.findall(r'<span class="big[^"]*" data-figure="(\w+)">([^<]*)</span>\s*<small>([^<]+)</small>', page)
    assert [(name, figure) for name, figure, _ in shown] == [
        ("issued", "¥200,000.00"), ("available", "¥199,800.00"), ("held", "¥200.00"), ("consumed", "¥0.00"),
    ]  # fmt: skip
    assert re.findall(r'data-figure="(gross|subsidy|net|quota_left|held)">.*?</span>\s*<small>', statement, re.DOTALL) == [
        "gross", "subsidy", "net", "quota_left", "held",
    ]  # fmt: skip


def test_the_bureau_reminds_the_marked_firms_with_one_button_and_takes_the_list_away_as_a_table(app: Flask, client: FlaskClient) -> None:
    a_programme()
    a_programme(code="MORE")
    first, second, third, clerk, auditor = a_firm(), a_firm(), a_firm(), an_officer(Role.BUREAU_CLERK), an_officer(Role.AUDITOR)
    clerk.language = "en"
    signed_in(client, clerk)
    picks = [f"{firm.organisation_id}:{code}" for firm in (first, second) for code in ("HALF", "MORE")]

    page = client.get("/bureau/vouchers/unused").text
    marked = client.get("/bureau/vouchers/unused?mark=all").text
    table = client.get("/bureau/vouchers/unused.csv?programme=HALF").get_data(as_text=True).splitlines()
    sent = client.post("/bureau/vouchers/unused", data={"pick": picks}, follow_redirects=True).text
    again = client.post("/bureau/vouchers/unused", data={"pick": picks}, follow_redirects=True).text

    assert (page.count(" checked>"), marked.count(" checked>")) == (0, 6)
    assert ("Mark all 3 firms of this page" in page, "Remind 3 firms</summary>" in marked) == (True, True)
    assert 'All programmes <span class="count">3</span>' in page
    assert (page.count("data-firm="), page.count('name="pick"'), sent.count('name="pick"')) == (3, 6, 2)
    assert [len(table), table[1].split(",")[:3]] == [4, ["HALF", first.organisation.code, first.organisation.name]]
    assert f"2 letters go to {first.organisation.name}, {second.organisation.name}." in sent
    assert "No letter was sent." in again
    assert db.session.query(Letter).filter_by(kind="voucher_unused").count() == 2
    signed_in(client, auditor)
    assert f'value="{third.organisation_id}:HALF"' not in client.get("/bureau/vouchers/unused").text


def test_freezing_asks_a_reason_says_who_did_it_and_needs_another_person_to_undo(app: Flask, client: FlaskClient) -> None:
    _, voucher = a_voucher(app)
    clerk, reviewer = an_officer(Role.BUREAU_CLERK), an_officer(Role.BUREAU_REVIEWER)
    page = f"/vouchers/{voucher.id}"
    signed_in(client, clerk)

    silent = client.post(f"{page}/freeze", data={"reason": " "})
    frozen = client.post(f"{page}/freeze", data={"reason": "核查"})
    shown = client.get(page).text
    own = client.post(f"{page}/unfreeze", data={"reason": "无误"})
    signed_in(client, reviewer)
    wordless = client.post(f"{page}/unfreeze", data={"reason": ""})
    undone = client.post(f"{page}/unfreeze", data={"reason": "无误"})

    assert [answer.status_code for answer in (silent, frozen, own, wordless, undone)] == [422, 303, 403, 422, 303]
    assert (clerk.email in shown, "核查" in shown) == (True, True)
    assert refusal_words("second_person_required", {}) in own.text
    assert db.session.get_one(Voucher, voucher.id).state is VoucherState.ISSUED


def test_revoking_asks_a_reason_and_nobody_revokes_for_the_own_organisation(app: Flask, client: FlaskClient) -> None:
    firm, voucher = a_voucher(app)
    page = f"/vouchers/{voucher.id}"
    clerk, leader, partial = an_officer(Role.BUREAU_CLERK), an_officer(Role.BUREAU_LEADER), an_officer(Role.BUREAU_LEADER)
    partial.organisation_id = firm.organisation_id
    db.session.commit()
    answers = []

    for person, reason in ((clerk, "x"), (partial, "x"), (leader, ""), (leader, "迁出本市")):
        signed_in(client, person)
        answers.append(client.post(f"{page}/revoke", data={"reason": reason}))

    assert [answer.status_code for answer in answers] == [403, 403, 422, 303]
    assert refusal_words("conflict_of_interest", {}) in answers[1].text
    assert db.session.get_one(Voucher, voucher.id).state is VoucherState.REVOKED
