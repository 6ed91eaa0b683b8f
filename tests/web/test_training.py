"""Training by page: the firm sees that it needs it and asks, the owner grants with a last good day, the firm can book."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters.clock import now
from equipment_share.domain.periods import bureau_day
from equipment_share.models.authorisations import TrainingRequest
from equipment_share.models.base import db
from equipment_share.queries.instruments.authorisations import authorised_until
from tests.builders import NOW, a_firm, an_instrument, an_owner
from tests.support.people import signed_in


def test_a_firm_asks_and_the_owner_grants_and_both_pages_say_so(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner, rules={"authorisation_required": True})
    until = bureau_day(now()) + timedelta(days=100)

    signed_in(client, firm)
    before = client.get(f"/instruments/{instrument.id}").get_data(as_text=True)
    assert client.post(f"/instruments/{instrument.id}/training").status_code == 302
    assert client.post(f"/instruments/{instrument.id}/training").status_code == 302
    signed_in(client, owner)
    desk = client.get("/desk/training").get_data(as_text=True)
    asked = db.session.query(TrainingRequest).one()
    granted = client.post(f"/desk/training/{asked.id}/grant", data={"valid_until": until.isoformat()})
    signed_in(client, firm)
    after = client.get(f"/instruments/{instrument.id}").get_data(as_text=True)

    assert "您需要先参加培训" in before
    assert firm.email in desk
    assert granted.status_code == 302
    assert f"您的授权有效至 {until.isoformat()}" in after
    assert "申请培训" not in after


def test_nobody_by_that_address_is_said_beside_the_field(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    signed_in(client, owner)

    wrong = client.post("/desk/training", data={"instrument": instrument.id, "email": "nobody@test.example"})
    right = client.post("/desk/training", data={"instrument": instrument.id, "email": firm.email, "valid_until": "2030-01-31"})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert 'id="email-error"' in wrong.get_data(as_text=True)
    assert "nobody@test.example" in wrong.get_data(as_text=True)
    assert str(authorised_until(instrument.id, firm.id, idle_days=0, at=NOW)) == "2030-01-31"
