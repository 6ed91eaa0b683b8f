"""The bank's answer at finance's screen: in the words of banks, line by line, and what failed until it is paid."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from equipment_share.adapters.sheets import xlsx_bytes
from equipment_share.domain.errors import Invalid
from equipment_share.domain.exchange.bank import amount_of, columns, day_of
from equipment_share.domain.needs import NeedKind
from equipment_share.domain.periods import Period
from equipment_share.models.base import db
from equipment_share.models.outbox import Letter
from equipment_share.models.people import User
from equipment_share.models.settlement import Batch
from equipment_share.queries.needs import first_page
from equipment_share.queries.reporting.rows import line_rows
from equipment_share.queries.settlement import lines_of
from equipment_share.services.settlement.batches import approve_batch, lock_batch, open_batch, review_batch, send_batch
from equipment_share.wording import word
from tests.builders import a_booking, a_firm, a_programme, an_account, an_instrument, an_owner, tuesday, yuan
from tests.support.people import signed_in
from tests.support.settled import Hands, approved, handed_in, the_hands, used

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
LATER = tuesday("20:00")
OLD, NEW = "6222000000000001", "6222000000000002"


def a_sent_batch() -> tuple[Batch, Hands, User]:
    """Two lines of 200.00 and 400.00 to one owner, sent to finance."""
    a_programme()
    owner, firm, hands = an_owner(), a_firm(), the_hands()
    an_account(owner.organisation_id, OLD, at=LATER)
    for start, end in (("09:00", "10:00"), ("12:00", "14:00")):
        booking = a_booking(firm, an_instrument(owner), tuesday(start), tuesday(end))
        booking = used(booking, owner, firm, tuesday(start), tuesday(end), at=tuesday("15:00"))
        approved(handed_in(booking, owner, firm, at=tuesday("16:00")), hands, at=tuesday("17:00"))
    batch, _ = open_batch("HALF", Period.parse("2026-Q3"), by=hands.clerk, at=LATER)
    lock_batch(batch.id, by=hands.clerk, at=LATER)
    review_batch(batch.id, by=hands.reviewer, at=LATER)
    approve_batch(batch.id, by=hands.leader, at=LATER)
    return send_batch(batch.id, by=hands.clerk, at=LATER), hands, owner


def reads(client: FlaskClient, batch: Batch, text: str | bytes, name: str = "return.csv") -> tuple[int, str]:
    """Hand in what the bank answered; status and page, the page that follows where there is one."""
    data = text if isinstance(text, bytes) else text.encode()
    path = f"/bureau/batches/{batch.id}/bank-return"
    answer = client.post(path, data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")
    return answer.status_code, client.get(answer.headers["Location"]).text if answer.status_code == 303 else answer.text


def test_heads_days_and_amounts_are_read_as_banks_write_them(app: Flask) -> None:
    for language in ("en", "zh"):
        with force_locale(language), app.test_request_context():
            heads = [word("bank_column", code) for code in ("line", "status", "paid_on", "reference", "amount_yuan", "reason")]
            assert list(columns(heads)) == ["line", "status", "paid_on", "reference", "amount_yuan", "reason"], language
    assert columns(["序号", "结果", "付款日期", "流水号", "金额(元)"])["amount_yuan"] == "金额(元)"
    assert {str(day_of(text)) for text in ("2026-11-27", "2026/11/27", "20261127", "2026年11月27日", "2026-11-27T00:00:00")} == {
        "2026-11-27"
    }
    assert [amount_of(*given) for given in (("30000", "amount_fen"), ("300", "amount_yuan"), ("1,300.5", "amount_yuan"), ("-¥3.05", "amount_yuan"))] == [
        yuan("300"), yuan("300"), yuan("1300.50"), yuan("0.00") - yuan("3.05"),
    ]  # fmt: skip
    for wrong in ("09.10.2026", "2026-13-01", "2026111"):
        with pytest.raises(Invalid):
            day_of(wrong)
    for text, column in (("300.00", "amount_fen"), ("3.005", "amount_yuan"), ("1,30", "amount_yuan"), ("３００", "amount_yuan")):
        with pytest.raises(Invalid):
            amount_of(text, column)


def test_a_file_without_the_columns_names_what_is_missing_and_what_it_has(app: Flask, client: FlaskClient) -> None:
    batch, hands, _ = a_sent_batch()
    hands.finance.language = "en"
    signed_in(client, hands.finance)

    status, page = reads(client, batch, "序号,状态,日期\n1,成功,2026-11-27\n")

    assert status == 422
    assert "These columns are missing: Reference, Amount (yuan). The file has: 序号, 状态, 日期." in page
    assert {line.result for line in lines_of(batch.id)} == {""}


def test_a_wrong_row_names_the_line_and_both_amounts_and_is_counted(app: Flask, client: FlaskClient) -> None:
    batch, hands, _ = a_sent_batch()
    hands.finance.language = "en"
    signed_in(client, hands.finance)

    status, page = reads(
        client, batch, "line,status,paid_on,reference,amount_yuan\n2,paid,2026-11-27,BK-2,400\n1,paid,2026-11-27,BK-1,2.00\n"
    )

    assert status == 422
    assert "1 paid, 0 failed, 0 unchanged, 1 refused" in page
    wrong = "Batch line 1 (row 3 of the file), Amount (yuan): The amount is not the one of the line: 200.00 yuan in the batch, 2.00 yuan in the file."
    assert wrong in page


def test_a_chinese_workbook_pays_and_fails_and_the_reason_stays_at_the_line(app: Flask, client: FlaskClient) -> None:
    batch, hands, owner = a_sent_batch()
    sent = batch.payment_file
    hands.finance.language = hands.clerk.language = "en"
    signed_in(client, hands.finance)
    rows = [(1, "成功", "2026/11/27", "BK-1", 200, ""), (2, "失败", "2026/11/27", "BK-2", 400, "账号户名不符")]
    book = xlsx_bytes({"回单": (("行号", "结果", "付款日期", "流水号", "金额（元）", "失败原因"), rows)})

    status, page = reads(client, batch, book, "return.xlsx")
    again, _ = reads(client, batch, book, "return.xlsx")
    finance = client.get("/finance").text
    db.session.refresh(batch)
    clerk_needs = {need.kind: need for need in first_page(hands.clerk, at=LATER).needs}
    finance_needs = {need.kind: need for need in first_page(hands.finance, at=LATER).needs}

    assert (status, again) == (303, 303)
    assert "1 paid, 1 failed, 0 unchanged. Lines not paid yet: 1; the clerk corrects the accounts of those that failed." in page
    assert page.count("账号户名不符") == 2
    assert page.count("BK-2") == 2
    assert finance.index("payment-again.csv") < finance.index("payment.csv")
    assert OLD in finance and "The clerk corrects the account." in finance
    need = clerk_needs[NeedKind.ACCOUNT]
    assert (need.target, need.what.name_en, need.amount) == (owner.organisation_id, owner.organisation.name, yuan("400"))
    assert finance_needs[NeedKind.PAY_AGAIN].amount == yuan("400")
    assert batch.payment_file == sent
    steps = page[page.index('<ol class="timeline">') :]
    assert ("Bank return read" in steps, "1 paid, 1 failed" in steps) == (True, True)


def test_what_failed_is_paid_again_to_the_corrected_account_alone(app: Flask, client: FlaskClient) -> None:
    batch, hands, owner = a_sent_batch()
    hands.finance.language = "en"
    signed_in(client, hands.finance)
    head = "line,status,paid_on,reference,amount_fen,reason\n"
    reads(client, batch, head + "1,paid,2026-11-27,BK-1,20000,\n2,failed,2026-11-27,BK-2,40000,closed\n")
    sent = client.get(f"/bureau/batches/{batch.id}/payment.csv").data
    an_account(owner.organisation_id, NEW, at=LATER)

    page = client.get(f"/bureau/batches/{batch.id}").text
    rows = list(csv.DictReader(io.StringIO(client.get(f"/bureau/batches/{batch.id}/payment-again.csv").data.decode("utf-8-sig"))))
    form = list(csv.reader(io.StringIO(client.get(f"/bureau/batches/{batch.id}/return-template.csv").data.decode("utf-8-sig"))))
    corrected = [need.kind for need in first_page(hands.clerk, at=LATER).needs]
    reads(client, batch, head + "2,failed,2026-11-28,BK-3,40000,closed too\n")
    failed_twice = [need.kind for need in first_page(hands.clerk, at=LATER).needs]
    an_account(owner.organisation_id, OLD + "9", at=LATER)
    _, paid = reads(client, batch, head + "2,paid,2026-11-29,BK-4,40000,\n")

    assert [(row["line"], row["bank_account"], row["amount_fen"]) for row in rows] == [("2", NEW, "40000")]
    assert f"Finance pays it again to {NEW}" in page
    assert form == [
        ["Line", "Result", "Paid on", "Reference", "Amount (yuan)", "Why it failed", "Payee"],
        ["2", "", "", "", "400.00", "", owner.organisation.name],
    ]
    assert (corrected, failed_twice) == ([], [NeedKind.ACCOUNT])
    assert "1 paid, 0 failed, 0 unchanged. Every line is paid; the reviewer closes the batch next." in paid
    assert client.get(f"/bureau/batches/{batch.id}/payment.csv").data == sent
    assert [row.account for row in line_rows([batch.id])] == [OLD, OLD + "9"]


def test_a_payee_gets_one_letter_for_all_that_a_file_paid(app: Flask, client: FlaskClient) -> None:
    batch, hands, owner = a_sent_batch()
    signed_in(client, hands.finance)
    head = "line,status,paid_on,reference,amount_fen,reason\n"

    def told() -> list[tuple[int, dict[str, object]]]:
        rows = db.session.query(Letter).filter_by(kind="claim_paid").order_by(Letter.id)
        return [(row.user_id, {name: row.facts[name] for name in ("batch", "claims", "amount_fen")}) for row in rows]

    reads(client, batch, head + "1,paid,2026-11-27,BK-1,20000,\n2,paid,2026-11-27,BK-2,40000,\n")
    reads(client, batch, head + "1,paid,2026-11-27,BK-1,20000,\n2,paid,2026-11-27,BK-2,40000,\n")

    assert told() == [(owner.id, {"batch": batch.number, "claims": 2, "amount_fen": 60_000})]


def test_what_is_paid_by_a_later_file_has_a_letter_of_its_own_that_names_its_claim(app: Flask, client: FlaskClient) -> None:
    batch, hands, owner = a_sent_batch()
    signed_in(client, hands.finance)
    head = "line,status,paid_on,reference,amount_fen,reason\n"

    reads(client, batch, head + "1,paid,2026-11-27,BK-1,20000,\n2,failed,2026-11-27,BK-2,40000,closed\n")
    reads(client, batch, head + "2,paid,2026-11-28,BK-3,40000,\n")

    letters = db.session.query(Letter).filter_by(kind="claim_paid", user_id=owner.id).order_by(Letter.id).all()
    numbers = [line.claim.number for line in lines_of(batch.id) if line.claim is not None]
    assert [(row.facts["amount_fen"], row.facts["number"]) for row in letters] == [(20_000, numbers[0]), (40_000, numbers[1])]
