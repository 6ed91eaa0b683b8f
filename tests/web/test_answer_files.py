"""The booking form takes a file, keeps it when something else is wrong, and shows it to both sides."""

from __future__ import annotations

import io
import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from tests.builders import a_firm, a_programme, an_instrument, an_owner
from tests.support.people import signed_in

ASKED = [{"key": "plan", "label": "实验方案", "kind": "file", "required": True}]
DAY = (now() + timedelta(days=30)).date().isoformat()
WISH = {"mode": "guided", "start": f"{DAY}T10:00", "end": f"{DAY}T12:00", "samples": "0"}


def test_a_file_survives_a_refused_form_and_reaches_the_owner(app: Flask, client: FlaskClient) -> None:
    a_programme()
    owner, firm, rival = an_owner(), a_firm(), a_firm()
    instrument = an_instrument(owner, questions=ASKED)
    page = f"/instruments/{instrument.id}/book"
    signed_in(client, firm)

    refused = client.post(page, data={**WISH, "end": f"{DAY}T09:00", "file_plan": (io.BytesIO(b"%PDF-1.4 plan"), "试验方案.pdf")})
    token = re.search(r'name="answer_plan" value="([\w-]+)"', refused.text)
    assert token is not None
    sent = client.post(page, data={**WISH, "answer_plan": token[1]})

    booking = db.session.query(Booking).one()
    address = f"/answer-files/{token[1]}"
    assert 'enctype="multipart/form-data"' in client.get(page).text
    assert (refused.status_code, sent.status_code) == (422, 303)
    assert "试验方案.pdf" in client.get(f"/bookings/{booking.id}").text
    assert client.get(address).headers["Content-Disposition"] == attachment("试验方案.pdf")
    signed_in(client, owner)
    assert (client.get(address).data, address in client.get(f"/bookings/{booking.id}").text) == (b"%PDF-1.4 plan", True)
    signed_in(client, rival)
    assert client.get(address).status_code == 404


def test_a_program_instead_of_a_document_is_refused_on_the_form(app: Flask, client: FlaskClient) -> None:
    instrument = an_instrument(an_owner(), questions=ASKED)
    signed_in(client, a_firm())

    answer = client.post(f"/instruments/{instrument.id}/book", data={**WISH, "file_plan": (io.BytesIO(b"MZ\x90"), "plan.pdf")})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert db.session.query(Booking).count() == 0
