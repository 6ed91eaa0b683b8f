"""The administrator's list of programs' keys: whose they are, what they may, and how one is ended for good."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Kind, Role
from equipment_share.domain.errors import Forbidden, NotFound
from equipment_share.models.base import db
from equipment_share.models.outbox import AuditRow
from equipment_share.models.people import ApiToken, User
from equipment_share.queries.house import keys_found
from equipment_share.queries.people import token_owner
from equipment_share.services.people.members import disable_person
from equipment_share.services.people.signin import end_token, make_token
from tests.builders import a_firm, a_person, an_officer, an_organisation
from tests.support.people import signed_in

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@pytest.fixture
def admin(app: Flask, client: FlaskClient) -> User:
    """The administrator, signed in."""
    found = a_person(Role.ADMIN, an_organisation(Kind.PLATFORM))
    signed_in(client, found)
    return found


def key_of(person: User, name: str, *scopes: str, days: int | None = 365) -> tuple[int, str]:
    """A fresh key: its number and its secret."""
    raw = make_token(name, list(scopes or ("read", "write")), days=days, by=person, at=now())
    return db.session.query(ApiToken).order_by(ApiToken.id.desc()).first().id, raw  # type: ignore[union-attr]


def test_every_key_that_works_is_listed_with_whose_it_is_and_never_its_secret(admin: User, client: FlaskClient) -> None:
    firm, clerk = a_firm(), an_officer(Role.BUREAU_CLERK)
    _, secret = key_of(firm, "laboratory system", "read")
    key_of(clerk, "for ever", days=None)
    over, _ = key_of(clerk, "over")
    db.session.get_one(ApiToken, over).expires_at = now() - timedelta(minutes=1)
    db.session.commit()
    gone, _ = key_of(clerk, "gone")
    end_token(gone, by=clerk, at=now())

    page = client.get("/admin/keys").get_data(as_text=True)
    found = client.get("/admin/keys", query_string={"q": firm.email.upper()}).get_data(as_text=True)

    assert re.findall(r'data-key="([^"]+)"', page) == ["for ever", "laboratory system"]
    assert re.findall(r'data-key="([^"]+)"', found) == ["laboratory system"]
    row = page.split('data-key="laboratory system"')[1].split("</tr>")[0]
    assert firm.email in row and firm.organisation.name in row
    assert secret not in page and db.session.query(ApiToken).first().token_hash not in page  # type: ignore[union-attr]


def test_a_key_is_ended_by_the_administrator_when_its_name_is_typed(admin: User, client: FlaskClient) -> None:
    firm = a_firm()
    key, raw = key_of(firm, "laboratory system")

    wrong = client.post(f"/admin/keys/{key}/end", data={"name": "laboratory"})
    page = wrong.get_data(as_text=True)

    assert wrong.status_code == 422 and f'id="name-{key}-error"' in page and 'value="laboratory"' in page
    assert token_owner(raw, at=now()) is not None

    right = client.post(f"/admin/keys/{key}/end", data={"name": " laboratory system "}, follow_redirects=True).get_data(as_text=True)

    assert "laboratory system" in right and 'data-key="laboratory system"' not in right
    assert token_owner(raw, at=now()) is None
    sealed = db.session.query(AuditRow).order_by(AuditRow.seq.desc()).first()
    assert sealed is not None and '"token.ended"' in sealed.doc and f'"user:{firm.id}"' in sealed.doc
    assert client.post(f"/admin/keys/{key}/end", data={"name": "laboratory system"}).status_code == 404


def test_nobody_but_the_administrator_sees_or_ends_a_strangers_key(admin: User, client: FlaskClient) -> None:
    firm, other = a_firm(), a_firm()
    key, raw = key_of(firm, "mine")

    with pytest.raises(Forbidden):
        keys_found(other, at=now())
    with pytest.raises(NotFound):
        end_token(key, named="mine", by=other, at=now())
    assert token_owner(raw, at=now()) is not None


def test_a_key_of_somebody_whose_access_has_ended_is_on_no_list(admin: User, client: FlaskClient) -> None:
    clerk = an_officer(Role.BUREAU_CLERK)
    key_of(clerk, "of a clerk")

    disable_person(clerk.id, by=admin, at=now())

    assert 'data-key="of a clerk"' not in client.get("/admin/keys").get_data(as_text=True)
