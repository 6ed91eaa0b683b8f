"""A GET asks: whoever opens whatever page, every table is the same before and after."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import inspect, text

from equipment_share.models.base import db
from tests.support.people import signed_in
from tests.web.test_matrix import ELSEWHERE, LETTERS, NOT_HERE, PAGES, _rules
from tests.web.world import a_world, address


def _tables() -> dict[str, str]:
    """A fingerprint of every table's rows."""
    db.session.rollback()
    found = {}
    with db.engine.connect() as connection:
        for name in inspect(db.engine).get_table_names():
            rows = sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"')).all()))
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


@pytest.mark.parametrize("letter", LETTERS)
def test_no_page_that_is_only_looked_at_writes_a_row(app: Flask, client: FlaskClient, letter: str) -> None:
    world = a_world(app)
    person = world.people[LETTERS[letter]]
    signed_in(client, person)
    before, seen = _tables(), []

    for rule, method in _rules(app):
        if (
            method == "GET"
            and rule.endpoint not in NOT_HERE
            and letter in PAGES[rule.endpoint]
            and letter not in ELSEWHERE.get(rule.endpoint, "")
        ):
            with app.test_request_context():
                target = url_for(rule.endpoint, **address(world, rule.endpoint, set(rule.arguments), person))
            seen.append((rule.endpoint, client.get(target).status_code))

    assert len(seen) >= 15
    assert [row for row in seen if row[1] >= 400] == []
    assert _tables() == before
