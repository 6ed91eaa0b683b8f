"""How people and organisations get in and out at the browser's door: register, invite, end, give back."""

from __future__ import annotations

import re

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from equipment_share.adapters.clock import now
from equipment_share.adapters.passwords import hashed
from equipment_share.domain.access import Kind, Role
from equipment_share.domain.errors import Forbidden, NotFound
from equipment_share.domain.people import LastAdmin
from equipment_share.models.base import db
from equipment_share.models.people import Organisation, User
from equipment_share.queries.people import link_of
from equipment_share.services.people.members import change_role, disable_person, restore_person
from equipment_share.services.people.people import invite_person, suspend_organisation, verify_organisation
from equipment_share.wording import refusal_words
from tests.builders import NOW, a_firm, a_person, an_officer, an_organisation, the_bureau
from tests.support.people import signed_in

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)

NEW_FIRM = {
    "kind": "firm", "code": "91330481MA2000002Q", "name": "海宁新厂", "person": "陈", "email": "new@firm.example", "phone": "0573",
    "password": "Haining-2026-new",
}  # fmt: skip


def test_nobody_registers_without_having_read_what_is_kept(client: FlaskClient) -> None:
    unread = client.post("/register", data=NEW_FIRM)
    page = unread.get_data(as_text=True)

    assert (unread.status_code, db.session.query(Organisation).count()) == (422, 0)
    assert 'id="agreed-error"' in page and "海宁新厂" in page

    read = client.post("/register", data={**NEW_FIRM, "agreed": "y"})
    assert (read.status_code, read.headers["Location"], db.session.query(Organisation).count()) == (302, "/sign-in", 1)


def joined(person: User) -> User:
    """Somebody who has taken the invitation up."""
    person.password_hash = hashed("Haining-2026-old")
    db.session.commit()
    return person


@pytest.fixture
def admin(app: Flask, client: FlaskClient) -> User:
    """The platform's administrator, signed in."""
    found = joined(a_person(Role.ADMIN, an_organisation(Kind.PLATFORM)))
    signed_in(client, found)
    return found


def test_the_administrator_invites_somebody_into_any_role_of_the_bureau(admin: User, client: FlaskClient) -> None:
    bureau, firm = the_bureau(), an_organisation(Kind.FIRM)
    wanted = {"organisation": bureau.id, "role": "finance", "email": "Till@bureau.example", "name": "周"}

    form = client.get("/admin/people/invite").get_data(as_text=True)
    made = client.post("/admin/people/invite", data=wanted).get_data(as_text=True)
    not_here = client.post("/admin/people/invite", data={**wanted, "organisation": firm.id, "email": "x@firm.example"})
    not_theirs = client.post("/admin/people/invite", data={**wanted, "role": "admin", "email": "y@bureau.example"})

    assert re.findall(r'<option value="([a-z_]+)"', form) == [
        "bureau_clerk",
        "bureau_reviewer",
        "bureau_leader",
        "finance",
        "auditor",
        "admin",
    ]
    person = db.session.query(User).filter_by(email="till@bureau.example").one()
    assert (person.role, person.organisation_id, person.joined) == (Role.FINANCE, bureau.id, False)
    assert len(re.findall(r'class="secret">http[^<]+/link/', made)) == 1
    assert 'value="Till@bureau.example"' not in made
    assert (not_here.status_code, not_theirs.status_code) == (422, 422)
    assert db.session.query(User).count() == 2


def test_ending_access_is_asked_with_the_name_and_can_be_taken_back(admin: User, client: FlaskClient) -> None:
    clerk = joined(an_officer(Role.BUREAU_CLERK))
    before = clerk.sign_in_epoch

    page = client.get(f"/admin/people/{clerk.id}?q=bureau").get_data(as_text=True)
    ended = client.post(f"/admin/people/{clerk.id}/disable?q=bureau")
    again = client.post(f"/admin/people/{clerk.id}/disable")
    offered = client.get(ended.headers["Location"]).get_data(as_text=True)
    back = client.post(f"/admin/people/{clerk.id}/restore?q=bureau")

    assert re.search(f'<button class="button danger">[^<]*{clerk.email}', page)
    assert (ended.status_code, ended.headers["Location"], again.status_code) == (303, f"/admin/people/{clerk.id}?q=bureau", 409)
    assert f"/admin/people/{clerk.id}/restore?q=bureau" in offered and f"/admin/people/{clerk.id}/disable" not in offered
    assert back.status_code == 303 and clerk.email in client.get(back.headers["Location"]).get_data(as_text=True)
    assert (clerk.active, clerk.sign_in_epoch) == (True, before + 1)


def test_a_session_of_before_the_end_does_not_live_again(app: Flask, client: FlaskClient) -> None:
    chief = joined(a_firm())
    mate = joined(a_person(Role.FIRM_USER, chief.organisation))
    signed_in(client, mate)
    disable_person(mate.id, by=chief, at=NOW)
    restore_person(mate.id, by=chief, at=NOW)

    assert client.get("/me").headers["Location"].startswith("/sign-in")


def test_another_firms_people_are_not_given_back(app: Flask) -> None:
    chief, stranger = joined(a_firm()), a_firm()
    mate = a_person(Role.FIRM_USER, chief.organisation)
    disable_person(mate.id, by=chief, at=NOW)

    with pytest.raises(NotFound):
        restore_person(mate.id, by=stranger, at=NOW)
    with pytest.raises(Forbidden):
        restore_person(mate.id, by=joined(a_person(Role.FIRM_USER, chief.organisation)), at=NOW)


def test_nobody_ends_their_own_access_or_lowers_their_own_role(client: FlaskClient) -> None:
    chief = joined(a_firm())
    other = joined(a_person(Role.FIRM_ADMIN, chief.organisation))
    signed_in(client, chief)

    page = client.get("/team").get_data(as_text=True)
    answers = [client.post(f"/team/{chief.id}/disable"), client.post(f"/team/{chief.id}/role", data={"role": "firm_user"})]

    assert f"/team/{chief.id}/" not in page and f"/team/{other.id}/disable" in page
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all(refusal_words("own_access", {}) in answer.get_data(as_text=True) for answer in answers)
    assert (chief.active, chief.role) == (True, Role.FIRM_ADMIN)


def test_the_only_administrator_is_told_that_an_organisation_keeps_one(client: FlaskClient) -> None:
    chief = joined(a_firm())
    signed_in(client, chief)

    answer = client.post(f"/team/{chief.id}/disable")

    assert answer.status_code == 409
    assert refusal_words("last_admin", {}) in answer.get_data(as_text=True)
    assert chief.active


def test_who_never_joined_does_not_count_as_the_administrator_that_is_kept(app: Flask) -> None:
    chief = joined(a_firm())
    invited = a_person(Role.FIRM_ADMIN, chief.organisation)

    with pytest.raises(LastAdmin):
        disable_person(chief.id, by=invited, at=NOW)
    with pytest.raises(LastAdmin):
        change_role(chief.id, Role.FIRM_USER, by=invited, at=NOW)
    assert disable_person(invited.id, by=chief, at=NOW).active is False


def test_an_invitation_begins_with_the_least_role_and_can_be_made_again_until_it_is_taken_up(client: FlaskClient) -> None:
    chief = joined(a_firm())
    signed_in(client, chief)

    first = client.post("/team", data={"email": "mate@firm.example", "name": "", "role": "firm_user"}).get_data(as_text=True)
    mate = db.session.query(User).filter_by(email="mate@firm.example").one()
    second = client.post(f"/team/{mate.id}/invite").get_data(as_text=True)
    old, new = (re.findall(r"/link/([\w-]+)", page)[0] for page in (first, second))

    assert re.findall(r'<select id="role".*?<option value="([a-z_]+)"', first, re.DOTALL) == ["firm_user"]
    assert "mate@firm.example" in first and 'value="mate@firm.example"' not in first
    assert first.count('class="state s-unverified"') == 1
    assert (link_of(old, at=now()) is None, link_of(new, at=now()) is None) == (True, False)
    assert client.post(f"/team/{joined(mate).id}/invite").status_code == 409
    assert client.get("/team").get_data(as_text=True).count('class="state s-unverified"') == 0


def test_the_list_of_people_keeps_what_it_was_narrowed_to_from_page_to_page(admin: User, client: FlaskClient) -> None:
    people = [an_officer(Role.BUREAU_CLERK) for _ in range(26)]

    page = client.get("/admin/people?role=bureau_clerk").get_data(as_text=True)
    last = client.get("/admin/people?role=bureau_clerk&page=2").get_data(as_text=True)

    assert [len(re.findall(r"/admin/people/\d+\?role=bureau_clerk", one)) for one in (page, last)] == [25, 1]
    assert f'href="/admin/people/{people[25].id}?role=bureau_clerk"' in last
    assert "/admin/people?role=bureau_clerk&amp;page=2" in page


def test_who_knows_the_password_is_told_that_access_has_ended_and_nobody_else(client: FlaskClient) -> None:
    chief = joined(a_firm())
    mate = joined(a_person(Role.FIRM_USER, chief.organisation))
    disable_person(mate.id, by=chief, at=NOW)
    right, wrong = {"email": mate.email, "password": "Haining-2026-old"}, {"email": mate.email, "password": "Haining-2026-bad"}
    ended, refused = refusal_words("access_ended", {}), refusal_words("sign_in_refused", {})

    told = client.post("/sign-in", data=right)
    guessed = [client.post("/sign-in", data=wrong).get_data(as_text=True) for _ in range(4)]
    locked = client.post("/sign-in", data=right).get_data(as_text=True)

    assert told.status_code == 422 and ended in told.get_data(as_text=True)
    assert [(ended in page, refused in page) for page in guessed] == [(False, True)] * 4
    assert (ended in locked, refused in locked) == (False, True)
    assert client.get("/me").status_code == 302


def test_the_page_of_a_link_says_whose_account_it_opens_and_signs_in(client: FlaskClient) -> None:
    chief = joined(a_firm())
    mate, raw = invite_person("mate@firm.example", Role.FIRM_USER, chief.organisation_id, by=chief, at=now())

    page = client.get(f"/link/{raw}").get_data(as_text=True)
    weak = client.post(f"/link/{raw}", data={"password": "short"})
    done = client.post(f"/link/{raw}", data={"password": "Haining-2026-new"})

    assert "mate@firm.example" in page and chief.organisation.name in page
    assert (weak.status_code, "mate@firm.example" in weak.get_data(as_text=True)) == (422, True)
    assert (done.status_code, done.headers["Location"]) == (302, "/me")
    g.pop("_login_user", None)  # the test's own context outlives a request
    assert client.get("/me").status_code == 200
    assert mate.joined is True


def test_a_new_firm_is_told_who_verifies_it_and_what_it_can_hand_in_meanwhile(client: FlaskClient) -> None:
    the_bureau().phone = "0573-8722"
    db.session.commit()
    client.post("/register", data={**NEW_FIRM, "agreed": "y"})
    chief = db.session.query(User).filter_by(email=NEW_FIRM["email"]).one()
    signed_in(client, chief)

    home = client.get("/me").get_data(as_text=True)
    elsewhere = client.get("/instruments").get_data(as_text=True)

    assert 'data-standing="unverified"' in home
    assert all(words in home for words in ("Bureau", "0573-8722", NEW_FIRM["code"], 'href="/proofs/"', 'href="/team"'))
    assert elsewhere.count('class="note amber" role="status"') == 1 and 'data-standing="' not in elsewhere


def test_a_suspended_firm_is_told_so_and_why(client: FlaskClient) -> None:
    chief, officer = a_firm(), an_officer(Role.BUREAU_CLERK)
    suspend_organisation(chief.organisation_id, reason="wrong papers", by=officer, at=NOW)
    signed_in(client, chief)

    home = client.get("/me").get_data(as_text=True)

    assert 'data-standing="suspended"' in home and "wrong papers" in home and "2026-09-07 09:00" in home
    verify_organisation(chief.organisation_id, by=officer, at=NOW)
    assert "data-standing" not in client.get("/me").get_data(as_text=True)
