"""The audit log as the auditor reads it: found, narrowed, page by page, in words, and as a file."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

import equipment_share.services as services
from equipment_share.models.base import db
from equipment_share.models.ledger import LedgerTransfer
from equipment_share.models.outbox import AuditRow
from equipment_share.models.people import Organisation
from equipment_share.models.settlement import Batch, Claim
from equipment_share.services.transaction import note, transaction
from equipment_share.web.settlement import records, reports
from equipment_share.web.settlement.facts import fact_words
from equipment_share.wording.audit import act_words
from tests.support.counting import questions
from tests.support.people import signed_in
from tests.support.quarter import AFTER, Quarter, a_quarter


def _lines(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'<td class="once at-foot" data-label="#">(\d+)</td>', page)]


def _quarter(client: FlaskClient, who: str = "auditor") -> Quarter:
    quarter = a_quarter()
    signed_in(client, quarter.people[who])
    return quarter


def test_the_log_is_read_newest_first_page_by_page_to_its_first_line(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _quarter(client)
    monkeypatch.setattr(records, "A_PAGE", 20)
    whole = db.session.query(AuditRow).count()

    seen, address = [], "/audit/records"
    while address:
        page = client.get(address).text
        seen += _lines(page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""

    assert whole > 40
    assert seen == list(range(whole, 0, -1))


def test_who_approved_a_claim_is_found_by_its_number_in_words_with_the_way_to_it(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client)
    claim = quarter.claims[0]

    page = client.get(f"/audit/records?object={claim.number}&act=claim.approved").text

    assert len(_lines(page)) == 1
    assert "兑付申请 · 已核准" in page or act_words("claim.approved") in page
    assert f'href="/claims/{claim.id}"' in page
    assert quarter.people["bureau_reviewer"].email in page
    assert "¥300.00" in page


@pytest.mark.parametrize(("query", "expected"), [
    ("person={reviewer}&act=claim.approved", 2), ("act=claim.approved&from=2026-09-08&to=2026-09-08", 2), ("act=claim.approved&from=2026-09-09", 0),
    ("act=claim.approved&to=2026-09-07", 0), ("object=claim:{claim}&act=claim.paid", 1), ("object=no-such-number", 0), ("object={batch}&act=batch.closed", 1),
    ("from=2026-13-40&act=batch.sent", 1), ("person=nobody-is-called-so", 0),
])  # fmt: skip
def test_the_log_is_narrowed_by_person_act_object_and_day(app: Flask, client: FlaskClient, query: str, expected: int) -> None:
    quarter = _quarter(client)

    page = client.get("/audit/records?" + query.format(
        reviewer=quarter.people["bureau_reviewer"].email, claim=quarter.claims[0].id, batch=quarter.batch.number,
    ))  # fmt: skip

    assert page.status_code == 200
    assert len(_lines(page.text)) == expected


def test_a_persons_sign_ins_are_lines_about_that_person(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client)
    client.post("/sign-in", data={"email": quarter.people["finance"].email, "password": "wrong-and-long-enough"})
    signed_in(client, quarter.people["auditor"])

    page = client.get(f"/audit/records?act=sign_in.refused&person={quarter.people['finance'].email}").text

    assert len(_lines(page)) == 1


def test_signing_in_is_left_out_of_the_list_until_it_is_asked_for(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client)
    quarter.people["auditor"].language = "en"
    db.session.commit()
    with transaction() as session:
        note(session, "sign_in", f"user:{quarter.people['finance'].id}", by=quarter.people["finance"], at=AFTER)
    whole = db.session.query(AuditRow).count()

    plain, full, chosen = (client.get(f"/audit/records{rest}").text for rest in ("", "?sign_ins=1", "?act=sign_in"))

    assert (_lines(plain)[0], _lines(full)[0], _lines(chosen)) == (whole - 1, whole, [whole])
    assert f"Lines {whole - 1} to {whole - 25}; the log has {whole}" in plain


def test_facts_are_words_and_percent_and_what_is_empty_or_stayed_is_left_out(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        paid = fact_words("batch", {"from": "sent", "to": "paid", "paid": 11, "failed": 0, "failures": {}, "paid_again": {}})
        told = fact_words("booking", {"from": "submitted", "to": "submitted", "rule": "auto_approve", "leg": "contract"})
        drawn = fact_words("inspection", {"share_bp": 500, "start": "2026-12-07T06:00:00+00:00"})

        assert paid == [("before", "Sent to finance"), ("after", "Paid"), ("lines paid", "11"), ("lines failed", "0")]
        assert told == [("by the rule", "of the owner, at once"), ("paper", "Contract")]
        assert drawn == [("share of all", "5 %"), ("from", "2026-12-07 14:00")]
        assert fact_words("fault", {"from": "", "to": "open"}) == [("after", "not mended yet")]


def test_the_file_has_what_is_shown_and_carries_no_formula(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client)
    db.session.get_one(Organisation, quarter.people["firm"].organisation_id).name = "=1+1"
    db.session.commit()

    rows = list(csv.reader(io.StringIO(client.get("/audit/records.csv?act=claim.approved").get_data().decode("utf-8-sig"))))
    whole = client.get("/audit/records.csv").get_data().decode("utf-8-sig")

    assert len(rows) == 3
    assert rows[1][0] == str(max(int(row[0]) for row in rows[1:]))
    assert quarter.claims[1].number in rows[1]
    assert all(len(row[-1]) == 64 for row in rows[1:])
    assert ",=1+1" not in whole


@pytest.mark.parametrize("kind", ["claim", "batch", "booking", "transfer"])
def test_a_number_leads_to_the_thing(app: Flask, client: FlaskClient, kind: str) -> None:
    quarter = _quarter(client)
    step = db.session.query(LedgerTransfer.id).order_by(LedgerTransfer.id.desc()).first()
    assert step is not None
    typed, target = {
        "claim": (quarter.claims[0].number, f"/claims/{quarter.claims[0].id}"), "batch": (quarter.batch.number, f"/bureau/batches/{quarter.batch.id}"),
        "booking": (quarter.bookings[0].number.lower(), f"/bookings/{quarter.bookings[0].id}"), "transfer": (str(step[0]), f"/audit/follow/{step[0]}"),
    }[kind]  # fmt: skip

    answer = client.get("/audit/find", query_string={"q": typed})

    assert (answer.status_code, answer.headers["Location"]) == (303, target)


def test_a_part_of_a_number_or_name_lists_what_is_called_so(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client)
    numbers = [claim.number for claim in db.session.query(Claim)]

    claims = client.get("/audit/find?q=c-b26").text
    firms = client.get("/audit/find", query_string={"q": quarter.people["firm"].organisation.name[:2]}).text
    nothing = client.get("/audit/find?q=%25%25%25").text

    assert [number in claims for number in numbers] == [True] * len(numbers)
    assert quarter.people["firm"].organisation.name in firms
    assert "<tbody>" not in nothing


def test_nothing_is_said_to_be_missing_before_anything_was_looked_for(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client)
    quarter.people["auditor"].language = "en"
    db.session.commit()

    before, after = client.get("/audit/find").text, client.get("/audit/find?q=ZZZ-9").text

    assert "Nothing is called" not in before
    assert "Nothing is called “ZZZ-9”." in after
    assert 'name="q" value="ZZZ-9"' in after


def test_the_pages_of_the_audit_take_the_same_number_of_questions_whatever_they_list(app: Flask, client: FlaskClient) -> None:
    quarter = _quarter(client)
    counts = {}

    for path in (
        "/audit/records",
        "/audit/records?act=claim.approved",
        f"/audit/records?object={quarter.batch.number}",
        "/audit/find?q=b26",
    ):
        with questions() as asked:
            assert client.get(path).status_code == 200
        counts[path] = len(asked)

    assert max(counts.values()) <= 20, counts


def test_older_steps_of_the_ledger_have_pages(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    _quarter(client)
    monkeypatch.setattr(reports, "STEPS", 4)
    whole = db.session.query(LedgerTransfer).count()

    seen, address = [], "/audit"
    while address:
        page = client.get(address).text
        seen += [int(found) for found in re.findall(r'<td class="at-foot" data-label="#"><a href="/audit/follow/(\d+)"', page)]
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1] if found else ""

    assert seen == list(range(whole, 0, -1))


def test_every_act_that_a_use_case_seals_has_words() -> None:
    sources = [path.read_text() for path in Path(services.__path__[0]).rglob("*.py")]
    acts = {found for text in sources for found in re.findall(r'\bnote\(session, "([a-z_.]+)"', text)}
    acts |= {
        f"{kind}.{event}" for text in sources for kind, event in re.findall(r'\brecord\(\s*session, "([a-z_]+)", \w+, "([a-z_]+)"', text)
    }

    assert len(acts) > 60
    assert sorted(act for act in acts if act_words(act) == act) == []


def test_every_act_that_was_sealed_can_be_chosen_and_the_chain_is_not_taken_apart_for_it(app: Flask, client: FlaskClient) -> None:
    _quarter(client)
    sealed = {json.loads(row.doc)["action"] for row in db.session.query(AuditRow)}

    with questions() as asked:
        page = client.get("/audit/records?act=sign_in").text
    offered = re.findall(r'<option value="([a-z_.]+)"', page)

    assert sealed <= set(offered) and len(offered) == len(set(offered)) > 40
    assert '<option value="sign_in" selected>' in page
    assert [text for text in asked if "DISTINCT" in text and "audit_row" in text] == []


def test_the_batch_is_known_by_its_number_in_the_log(app: Flask, client: FlaskClient) -> None:
    _quarter(client)
    batch = db.session.query(Batch).one()

    page = client.get("/audit/records?act=batch.closed").text

    assert f'<a href="/bureau/batches/{batch.id}">{batch.number}</a>' in page
    assert "¥500.00" in page
