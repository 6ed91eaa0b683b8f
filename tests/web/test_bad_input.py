"""Whatever a person or a program types into whatever field of whatever form: an answer, never a fault of ours (`reliability.md` §5)."""

from __future__ import annotations

import os
from html.parser import HTMLParser

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from tests.support.people import signed_in
from tests.web.test_matrix import ELSEWHERE, LETTERS, NOT_HERE, PAGES, _rules
from tests.web.world import a_world, address

BAD = {
    "nothing": "", "nul": "a\x00b", "lone surrogate": "\ud800", "turned": "a\u202eb", "long": "x" * 6000, "astral": "𠀀🧪", "quote": "'\"><script>",
    "percent": "%_%%", "nan": "NaN", "huge": "9" * 30, "minus": "-1", "exponent": "1e3", "full width": "１２", "comma": "1,000", "fraction": "1.005",
    "no day": "2026-02-30T10:00", "week date": "2026-W37-1", "year one": "0001-01-01T00:00", "far": "9999-12-31T23:59", "midnight": "2026-09-08T24:00",
    "list": "[]", "object": '{"a":', "deep": "[" * 3000, "formula": "=1+1", "path": "../../etc/passwd", "line": "a\r\nSet-Cookie: x=1",
}  # fmt: skip

EVERY = 1 if os.environ.get("SLOW") else 3
"""In the ordinary run a form meets every third of these, the next form the next third."""


class _Names(HTMLParser):
    """The names of all fields of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember a field's name."""
        name = dict(attrs).get("name")
        if tag in ("input", "select", "textarea") and name and name not in ("csrf_token", "key"):
            self.found.add(name)


def _fields(app: Flask, client: FlaskClient, letter: str) -> tuple[dict[str, str], set[str]]:
    """Every address a role may post to, and the name of every field on every page it may see."""
    world, names, targets = a_world(app), _Names(), {}
    person = world.people[LETTERS[letter]]
    signed_in(client, person)
    for rule, method in _rules(app):
        if rule.endpoint in NOT_HERE or letter not in PAGES[rule.endpoint] or letter in ELSEWHERE.get(rule.endpoint, ""):
            continue
        with app.test_request_context():
            target = url_for(rule.endpoint, **address(world, rule.endpoint, set(rule.arguments), person))
        if method == "GET" and rule.endpoint != "static":
            page = client.get(target)
            names.feed(page.get_data(as_text=True) if page.mimetype == "text/html" else "")
        elif method == "POST" and rule.endpoint not in ("people.leave", "team.disable"):
            targets[rule.endpoint] = target
    return targets, names.found


@pytest.mark.parametrize("letter", "amcrlf")
def test_no_value_in_any_field_is_a_fault_of_ours(app: Flask, client: FlaskClient, letter: str) -> None:
    targets, names = _fields(app, client, letter)
    names |= {"reason", "start", "end", "samples", "act", "claim", "booking", "version", "listing", "amount", "role", "file"}
    faults, answers = [], set()

    for turn, (endpoint, target) in enumerate(sorted(targets.items())):
        for kind, value in list(BAD.items())[turn % EVERY :: EVERY]:
            data = {name: value.encode("utf-8", "surrogatepass") for name in names}
            status = client.post(target, data=data).status_code
            answers.add(status)
            if status >= 500:
                faults.append(f"{endpoint} with {kind}: {status}")

    assert faults == []
    assert len(targets) >= 5
    assert 422 in answers


@pytest.mark.parametrize("value", ["0", "-1", "1" * 20, "１", "abc", "%00", "1.0", "+1"])
def test_what_is_no_number_in_an_address_leads_nowhere(app: Flask, client: FlaskClient, value: str) -> None:
    world = a_world(app)
    signed_in(client, world.people["owner_admin"])

    answers = {client.get(f"/{kind}/{value}").status_code for kind in ("bookings", "instruments", "claims", "desk/instruments")}

    assert answers == {404}


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=99999999999", "q=" + "x" * 300, "q=%00", "q=%ED%A0%80", "free_from=x", "sort=nothing", "class=%27"]
)
def test_what_cannot_be_searched_is_said_or_left_out(client: FlaskClient, query: str) -> None:
    assert client.get(f"/instruments?{query}").status_code in (200, 400, 404, 422)
