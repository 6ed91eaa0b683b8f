"""The help: every word explained with figures that add up, every tour leading to pages its role may open."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.access import Act, Role, may
from equipment_share.domain.money import Money
from equipment_share.web.help import MONEY_WORDS, STEPS, STORY, TOURS
from equipment_share.wording.help import GLOSSARY, HELP_WORDS
from tests.support.people import signed_in
from tests.web.world import a_world


def test_every_word_has_a_name_a_meaning_and_an_example() -> None:
    words = {word for group in GLOSSARY.values() for word in group}

    assert {kind: set(found) - words for kind, found in HELP_WORDS.items() if kind != "help_group"} == {
        "help_name": set(), "help_text": set(), "help_example": set(),
    }  # fmt: skip
    assert [words - set(HELP_WORDS[kind]) for kind in ("help_name", "help_text", "help_example")] == [set(), set(), set()]
    assert set(MONEY_WORDS.values()) <= words


def test_the_storys_voucher_is_whole_at_every_step() -> None:
    assert {step.held + step.used + step.free for step in STORY} == {Money(1_000_000)}
    assert [(step.gross, step.used, step.net) for step in STORY if step.what == "used"] == [(Money(60_000), Money(30_000), Money(30_000))]


def test_every_tour_leads_to_pages_that_its_role_may_open(app: Flask) -> None:
    wrong = []
    for role, steps in TOURS.items():
        for step in steps:
            act = getattr(app.view_functions[STEPS[step]], "act", None)
            if not isinstance(act, Act) or not may(role, act):
                wrong.append((role.value, step))

    assert wrong == []
    assert set(TOURS) == set(Role) - {Role.SYSTEM}


def test_a_visitor_reads_what_a_hold_is_with_its_figures(client: FlaskClient) -> None:
    page = client.get("/help").get_data(as_text=True)

    entry = re.search(r'<div class="meaning" id="hold">.*?</div>', page, re.S)
    assert entry is not None
    assert "¥800.00" in entry[0]
    assert "¥400.00" in entry[0]


def test_a_tour_explains_its_word_where_it_stands_and_is_not_offered_twice(app: Flask, client: FlaskClient) -> None:
    signed_in(client, a_world(app).people["firm_admin"])

    first = client.get("/me").get_data(as_text=True)
    before = client.get("/help/tour/firm_admin").get_data(as_text=True)
    answer = client.post("/help/tour/firm_admin/seen")
    after = client.get("/help/tour/firm_admin").get_data(as_text=True)

    assert re.search(r'popovertarget="hint-hold-1".*?id="hint-hold-1" popover', before, re.S)
    assert 'action="/help/tour/firm_admin/seen"' in before
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me")
    assert 'action="/help/tour/firm_admin/seen"' not in after
    assert 'href="/help/tour/firm_admin"' in first
    assert 'href="/help/tour/firm_admin"' not in client.get("/me").get_data(as_text=True)


def test_a_tour_of_nobody_is_not_there(client: FlaskClient) -> None:
    assert [client.get(f"/help/tour/{who}").status_code for who in ("system", "king", "visitor")] == [404, 404, 200]
