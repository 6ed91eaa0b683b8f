"""The administrator's pages: people found and given roles, what is due, what the post did, whether all is well."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.access import Kind, Role
from equipment_share.domain.errors import Forbidden
from equipment_share.domain.house import POST_TRIES
from equipment_share.domain.needs import NeedKind
from equipment_share.models.base import db
from equipment_share.models.outbox import Letter
from equipment_share.models.people import SYSTEM, User
from equipment_share.queries.needs import first_page
from equipment_share.services.outbox import post_again
from equipment_share.services.tasks import note_round
from tests.builders import NOW, a_firm, a_person, an_officer, an_organisation
from tests.support.people import signed_in

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@pytest.fixture
def admin(app: Flask, client: FlaskClient) -> User:
    """The administrator, signed in."""
    found = a_person(Role.ADMIN, an_organisation(Kind.PLATFORM))
    signed_in(client, found)
    return found


def figures(page: str) -> dict[str, str]:
    """The figures of a page by name."""
    return dict(re.findall(r'data-figure="([^"]+)">(?:<[a-z]+[^>]*>)?(\d+)', page))


def test_people_are_found_and_only_the_bureaus_can_be_changed_here(admin: User, client: FlaskClient) -> None:
    clerk, firm = an_officer(Role.BUREAU_CLERK), a_firm()

    everybody = client.get("/admin/people").get_data(as_text=True)
    one = client.get("/admin/people", query_string={"q": clerk.email.upper()}).get_data(as_text=True)
    changed = client.post(f"/admin/people/{clerk.id}/role", data={"role": "bureau_reviewer"})
    not_theirs = client.post(f"/admin/people/{firm.id}/disable")

    assert figures(everybody)["people"] == str(db.session.query(User).count()) == "4"
    assert figures(one)["people"] == "1" and clerk.email in one and firm.email not in one
    clerks, firms = (client.get(f"/admin/people/{one.id}").get_data(as_text=True) for one in (clerk, firm))
    assert f"/admin/people/{clerk.id}/role" in clerks and f"/admin/people/{firm.id}/" not in firms and firm.email in firms
    assert (changed.status_code, changed.headers["Location"], not_theirs.status_code) == (303, f"/admin/people/{clerk.id}", 404)
    assert db.session.get_one(User, clerk.id).role is Role.BUREAU_REVIEWER


def test_letters_stand_under_what_became_of_them(admin: User, client: FlaskClient) -> None:
    for tries, sent in ((0, None), (7, None), (8, None), (1, NOW)):
        db.session.add(Letter(user_id=admin.id, kind="claim_paid", facts={"token": "secret"}, made_at=NOW, tries=tries, sent_at=sent))
    db.session.commit()

    page = client.get("/admin/mail").get_data(as_text=True)
    given_up = client.get("/admin/mail?state=failed").get_data(as_text=True)

    assert figures(page) == {"waiting": "2", "failed": "1", "sent": "1"}
    assert (page.count(admin.email + "</td>"), given_up.count(admin.email + "</td>")) == (2, 1)
    assert "secret" not in page


def test_jobs_say_what_is_due_and_what_was_done(admin: User, client: FlaskClient) -> None:
    note_round({"uses that run over": 2, "letters": 3}, NOW, by=SYSTEM, at=NOW)

    page = client.get("/admin/jobs").get_data(as_text=True)

    assert figures(page)["requests that nobody answered"] == "0"
    assert re.findall(r"[:：] ?<strong>(\d)</strong>", page) == ["2", "3"]


def test_health_tells_a_migrated_database_and_a_missing_worker(admin: User, client: FlaskClient) -> None:
    page = client.get("/admin/health").get_data(as_text=True)

    assert page.count('class="state s-ok"') == 5
    assert page.count('class="state s-faulty"') == 1
    assert "SQLite 3." in page


def test_the_administrator_is_told_of_a_silent_worker_and_of_post_that_does_not_go_out(admin: User, client: FlaskClient) -> None:
    at = datetime.now(UTC)
    for hours, tries in ((2, 0), (0, 0), (30, POST_TRIES), (40, POST_TRIES)):
        db.session.add(Letter(user_id=admin.id, kind="claim_paid", facts={}, made_at=at - timedelta(hours=hours), tries=tries))
    db.session.commit()

    before = first_page(admin, at=at).needs
    note_round({}, at - timedelta(minutes=2), by=SYSTEM, at=at - timedelta(minutes=1))
    after = first_page(admin, at=at).needs
    later = first_page(admin, at=at + timedelta(minutes=9)).needs

    told = [(need.kind, need.count) for need in before]
    assert told == [(NeedKind.LETTERS_GIVEN_UP, 2), (NeedKind.POST_LATE, 2), (NeedKind.WORKER_SILENT, 1)]
    assert [need.kind for need in after] == [NeedKind.LETTERS_GIVEN_UP, NeedKind.POST_LATE]
    assert [need.kind for need in later][-1] is NeedKind.WORKER_SILENT


def test_letters_that_were_given_up_are_posted_again_by_the_administrator_alone(admin: User, client: FlaskClient) -> None:
    for tries, sent in ((POST_TRIES, None), (POST_TRIES, None), (2, None), (POST_TRIES, NOW)):
        db.session.add(Letter(user_id=admin.id, kind="claim_paid", facts={}, made_at=NOW, tries=tries, sent_at=sent))
    db.session.commit()

    assert "/admin/mail/again" in client.get("/admin/mail?state=failed").get_data(as_text=True)
    answer = client.post("/admin/mail/again")

    assert answer.headers["Location"] == "/admin/mail"
    assert [row.tries for row in db.session.query(Letter).order_by(Letter.id)] == [0, 0, 2, POST_TRIES]
    with pytest.raises(Forbidden):
        post_again(by=an_officer(Role.BUREAU_CLERK), at=NOW)


def test_letters_are_found_by_address_and_nobody_elses_is_read(admin: User, client: FlaskClient) -> None:
    firm = a_firm()
    for person, facts in ((admin, {"number": "C-1"}), (firm, {"token": "very-secret"}), (firm, {"booking_id": 7, "number": "B-7"})):
        db.session.add(Letter(user_id=person.id, kind="claim_paid", facts=facts, made_at=NOW))
    db.session.commit()

    page = client.get("/admin/mail", query_string={"q": firm.email.upper()}).get_data(as_text=True)

    assert (figures(page)["waiting"], admin.email + "</td>" in page, page.count(firm.email + "</td>")) == ("2", False, 2)
    assert "very-secret" not in page and "B-7" not in page


def test_the_first_page_and_the_thumb_bar_of_the_administrator_lead_to_people_and_health(admin: User, client: FlaskClient) -> None:
    page = client.get("/me").get_data(as_text=True)
    bar = re.search(r'<nav class="tabs-bar".*?</nav>', page, re.DOTALL)

    assert bar is not None and re.findall(r'href="([^"]+)"', bar[0]) == ["/me", "/admin/people", "/admin/health"]
    assert re.findall(r'class="button plain" href="([^"]+)"', page)[0] == "/admin/people"
    assert {"/admin/health", "/admin/mail", "/admin/jobs"} <= set(re.findall(r'class="chip" href="([^"]+)"', page))
