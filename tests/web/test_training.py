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
from tests.builders import NOW, a_booking, a_firm, an_instrument, an_owner, tuesday
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


def test_persons_who_have_been_here_are_chosen_by_name_and_an_authorisation_ends_by_a_button(app: Flask, client: FlaskClient) -> None:
    owner, firm, stranger = an_owner(), a_firm(), a_firm()
    instrument = an_instrument(owner)
    a_booking(firm, instrument, tuesday("10:00"), tuesday("11:00"))
    signed_in(client, owner)
    desk, offer = (client.get(path).text for path in ("/desk/training", "/desk/offer"))

    given = client.post("/desk/training", data={"instrument": instrument.id, "known": firm.email, "valid_until": "2030-01-31"})
    listed = client.get("/desk/training").text
    ended = client.post(f"/desk/training/{instrument.id}/{firm.id}/end")
    again = client.post(f"/desk/training/{instrument.id}/{stranger.id}/end")

    assert [(firm.email in page, stranger.email in page) for page in (desk, offer)] == [(True, False)] * 2
    assert (given.status_code, ended.status_code, again.status_code) == (302, 302, 302)
    assert 'data-figure="authorised">1<' in listed and "2030-01-31" in listed
    last = authorised_until(instrument.id, firm.id, idle_days=0, at=NOW)
    assert last is not None and last < bureau_day(now())
    assert 'data-figure="authorised"' not in client.get("/desk/training").text


def test_an_offer_to_a_colleague_is_refused_beside_the_address(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)
    start = now() + timedelta(days=3)
    typed = {
        "instrument": instrument.id,
        "mode": "guided",
        "start": start.strftime("%Y-%m-%dT10:00"),
        "end": start.strftime("%Y-%m-%dT11:00"),
    }

    answers = [client.post("/desk/offer", data={**typed, "for": email}) for email in (owner.email, "")]

    assert [(answer.status_code, 'id="for-error"' in answer.text) for answer in answers] == [(422, True), (422, True)]
