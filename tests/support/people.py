"""Signs a person in at the browser's door without typing."""

from __future__ import annotations

from flask import g
from flask.testing import FlaskClient

from equipment_share.adapters.clock import now
from equipment_share.adapters.tokens import fresh_token, kept_form
from equipment_share.models.base import db
from equipment_share.models.people import SignIn, User


def signed_in(client: FlaskClient, person: User) -> FlaskClient:
    """The same client with a living session of this person, and of nobody before."""
    raw, at = fresh_token(), now()
    db.session.add(SignIn(user_id=person.id, token_hash=kept_form(raw), epoch=person.sign_in_epoch, address="127.0.0.1", made_at=at))
    db.session.commit()
    with client.session_transaction() as kept:
        kept.clear()
        kept["sign_in"], kept["seen"] = raw, int(at.timestamp())
    for kept_there in ("_login_user", "programme_names"):  # the test's own context outlives a request, and with it what a page asked once
        g.pop(kept_there, None)
    return client
