"""The pages are under the same limits a minute as the API, counted together with it; what was typed stays in the form."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.limits import BOOKINGS, QUOTES, REGISTRATIONS, RESETS, SIGN_INS
from equipment_share.models.base import db
from equipment_share.models.outbox import Letter
from equipment_share.services.people import signin
from tests.builders import a_firm, an_instrument, an_owner
from tests.support.people import signed_in

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)

NO_FIRM = {
    "kind": "firm", "code": "1", "name": "海宁新厂", "person": "陈", "email": "nobody@nowhere.example", "password": "Haining-2026-new",
    "agreed": "y",
}  # fmt: skip


@pytest.fixture
def limited(app: Flask, tmp_path: Path) -> Flask:
    """An installation that counts, from nothing."""
    app.instance_path, app.config["RATE_LIMITS"] = str(tmp_path), "on"
    return app


@pytest.mark.parametrize(
    ("path", "sent", "most"),
    [
        ("/sign-in", {"email": "nobody@nowhere.example", "password": "x"}, SIGN_INS.a_minute),
        ("/reset", {"email": "nobody@nowhere.example"}, RESETS.a_minute),
        ("/register", NO_FIRM, REGISTRATIONS.a_minute),
    ],
    ids=["sign in", "reset", "register"],
)
def test_a_visitors_forms_have_a_limit_for_each_address(
    limited: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, sent: dict[str, str], most: int
) -> None:
    monkeypatch.setattr(signin, "TRIES_PER_ADDRESS", 1000)  # the limit of a quarter of an hour is another one
    answers = [client.post(path, data=sent) for _ in range(most + 1)]

    assert {answer.status_code for answer in answers[:-1]} <= {302, 422}
    assert answers[-1].status_code == 429 and 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert "nobody@nowhere.example" in answers[-1].text, "what was typed is kept"
    elsewhere = client.post(path, data=sent, environ_base={"REMOTE_ADDR": "10.0.0.7"})
    assert elsewhere.status_code != 429


def test_a_stranger_sends_somebody_one_letter_however_often_he_asks(limited: Flask, client: FlaskClient) -> None:
    person = a_firm()
    answers = {client.post("/reset", data={"email": person.email}).status_code for _ in range(RESETS.a_minute)}
    assert (answers, db.session.query(Letter).filter_by(kind="password_reset").count()) == ({302}, 1)


@pytest.mark.parametrize(
    ("page", "door", "limit"),
    [("/instruments/{}/book", "/api/v1/bookings", BOOKINGS), ("/basket", "/api/v1/baskets", BOOKINGS),
     ("/instruments/{}/series", "/api/v1/series", BOOKINGS), ("/instruments/{}/quotations", "/api/v1/quotes", QUOTES)],
)  # fmt: skip
def test_a_persons_requests_are_counted_together_at_both_doors(
    limited: Flask, client: FlaskClient, page: str, door: str, limit: object
) -> None:
    firm, instrument = a_firm(), an_instrument(an_owner())
    signed_in(client, firm)
    at_door = [client.post(door, json={}).status_code for _ in range(limit.a_minute - 1)]  # type: ignore[attr-defined]
    on_page = [client.post(page.format(instrument.id), data={}) for _ in range(2)]

    assert set(at_door) == {422}
    assert (on_page[0].status_code != 429, on_page[1].status_code) == (True, 429)
    assert int(on_page[1].headers["Retry-After"]) <= 60
    signed_in(client, a_firm())
    assert client.post(page.format(instrument.id), data={}).status_code != 429
