"""The people of a demonstration are called like people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.access import Kind, Role
from equipment_share.models.base import db
from equipment_share.models.people import Organisation, User
from equipment_share.queries.people import person_by_email
from equipment_share.services.demo import load_demo
from tests.builders import NOW
from tests.support.people import signed_in

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def test_everybody_has_a_name_of_their_own_and_organisations_name_their_administrator(app: Flask, client: FlaskClient) -> None:
    load_demo(instruments=4, bookings=8, at=NOW + timedelta(days=70))

    people = [user.name for user in db.session.query(User)]
    heads = {user.organisation_id: user.name for user in db.session.query(User).filter(User.role.in_([Role.FIRM_ADMIN, Role.OWNER_ADMIN]))}
    houses = db.session.query(Organisation).filter(Organisation.kind.in_([Kind.FIRM, Kind.OWNER])).all()
    admin, clerk = person_by_email("admin@demo.example"), person_by_email("bureau_clerk@demo.example")
    assert admin and clerk
    signed_in(client, admin)
    listed = client.get("/admin/people?role=bureau_clerk").text
    page = client.get(f"/admin/people/{clerk.id}").text

    assert (len(people), len(set(people)), min(map(len, people))) == (106, 106, 2)
    assert [house.contact_name for house in houses] == [heads[house.id] for house in houses]
    assert f">{clerk.name}</a>" in listed and "<small>bureau_clerk@demo.example</small>" in listed
    assert f"<h1>{clerk.name}" in page
