"""Any account at any date, and the way of every fen: for the bureau all of it, for firms and owners their own and nothing of others."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.access import Role
from equipment_share.domain.errors import Forbidden, NotFound
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.money import ZERO, Money
from equipment_share.models.base import db
from equipment_share.models.ledger import LedgerTransfer
from equipment_share.queries.accounts import accounts, count_of_accounts, statement
from equipment_share.queries.following import Way, follow, transfer_of
from equipment_share.queries.ledger import account, balance
from tests.api.door import Door, refusal
from tests.builders import yuan
from tests.support.people import signed_in
from tests.support.quarter import a_quarter


def test_an_account_at_any_date_opens_with_what_was_there_and_closes_with_what_is(app: Flask) -> None:
    quarter = a_quarter()
    by = quarter.people["finance"]
    house = account(AccountKind.PAYABLE, f"HALF:{quarter.people['owner'].organisation_id}")

    whole = statement(house.id, date(2026, 12, 31), by=by)
    before = statement(house.id, date(2026, 9, 7), by=by)
    after = statement(house.id, date(2026, 9, 30), by=by, since=date(2026, 9, 9))

    assert (whole.opening, whole.closing, whole.closing) == (ZERO, ZERO, balance(house.id))
    assert [(entry.phase.value, entry.moved.fen, entry.balance.fen) for entry in whole.entries] == [
        ("hold", 0, 0), ("hold", 0, 0), ("capture", 30_000, 30_000), ("capture", 20_000, 50_000), ("direct", -50_000, 0),
    ]  # fmt: skip
    assert (before.account.held, before.closing, len(before.entries)) == (yuan("600"), ZERO, 2)
    assert (after.opening, after.entries, after.closing) == (ZERO, (), ZERO)


def test_the_accounts_of_a_kind_carry_the_balances_of_the_journal(app: Flask) -> None:
    quarter = a_quarter()
    by = quarter.people["auditor"]

    rows = accounts(by, kind=AccountKind.VOUCHER)

    assert [(row.balance, row.held) for row in rows] == [(yuan("199400"), ZERO), (yuan("199800"), yuan("150"))]
    assert sum(row.balance.fen for row in accounts(by)) == 0
    assert count_of_accounts(by, kind=AccountKind.VOUCHER, programme="HALF") == 2
    owner = quarter.people["owner"].organisation
    assert [row.organisation for row in accounts(by, organisation_id=owner.id)] == [owner.name]
    with pytest.raises(Forbidden):
        accounts(quarter.people["firm"])


def _ways(way: Way) -> list[tuple[str, int | None]]:
    return [(step.way, step.amount.fen if step.amount is not None else None) for step in way.steps if step.way]


def test_the_bureau_follows_a_fen_from_the_treasury_to_the_payee_with_every_hand(app: Flask) -> None:
    quarter = a_quarter()
    start = transfer_of(quarter.people["auditor"], claim_id=quarter.claims[1].id)

    way = follow(start, by=quarter.people["auditor"])

    assert _ways(way) == [
        ("appropriated", 100_000_000), ("issued", 20_000_000), ("held", 20_000), ("captured", 20_000), ("gathered", 50_000), ("paid", 20_000),
    ]  # fmt: skip
    assert [step.part for step in way.steps if step.part is not None] == [Money(20_000)]
    hands = [(step.subject, step.event, step.by_role) for step in way.steps if step.event in ("checked", "approved", "locked", "reviewed")]
    assert hands == [
        ("booking", "approved", Role.OWNER_ADMIN), ("claim", "checked", Role.BUREAU_CLERK), ("claim", "approved", Role.BUREAU_REVIEWER),
        ("batch", "locked", Role.BUREAU_CLERK), ("batch", "reviewed", Role.BUREAU_REVIEWER), ("batch", "approved", Role.BUREAU_LEADER),
    ]  # fmt: skip
    assert all(step.by_name for step in way.steps if step.subject == "batch")
    assert _ways(follow(1, by=quarter.people["auditor"]))[0] == ("appropriated", 100_000_000)


def test_a_party_follows_its_own_and_sees_no_name_no_quota_and_no_other_sum(app: Flask) -> None:
    quarter = a_quarter()
    firm, rival, owner, other = (quarter.people[name] for name in ("firm", "rival", "owner", "other"))
    start = transfer_of(firm, booking_id=quarter.bookings[0].id)
    issue = transfer_of(firm, voucher_id=1)

    assert _ways(follow(start, by=firm)) == [
        ("appropriated", 100_000_000), ("issued", 20_000_000), ("held", 40_000), ("captured", 30_000), ("gathered", 30_000), ("paid", 30_000),
    ]  # fmt: skip
    assert _ways(follow(start, by=owner)) == [("held", 40_000), ("captured", 30_000), ("gathered", 30_000), ("paid", 30_000)]
    assert {step.by_name for step in follow(start, by=firm).steps} == {""}
    assert _ways(follow(issue, by=firm))[-1] == ("issued", 20_000_000)
    lock = db.session.query(LedgerTransfer.id).filter(LedgerTransfer.reason.like("batch % locked")).scalar()
    for person, transfer in ((rival, start), (other, start), (owner, issue), (rival, issue), (firm, 1), (owner, lock), (firm, 10**9)):
        with pytest.raises(NotFound):
            follow(transfer, by=person)
    with pytest.raises(NotFound):
        transfer_of(firm, claim_id=10**9)


def test_the_books_by_api_are_for_readers_and_the_way_for_who_it_belongs_to(app: Flask) -> None:
    quarter = a_quarter()
    auditor, firm, rival, owner = (Door(app, quarter.people[name]) for name in ("auditor", "firm", "rival", "owner"))
    start = transfer_of(quarter.people["firm"], booking_id=quarter.bookings[0].id)

    page = auditor.get("/ledger/accounts?kind=paid&total=1").json
    entries = auditor.get(f"/ledger/accounts/{page['items'][0]['id']}/entries?on=2026-09-30").json

    assert (page["total"], page["items"][0]["balance_fen"]) == (1, 50_000)
    assert (entries["opening_fen"], entries["closing_fen"], len(entries["entries"])) == (0, 50_000, 2)
    assert refusal(firm.get("/ledger/accounts")) == (403, "forbidden")
    assert refusal(auditor.get("/ledger/accounts/999999/entries")) == (404, "not_found")
    assert [step["step"] for step in firm.get(f"/ledger/follow/{start}").json["steps"] if step["step"]][-1] == "paid"
    assert refusal(rival.get(f"/ledger/follow/{start}")) == (404, "not_found")
    assert owner.get("/reports/savings?programme=HALF&period=2026-Q3").json["facts"]["subsidy_fen"] == 50_000
    assert refusal(owner.get("/reports/budget?programme=HALF&period=2026-Q3")) == (403, "forbidden")
    assert firm.get("/statements/firm_statement?programme=HALF&period=2026-Q3").json["facts"]["subsidy_fen"] == 60_000
    assert refusal(firm.get("/reports/savings?period=2026-Q3")) == (403, "forbidden")
    assert auditor.get("/reports/utilisation?period=2026-Q3").json["re_added"] is True
    assert auditor.get("/reports/payment_list?programme=HALF&period=2026-Q3&format=csv").mimetype == "text/csv"
    assert auditor.get("/reports/payment_list?programme=HALF&period=autumn").status_code == 422


def test_a_claims_page_leads_to_the_way_of_its_money(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    signed_in(client, quarter.people["auditor"])

    page = client.get(f"/claims/{quarter.claims[0].id}").text
    led = client.get(f"/audit/follow?claim={quarter.claims[0].id}")
    way = client.get(led.location).text

    assert f"/audit/follow?claim={quarter.claims[0].id}" in page
    assert led.status_code == 303
    assert 'data-figure="amount">¥300.00' in way
    assert client.get("/audit/follow").status_code == 404
    assert client.get("/audit/accounts?kind=batch&all=1").text.count("/audit/accounts/") == 1
    assert "¥500.00" in client.get(f"/audit/accounts/{account(AccountKind.PAID, 'HALF').id}?on=2026-12-31").text
