"""The bureau's list of organisations, one organisation's page, and what an organisation sees of itself."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.access import Kind, Role
from equipment_share.domain.contacts import Contact
from equipment_share.domain.errors import Forbidden, Invalid
from equipment_share.models.base import db
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.people import Organisation, OrganisationState
from equipment_share.services.people.contacts import keep_contact
from equipment_share.services.people.people import suspend_organisation
from tests.builders import (
    NOW,
    a_booking,
    a_firm,
    a_person,
    an_account,
    an_instrument,
    an_officer,
    an_organisation,
    an_owner,
    local,
    the_bureau,
)
from tests.support.people import signed_in

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def waiting(count: int) -> list[Organisation]:
    """Firms that wait to be verified."""
    found = [an_organisation(Kind.FIRM, f"waits {number}") for number in range(count)]
    for one in found:
        one.state = OrganisationState.UNVERIFIED
    db.session.commit()
    return found


def listed(page: str) -> int:
    """How many organisations a page lists."""
    return len(re.findall(r'href="/bureau/organisations/\d+"', page))


def test_the_list_is_narrowed_by_state_and_goes_on_by_pages(client: FlaskClient) -> None:
    waiting(31)
    verified = an_organisation(Kind.FIRM, "verified firm")
    signed_in(client, an_officer(Role.BUREAU_CLERK))

    first = client.get("/bureau/organisations/?state=unverified&kind=firm").text
    second = client.get("/bureau/organisations/?state=unverified&kind=firm&page=2").text
    others = client.get("/bureau/organisations/?state=verified&q=verified").text

    assert (listed(first), listed(second)) == (30, 1)
    assert re.search(r'data-figure="organisations">31\b', first)
    assert verified.name not in first + second
    assert (listed(others), verified.name in others) == (1, True)


def test_what_was_typed_is_kept_when_the_organisation_is_verified(client: FlaskClient) -> None:
    (firm,) = waiting(1)
    signed_in(client, an_officer(Role.BUREAU_CLERK))
    path = f"/bureau/organisations/{firm.id}"

    page = client.get(path).text
    wrong = client.post(f"{path}/describe", data={"tags": ["tech_sme"], "credit_list": "", "barred_until": "x", "verify": "1"})
    before = firm.state
    done = client.post(f"{path}/describe", data={"tags": ["tech_sme"], "credit_list": "", "verify": "1"})

    assert f'action="{path}/verify"' not in page and 'name="verify"' in page
    assert (wrong.status_code, before, 'value="tech_sme" checked' in wrong.text) == (422, OrganisationState.UNVERIFIED, True)
    assert (done.status_code, firm.state, [row["tag"] for row in firm.tags]) == (302, OrganisationState.VERIFIED, ["tech_sme"])


def test_a_suspension_is_lifted_and_says_what_becomes_of_bookings(client: FlaskClient) -> None:
    firm, officer = a_firm(), an_officer(Role.BUREAU_CLERK)
    instrument = an_instrument(an_owner())
    booking = a_booking(firm, instrument, local("2026-09-08 10:00"), local("2026-09-08 12:00"))
    booking.starts_at, booking.ends_at = local("2036-09-08 10:00"), local("2036-09-08 12:00")
    db.session.commit()
    signed_in(client, officer)
    path = f"/bureau/organisations/{firm.organisation_id}"

    before = client.get(path).text
    client.post(f"{path}/suspend", data={"reason": "x"})
    after = client.get(path).text
    back = client.post(f"{path}/verify")

    assert re.search(r'<p class="muted">[^<]*\b1\b', before) and f'action="{path}/suspend"' in before
    assert f'action="{path}/verify"' in after and f'action="{path}/suspend"' not in after
    assert (back.status_code, firm.organisation.state) == (302, OrganisationState.VERIFIED)


def test_the_bureau_and_the_platform_cannot_be_suspended(app: Flask, client: FlaskClient) -> None:
    admin = a_person(Role.ADMIN, an_organisation(Kind.PLATFORM))
    signed_in(client, admin)

    page = client.get(f"/bureau/organisations/{the_bureau().id}").text

    assert "/suspend" not in page
    with pytest.raises(Forbidden):
        suspend_organisation(the_bureau().id, reason="x", by=admin, at=NOW)


def test_an_organisations_administrator_sees_what_is_kept_of_it(client: FlaskClient) -> None:
    chief = a_firm()
    an_account(chief.organisation_id, "6222000012345678")
    chief.organisation.phone, the_bureau().name = "0573-1", "科技局"
    db.session.commit()
    signed_in(client, chief)

    page = client.get("/team/organisation").text

    assert all(words in page for words in (chief.organisation.code, chief.organisation.name, "0573-1", "•••• 5678", "科技局"))
    assert "62220000" not in page and "科技型中小企业" in page
    assert 'href="/team/organisation"' in client.get("/me").text


def test_a_region_is_read_and_typed_by_its_name_and_kept_by_its_code(client: FlaskClient) -> None:
    firm, clerk = a_firm().organisation, an_officer(Role.BUREAU_CLERK)
    firm.region, clerk.language = "haining", "en"
    db.session.commit()
    signed_in(client, clerk)
    way = f"/bureau/organisations/{firm.id}"

    page = client.get(way).text
    client.post(f"{way}/describe", data={"region": "elsewhere"})
    other = (firm.region, 'value="elsewhere"' in client.get(way).text)
    client.post(f"{way}/describe", data={"region": "Haining"})

    assert re.search(r'<input[^>]*name="region"[^>]*value="Haining"', page)
    assert '<option value="Haining">' in page
    assert other == ("elsewhere", True)
    assert firm.region == "haining"


def test_the_work_on_an_organisation_comes_before_its_suspension(client: FlaskClient) -> None:
    firm, clerk = a_firm().organisation, an_officer(Role.BUREAU_CLERK)
    clerk.language = "en"
    db.session.commit()
    signed_in(client, clerk)

    page = client.get(f"/bureau/organisations/{firm.id}").text

    assert page.index("Save what is known") < page.index("A suspended organisation cannot book") < page.index(f"/{firm.id}/suspend")


def reached(organisation: Organisation) -> tuple[str, str, str]:
    """Where an organisation is and how it is reached, as it is kept."""
    db.session.refresh(organisation)
    return organisation.address, organisation.contact_name, organisation.phone


def test_an_owners_administrator_keeps_the_address_that_firms_see(client: FlaskClient) -> None:
    chief = an_owner()
    instrument, own = an_instrument(chief), chief.organisation
    own.address, own.phone = "旧路1号", "0573-1"
    db.session.commit()
    signed_in(client, chief)

    form = client.get("/team/organisation").text
    sent = client.post("/team/organisation", data={"address": " 海宁市文苑路88号 ", "contact_name": "沈思源", "phone": "0573-87000088"})
    client.post("/team/organisation", data={"address": "海宁市文苑路88号", "contact_name": "沈思源", "phone": "0573-87000088"})
    public = client.get(f"/instruments/{instrument.id}").text

    assert 'value="旧路1号"' in form and 'value="0573-1"' in form
    assert (sent.status_code, sent.headers["Location"]) == (303, "/team/organisation#contact")
    assert reached(own) == ("海宁市文苑路88号", "沈思源", "0573-87000088")
    assert "海宁市文苑路88号" in public
    steps = db.session.query(HistoryStep).filter_by(kind="organisation", event="contact_changed").all()
    assert [(step.object_id, step.by_id, step.facts) for step in steps] == [
        (own.id, chief.id, {"from": "旧路1号 · 0573-1", "to": "海宁市文苑路88号 · 沈思源 · 0573-87000088"})
    ]


def test_an_address_that_is_too_long_stands_beside_its_field_and_changes_nothing(client: FlaskClient) -> None:
    chief = a_firm()
    chief.organisation.address = "旧路1号"
    db.session.commit()
    signed_in(client, chief)

    answer = client.post("/team/organisation", data={"address": "长" * 201, "contact_name": "周敏", "phone": ""})

    assert (answer.status_code, 'id="address-error"' in answer.text, 'value="周敏"' in answer.text) == (422, True, True)
    assert reached(chief.organisation)[:2] == ("旧路1号", "")
    with pytest.raises(Invalid) as refusal:
        keep_contact(Contact("长" * 201, "n\x00", "1" * 41), by=chief, at=NOW)
    assert [(one.code, one.field) for one in refusal.value.problems] == [
        ("bad_text", "contact_name"), ("too_long_text", "address"), ("too_long_text", "phone"),
    ]  # fmt: skip


def test_who_only_uses_keeps_no_contact_and_the_bureau_reads_it(client: FlaskClient) -> None:
    chief = an_owner()
    keep_contact(Contact("海宁市文苑路88号", "沈思源", "0573-87000088"), by=chief, at=NOW)

    others = [a_person(Role.OWNER_OPERATOR, chief.organisation), an_officer(Role.BUREAU_CLERK), a_firm(role=Role.FIRM_USER)]
    for other in others:
        with pytest.raises(Forbidden):
            keep_contact(Contact(), by=other, at=NOW)
    signed_in(client, an_officer(Role.BUREAU_CLERK))
    page = client.get(f"/bureau/organisations/{chief.organisation_id}").text

    assert all(words in page for words in ("海宁市文苑路88号", "沈思源", 'href="tel:0573-87000088"'))
