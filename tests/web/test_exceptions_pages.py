"""The bureau's pages of red flags and random inspections, and who is behind an organisation as people type it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.errors import AlreadyDecided
from equipment_share.domain.money import Money
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.models.base import db
from equipment_share.models.people import Organisation
from equipment_share.models.settlement import Claim, FindingLine, Inspection, InspectionLine
from equipment_share.services.settlement.claims import dispose_findings
from tests.builders import tuesday
from tests.support.people import signed_in
from tests.support.quarter import a_quarter
from tests.web.world import World, a_world


def _two_findings(world: World) -> None:
    for code, severity, subject, facts in (
        ("X08", "warn", "I-7", {"sum_fen": 3_000_000, "leak_fen": 1_000_000, "bookings": ["B-2", "B-3"]}),
        ("X02", "block", "=1+1", {"found_fen": 1, "expected_fen": 30_000}),
    ):
        db.session.add(
            FindingLine(
                claim_id=world.values["claim_id"], code=code, severity=severity, subject=subject, facts=facts, made_at=tuesday("16:00")
            )
        )
    db.session.commit()


def test_the_list_shows_evidence_in_words_counts_codes_and_keeps_its_filter(app: Flask, client: FlaskClient) -> None:
    world = a_world(app)
    _two_findings(world)
    signed_in(client, world.people["bureau_clerk"])

    whole = client.get("/bureau/exceptions/").text
    blocking = client.get("/bureau/exceptions/?severity=block&code=X02").text
    file = client.get("/bureau/exceptions/exceptions.csv?severity=warn").get_data().decode("utf-8-sig")

    assert "拆分合同 <small>X08</small> · 1" in whole
    assert "¥10,000.00" in whole
    assert "B-2、B-3" in whole
    assert 'data-figure="exceptions">2 ' in whole
    assert "金额不符" in blocking
    assert "¥10,000.00" not in blocking
    assert (len(file.splitlines()), "X08" in file, "X02" in file) == (2, True, False)
    assert "'=1+1" in client.get("/bureau/exceptions/exceptions.csv").get_data().decode("utf-8-sig")


def test_a_finding_is_disposed_of_with_a_reason_and_leaves_the_list(app: Flask, client: FlaskClient) -> None:
    world = a_world(app)
    _two_findings(world)
    signed_in(client, world.people["bureau_reviewer"])
    line = db.session.query(FindingLine).filter_by(code="X08").one()

    empty = client.post("/bureau/exceptions/dispose", data={"finding": line.id, "disposition": "referred", "reason": " "})
    done = client.post(
        "/bureau/exceptions/dispose?code=X08&show=open", data={"finding": line.id, "disposition": "referred", "reason": "to audit"}
    )

    assert empty.status_code in (409, 422)
    assert (done.status_code, done.headers["Location"]) == (303, "/bureau/exceptions/?code=X08&show=open")
    assert 'data-figure="exceptions">1 ' in client.get("/bureau/exceptions/").text
    assert "to audit" in client.get("/bureau/exceptions/?show=all").text


def the_same_of_one_owner(world: World) -> list[FindingLine]:
    """Two claims of one owner with the same flag, and the same code about the firm of one of them."""
    first = db.session.get_one(Claim, world.values["claim_id"])
    second = Claim(
        number="C-2", booking_id=first.booking_id, programme_code="ELSE", version_id=first.version_id, claimant_id=first.claimant_id,
        payee_id=first.payee_id, amount=Money(100), asked=Money(100), state=ClaimState.SUBMITTED, completed_on=first.completed_on, made_at=first.made_at,
    )  # fmt: skip
    db.session.add(second)
    db.session.flush()
    lines = [
        FindingLine(claim_id=claim.id, code="X14", severity="warn", subject=subject, made_at=tuesday("16:00"))
        for claim, subject in ((first, "owner"), (second, "owner"), (first, "firm"))
    ]
    db.session.add_all(lines)
    db.session.commit()
    return lines


def test_the_same_flag_about_one_owner_is_one_line_and_is_disposed_of_for_all_its_claims(app: Flask, client: FlaskClient) -> None:
    world = a_world(app)
    one, two, other = the_same_of_one_owner(world)
    signed_in(client, world.people["bureau_clerk"])
    both = [str(one.id), str(two.id)]

    page = client.get("/bureau/exceptions/").text
    refused = client.post("/bureau/exceptions/dispose", data={"finding": both, "disposition": "cleared", "reason": ""})
    nothing = client.post("/bureau/exceptions/dispose", data={"disposition": "no such", "reason": "x"})
    kept = {line.disposition for line in (one, two, other)}
    client.post("/bureau/exceptions/dispose", data={"finding": both, "disposition": "cleared", "reason": "a yearly habit"})
    after = client.get("/bureau/exceptions/").text

    assert (page.count('data-flags="2"'), page.count('data-flags="1"'), refused.status_code, nothing.status_code, kept) == (
        1,
        1,
        422,
        422,
        {""},
    )
    assert [(line.disposition, line.reason) for line in (one, two, other)] == [("cleared", "a yearly habit")] * 2 + [("", "")]
    assert (after.count("data-flags="), 'data-figure="exceptions">1 ' in after) == (1, True)


def test_one_flag_that_is_decided_already_leaves_all_of_them_as_they_are(app: Flask) -> None:
    world = a_world(app)
    one, two, _ = the_same_of_one_owner(world)
    clerk = world.people["bureau_clerk"]
    dispose_findings([two.id], disposition="referred", reason="first", by=clerk, at=tuesday("17:00"))
    with pytest.raises(AlreadyDecided):
        dispose_findings([one.id, two.id], disposition="cleared", reason="late", by=clerk, at=tuesday("18:00"))
    assert [(line.disposition, line.reason) for line in (one, two)] == [("", ""), ("referred", "first")]


def test_a_draw_says_how_it_is_repeated_and_takes_one_result_a_claim(app: Flask, client: FlaskClient) -> None:
    world = a_world(app)
    signed_in(client, world.people["bureau_clerk"])
    path = f"/bureau/inspections/{world.values['inspection_id']}"

    page = client.get(path).text
    done = client.post(f"{path}/lines/{world.values['line_id']}", data={"result": "in_order", "note": ""})

    assert "sha256sum" in page
    assert done.status_code == 303
    assert db.session.query(InspectionLine).one().result == "in_order"
    assert client.post("/bureau/inspections/", data={"programme": "HALF", "period": "2026-Q3"}).status_code == 422


def test_the_bureau_types_who_is_behind_an_organisation(app: Flask, client: FlaskClient) -> None:
    world = a_world(app)
    signed_in(client, world.people["bureau_clerk"])
    path = f"/bureau/organisations/{world.values['organisation_id']}"
    typed = {
        "tags": "tech_sme", "controller": "陈卫国", "shareholders": "陈卫国 60%,海达控股\uff1a25.5\uff05", "founded_on": "2020-01-02", "insured_staff": "7",
        "research_spend": "1200.50", "credit_list": "abnormal", "credit_since": "2026-09-01", "barred_until": "2026-12-31",
    }  # fmt: skip

    saved = client.post(path + "/describe", data=typed)
    wrong = client.post(path + "/describe", data={**typed, "shareholders": "陈卫国"})

    found = db.session.get_one(Organisation, world.values["organisation_id"], populate_existing=True)
    assert (saved.status_code, wrong.status_code) == (302, 422)
    assert found.shareholders == [{"name": "陈卫国", "share_bp": 6_000}, {"name": "海达控股", "share_bp": 2_550}]
    assert (found.controller, found.insured_staff, found.credit_list) == ("陈卫国", 7, "abnormal")
    assert (str(found.founded_on), str(found.barred_until), str(found.research_spend)) == ("2020-01-02", "2026-12-31", "1200.50")
    assert "陈卫国 60%, 海达控股 25.5%" in client.get(path).text


def test_classes_are_marked_each_with_its_last_day(app: Flask, client: FlaskClient) -> None:
    world = a_world(app)
    signed_in(client, world.people["bureau_clerk"])
    path = f"/bureau/organisations/{world.values['organisation_id']}"

    saved = client.post(
        path + "/describe", data={"tags": ["hnte", "team"], "tags-until-hnte": "2027-03-31", "tags-until-incubated": "2027-01-01"}
    )
    wrong_day = client.post(path + "/describe", data={"tags": ["hnte"], "tags-until-hnte": "2027-02-30"})
    no_class = client.post(path + "/describe", data={"tags": ["emperor"]})

    found = db.session.get_one(Organisation, world.values["organisation_id"], populate_existing=True)
    assert (saved.status_code, wrong_day.status_code, no_class.status_code) == (302, 422, 422)
    assert found.tags == [{"tag": "hnte", "valid_until": "2027-03-31"}, {"tag": "team", "valid_until": None}]
    assert 'value="2027-02-30"' in wrong_day.text
    assert re.findall(r'name="tags" value="(\w+)" checked', client.get(path).text) == ["hnte", "team"]


def test_a_fault_without_a_note_is_marked_at_its_claim_and_what_is_in_order_needs_none(app: Flask, client: FlaskClient) -> None:
    world = a_world(app)
    signed_in(client, world.people["bureau_clerk"])
    path = f"/bureau/inspections/{world.values['inspection_id']}"
    line = f"{path}/lines/{world.values['line_id']}"

    wrong = client.post(line, data={"result": "faulty", "note": " "})
    open_still = db.session.query(InspectionLine).one().result
    done = client.post(line, data={"result": "in_order", "note": ""})

    assert (wrong.status_code, open_still, done.status_code) == (422, "", 303)
    assert f'id="note-{world.values["line_id"]}-error"' in wrong.text
    assert '<option value="faulty" selected>' in wrong.text


def test_a_draw_says_in_figures_what_it_will_do_before_it_is_made(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    signed_in(client, quarter.people["bureau_clerk"])

    asked = client.get("/bureau/inspections/?programme=HALF&period=2026-Q3&share=60").text
    before = db.session.query(Inspection).count()
    form = dict(re.findall(r'name="(programme|period|share)" value="([^"]*)"', asked.split('id="foreseen"')[1].split("</form>")[0]))
    done = client.post("/bureau/inspections/", data=form)
    again = client.get("/bureau/inspections/?programme=HALF&period=2026-Q3").text
    looked_on = client.get("/bureau/inspections/?programme=HALF&period=2027-Q1").text

    assert before == 0
    assert '<option value="2026-Q3" selected>' in asked
    assert client.get("/bureau/inspections/?programme=HALF&period=soon").status_code == 422
    assert ("60 %" in asked, form["share"]) == (True, "60")
    assert done.status_code == 303
    assert db.session.query(InspectionLine).count() == 2
    assert 'action="/bureau/inspections/"' not in again
    assert 'class="note amber"' in looked_on


def test_a_flag_says_its_name_before_its_code_and_when_it_was_found(app: Flask, client: FlaskClient) -> None:
    world = a_world(app)
    _two_findings(world)
    signed_in(client, world.people["auditor"])

    page = client.get("/bureau/exceptions/").text
    file = client.get("/bureau/exceptions/exceptions.csv?code=X08").get_data().decode("utf-8-sig").splitlines()[1]

    card = page.split('id="finding-')[1].split("</h3>")[0]
    assert card.index("金额不符") < card.index("X02")
    assert "<dt>发现日期</dt><dd>2026-09-08 16:00</dd>" in page
    assert page.count("¥300.00") >= 2
    assert ",30000,," in file


def test_an_auditor_sees_flags_as_figures_and_not_as_something_to_do(app: Flask, client: FlaskClient) -> None:
    world = a_world(app)
    _two_findings(world)

    signed_in(client, world.people["auditor"])
    auditor = client.get("/me").text
    signed_in(client, world.people["bureau_clerk"])
    clerk = client.get("/me").text

    assert ('data-need="finding"' in auditor, 'data-need="finding"' in clerk) == (False, True)
    assert 'data-figure="findings">2<' in auditor


def test_only_a_firm_has_classes_to_be_marked(app: Flask, client: FlaskClient) -> None:
    world = a_world(app)
    signed_in(client, world.people["bureau_clerk"])
    owner = world.people["owner_admin"].organisation
    owner.tags = [{"tag": "adv_service", "valid_until": None}]
    db.session.commit()

    page = client.get(f"/bureau/organisations/{owner.id}").text
    saved = client.post(f"/bureau/organisations/{owner.id}/describe", data={"region": "haining"})

    assert ('name="tags"' in page, 'name="region"' in page, saved.status_code) == (False, True, 302)
    db.session.expire_all()
    assert db.session.get_one(Organisation, owner.id).tags == [{"tag": "adv_service", "valid_until": None}]
