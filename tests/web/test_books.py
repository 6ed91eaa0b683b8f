"""The pages of the books: one time for one entry, accounts by name, what stands still, and a voucher's journal in order."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.models.base import db
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.settlement import Batch, BatchLine
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.accounts import accounts, sums_by_kind
from equipment_share.queries.following import follow, transfer_of
from equipment_share.queries.ledger import account
from equipment_share.web.filters import local
from tests.builders import an_account
from tests.support.people import signed_in
from tests.support.quarter import AFTER, Quarter, a_quarter


def _quarter(client: FlaskClient, who: str = "auditor") -> Quarter:
    quarter = a_quarter()
    signed_in(client, quarter.people[who])
    return quarter


def _row(page: str, sign: str) -> str:
    """The row or step of a page that a sign stands in."""
    return next(part for part in re.split(r"<tr|<li", page) if sign in part and "<time" in part)


def test_one_entry_has_the_same_two_times_on_every_page(app: Flask, client: FlaskClient) -> None:
    _quarter(client)
    late = db.session.query(LedgerTransfer).filter(LedgerTransfer.made_at != LedgerTransfer.effective_at).first()
    assert late is not None
    voucher = db.session.query(Voucher).filter_by(account_id=late.dr_id).one()
    times = [local(late.made_at), local(late.effective_at)]
    sign = f"/audit/follow/{late.id}"

    for path in (
        "/audit",
        f"/audit/accounts/{late.dr_id}?on=2026-12-31",
        f"/audit/accounts/{late.cr_id}?on=2026-12-31",
        sign,
        f"/vouchers/{voucher.id}",
    ):
        row = _row(client.get(path).text, sign + '"')
        assert [time for time in times if time in row] == times, path


def test_accounts_have_the_names_that_people_know(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client)
    voucher, batch = db.session.query(Voucher).order_by(Voucher.id).first(), db.session.query(Batch).one()
    assert voucher is not None
    house = account(AccountKind.BATCH, str(batch.id))
    paid = db.session.query(LedgerTransfer).filter_by(dr_id=house.id).first()
    assert paid is not None

    listed = client.get("/audit/accounts?all=1").text
    statement, way = client.get(f"/audit/accounts/{house.id}?on=2026-12-31").text, client.get(f"/audit/follow/{paid.id}").text

    assert [name in listed for name in (voucher.number, batch.number, quarter.people["owner"].organisation.name, ">treasury<")] == [
        True,
        True,
        True,
        False,
    ]
    assert batch.number in re.findall("<h1>.*</h1>", statement)[0]
    assert quarter.people["owner"].organisation.name in statement
    assert f"{batch.number}</a>" in way


@pytest.mark.parametrize(("query", "count"), [
    ("", 6), ("all=1", 8), ("kind=voucher", 2), ("kind=batch", 0), ("kind=batch&all=1", 1), ("q=HALF&kind=programme", 1), ("q=no-such-thing", 0),
])  # fmt: skip
def test_accounts_without_money_are_left_out_until_they_are_asked_for(app: Flask, client: FlaskClient, query: str, count: int) -> None:
    _quarter(client)

    page = client.get("/audit/accounts?" + query).text

    assert len(re.findall(r'href="/audit/accounts/\d+"', page)) == count


def test_the_accounts_begin_with_the_sum_of_each_kind_and_all_kinds_together_are_zero(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client)

    rows = sums_by_kind(quarter.people["auditor"])
    page = client.get("/audit/accounts").text
    first = page.split('data-figure="kinds"')[1].split("</table>", maxsplit=1)[0]

    assert total(row.balance for row in rows) == ZERO
    for row in rows:
        own = accounts(quarter.people["auditor"], kind=row.kind)
        assert (row.count, row.balance, row.held) == (len(own), total(one.balance for one in own), total(one.held for one in own))
        assert f'href="/audit/accounts?kind={row.kind.value}"' in first
    assert page.index('data-figure="kinds"') < page.index('<details class="group">')
    assert 'data-figure="kinds"' not in client.get("/audit/accounts?kind=voucher").text


def test_accounts_are_found_by_voucher_batch_and_organisation(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client)
    voucher, batch = db.session.query(Voucher).order_by(Voucher.id.desc()).first(), db.session.query(Batch).one()
    assert voucher is not None
    typed = {voucher.number.lower(): [voucher.account_id], batch.number: [account(AccountKind.BATCH, str(batch.id)).id]}
    owner = quarter.people["owner"].organisation
    typed[owner.name] = [row.id for row in db.session.query(LedgerAccount).filter_by(organisation_id=owner.id)]

    for text, ids in typed.items():
        page = client.get("/audit/accounts", query_string={"q": text, "all": "1"}).text
        assert [int(found) for found in re.findall(r'href="/audit/accounts/(\d+)"', page)] == ids


def test_a_statement_of_a_quiet_time_says_when_money_last_moved_and_shows_the_whole(app: Flask, client: FlaskClient) -> None:
    _quarter(client)
    house = account(AccountKind.TREASURY, "treasury")

    quiet = client.get(f"/audit/accounts/{house.id}?on=2027-06-30").text
    whole = re.findall(rf'href="(/audit/accounts/{house.id}\?since=[^"]+)"', quiet)[0].replace("&amp;", "&")

    assert "<tbody>" not in quiet
    assert "2026-" in whole
    assert "¥1,000,000.00" in _row(client.get(whole).text, '/audit/follow/1"')


def test_a_statement_goes_home_as_a_file_with_the_page_s_entries_and_its_opening(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client)
    batch = db.session.query(Batch).one()
    house = account(AccountKind.BATCH, str(batch.id))
    page = client.get(f"/audit/accounts/{house.id}?on=2026-12-31").text
    link = re.findall(rf'href="(/audit/accounts/{house.id}/statement.csv[^"]+)"', page)[0].replace("&amp;", "&")

    answer = client.get(link)
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    late = list(
        csv.reader(
            io.StringIO(client.get(f"/audit/accounts/{house.id}/statement.csv?since=2026-12-30&on=2026-12-31").data.decode("utf-8-sig"))
        )
    )

    assert answer.headers["Content-Disposition"] == f"attachment; filename=account-{house.id}-2026-01-01-2026-12-31.csv"
    assert [row[0] for row in rows[2:]] == re.findall(r'<td data-label="#"><a href="/audit/follow/(\d+)"', page)
    assert (rows[1][2], rows[1][-1]) == ("2026-01-01", "0")
    assert int(rows[1][-1]) + sum(int(row[-2]) for row in rows[2:]) == int(rows[-1][-1]) == int(late[1][-1])
    assert any(quarter.people["owner"].organisation.name in row[5] for row in rows[2:])


def test_what_is_held_for_a_payee_is_said_to_be_money_to_come(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client)
    house = account(AccountKind.PAYABLE, f"HALF:{quarter.people['other'].organisation_id}")

    page = client.get(f"/audit/accounts/{house.id}?on=2026-12-31").text

    assert ("不在余额内" in page or "not in the balance" in page, 'data-figure="held">¥150.00<' in page) == (True, True)


@pytest.mark.parametrize("who", ["firm", "auditor"])
def test_a_vouchers_journal_is_in_order_and_ends_with_what_stands_and_what_is_free(app: Flask, client: FlaskClient, who: str) -> None:
    quarter = _quarter(client, who)
    voucher = db.session.query(Voucher).filter_by(firm_id=quarter.people["firm"].organisation_id).one()

    page = client.get(f"/vouchers/{voucher.id}").text
    rows = list(csv.reader(io.StringIO(client.get(f"/vouchers/{voucher.id}/journal.csv").get_data().decode("utf-8-sig"))))[1:]

    assert [(row[5] != "", *map(int, row[6:])) for row in rows] == [
        (False, 20_000_000, 20_000_000, 20_000_000, 20_000_000),
        (True, 40_000, 0, 20_000_000, 19_960_000), (True, 30_000, 0, 20_000_000, 19_930_000),
        (True, 30_000, -30_000, 19_970_000, 19_940_000), (True, 30_000, -30_000, 19_940_000, 19_940_000),
    ]  # fmt: skip
    assert [row[2] for row in rows] == sorted(row[2] for row in rows)
    assert re.findall(r'/audit/follow/(\d+)"', page)[-len(rows) :] == [row[0] for row in rows]
    assert page.count("¥199,400.00") >= 3


def test_a_rivals_journal_is_not_there(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client, "rival")
    voucher = db.session.query(Voucher).filter_by(firm_id=quarter.people["firm"].organisation_id).one()

    assert client.get(f"/vouchers/{voucher.id}/journal.csv").status_code == 404


def test_the_way_ends_at_the_payee_its_account_and_the_banks_reference(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client)
    owner = quarter.people["owner"].organisation
    an_account(owner.id, "6222000011112222")
    start = transfer_of(quarter.people["auditor"], claim_id=quarter.claims[1].id)

    auditor = client.get(f"/audit/follow/{start}").text.split('id="ends"')[1]
    signed_in(client, quarter.people["rival"])
    firm = client.get(f"/audit/follow/{start}").text.split('id="ends"')[1]

    line = db.session.query(BatchLine).filter_by(claim_id=quarter.claims[1].id).one()
    assert [part in auditor for part in (owner.name, "6222000011112222", "¥200.00", str(line.paid_on), str(line.reference))] == [True] * 5
    assert (owner.name in firm, "6222000011112222" in firm) == (True, False)


def test_a_failed_payment_stands_once_on_the_way_of_its_claim_with_its_amount(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client)
    claim = quarter.claims[0]
    for kind, key in (("claim", claim.id), ("batch", quarter.batch.id), ("batch", quarter.batch.id)):
        db.session.add(
            HistoryStep(
                kind=kind, object_id=key, at=AFTER, event="payment_failed", reason="account name differs" if kind == "claim" else ""
            )
        )
    db.session.commit()

    way = follow(transfer_of(quarter.people["auditor"], claim_id=claim.id), by=quarter.people["auditor"])

    failed = [(step.subject, step.amount, step.reason) for step in way.steps if step.event == "payment_failed"]
    assert failed == [("claim", Money(30_000), "account name differs")]
