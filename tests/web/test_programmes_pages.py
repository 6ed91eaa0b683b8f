"""A programme's versions: a draft waits for its second hand, publishing asks with day and budget, what is replaced says so."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.access import Role
from equipment_share.domain.errors import SecondPersonRequired
from equipment_share.queries.vouchers import versions_of
from equipment_share.services.vouchers.programmes import change_draft, draft_version, publish_version
from equipment_share.web.vouchers.programme_words import path_words
from equipment_share.wording import word
from tests.builders import HALF, NOW, a_programme, an_officer
from tests.support.people import signed_in


def test_a_draft_waits_on_the_reviewers_first_page_until_it_is_published(app: Flask, client: FlaskClient) -> None:
    made = a_programme()
    draft_version("HALF", {**HALF, "name": "Half, second"}, by=an_officer(Role.BUREAU_CLERK), at=NOW)
    signed_in(client, an_officer(Role.BUREAU_REVIEWER))

    waiting = client.get("/me").text
    way = client.get(f"/bureau/programmes/drafts/{made.id + 1}")
    client.post("/bureau/programmes/HALF/2/publish")

    assert ("Half, second" in waiting, f"/bureau/programmes/drafts/{made.id + 1}" in waiting) == (True, True)
    assert way.headers["Location"] == "/bureau/programmes/HALF/2"
    assert "Half, second" not in client.get("/me").text


def test_a_draft_is_changed_until_it_is_published_and_never_after(app: Flask, client: FlaskClient) -> None:
    a_programme()
    clerk, other, reviewer = an_officer(Role.BUREAU_CLERK), an_officer(Role.BUREAU_CLERK), an_officer(Role.BUREAU_REVIEWER)
    draft_version("HALF", {**HALF, "name": "Half, second"}, by=clerk, at=NOW)
    signed_in(client, other)

    form = client.get("/bureau/programmes/new?code=HALF&draft=2").text
    changed = client.post(
        "/bureau/programmes/new?code=HALF&draft=2", data={"document": json.dumps({**HALF, "name": "Half, mended"}), "version": "1"}
    )
    stale = client.post(
        "/bureau/programmes/new?code=HALF&draft=2", data={"document": json.dumps({**HALF, "name": "Half, lost"}), "version": "1"}
    )
    foreign = client.post(
        "/bureau/programmes/new?code=HALF&draft=2", data={"document": json.dumps({**HALF, "code": "ELSE"}), "version": "2"}
    )
    published = client.post("/bureau/programmes/new?code=HALF&draft=1", data={"document": json.dumps({**HALF, "name": "x"})})

    assert 'name="version" value="1"' in form
    assert [answer.status_code for answer in (changed, stale, foreign, published)] == [303, 422, 422, 422]
    assert changed.headers["Location"] == "/bureau/programmes/HALF/2"
    assert {row.number: row.document["name"] for row in versions_of("HALF")} == {1: "Half of everything", 2: "Half, mended"}
    signed_in(client, reviewer)
    unseen = client.post("/bureau/programmes/HALF/2/publish", data={"version": "1"})
    seen = client.post("/bureau/programmes/HALF/2/publish", data={"version": "2"})
    assert (unseen.status_code, seen.status_code) == (409, 303)
    assert "draft=2" not in signed_in(client, clerk).get("/bureau/programmes/HALF/2").text


def test_nobody_publishes_a_draft_that_he_wrote_on(app: Flask) -> None:
    a_programme()
    first, second = an_officer(Role.BUREAU_CLERK), an_officer(Role.BUREAU_CLERK)
    draft_version("HALF", {**HALF, "name": "Half, second"}, by=first, at=NOW)
    change_draft("HALF", 2, {**HALF, "name": "Half, mended"}, by=second, at=NOW)
    for writer in (first, second):
        writer.role = Role.BUREAU_REVIEWER
        with pytest.raises(SecondPersonRequired):
            publish_version("HALF", 2, by=writer, at=NOW)


def test_publishing_says_from_when_and_what_it_replaces_and_the_old_version_reads_replaced(app: Flask, client: FlaskClient) -> None:
    a_programme()
    draft_version("HALF", {**HALF, "budget": {"total_fen": 200_000_000}}, by=an_officer(Role.BUREAU_CLERK), at=NOW)
    signed_in(client, an_officer(Role.BUREAU_REVIEWER))

    page, button = client.get("/bureau/programmes/HALF/2").text, 'action="/bureau/programmes/HALF/2/publish"'
    asked = page.partition(button)[0].rpartition("<details")[2]
    client.post("/bureau/programmes/HALF/2/publish")
    listed = client.get("/bureau/programmes/").text

    assert (button in page, "\u00a52,000,000.00" in asked) == (True, True)
    assert re.search(r"<dt>预算（元）</dt>\s*<dd>2,000,000.00</dd>", page)  # the label says the unit, once
    assert str(word("programme", "replaced")) in client.get("/bureau/programmes/HALF/1").text
    assert (listed.count("s-replaced"), listed.count("s-published")) == (1, 1)


def test_a_wrong_rate_is_named_in_words_with_its_range(app: Flask, client: FlaskClient) -> None:
    a_programme()
    signed_in(client, an_officer(Role.BUREAU_CLERK))
    page = client.post(
        "/bureau/programmes/new?code=HALF",
        data={"code": "HALF", "name": "x", "rate_rules[0].bands[0].rate_bp": "150", "do": "keep"},
    )
    assert page.status_code == 422
    assert "rate_rules[0].bands[0].rate_bp</a>" not in page.text
    assert ("100 percent" in page.text or "100%" in page.text, path_words("rate_rules[0].bands[0].rate_bp") in page.text) == (True, True)
