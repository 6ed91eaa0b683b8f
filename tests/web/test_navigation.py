"""Where one is: every page below a place marks that place, on a desk and on a phone."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.people import signed_in
from tests.support.reading import skipped_headings
from tests.web.world import a_world


def _marked(page: str) -> set[str]:
    """The places that the navigation of a page marks: above, and at the thumb."""
    above, at_the_thumb = page.partition('<nav id="ways"')[2].partition("</nav>")[0], page.partition('class="tabs-bar"')[2]
    found = set(re.findall(r'<a href="([^"]+)" aria-current', above)) | {
        f"thumb {one}" for one in re.findall(r'<a href="([^"]+)" aria-current', at_the_thumb)
    }
    return found | ({"thumb menu"} if re.search(r'popovertarget="ways" class="on"', at_the_thumb) else set())


@pytest.mark.parametrize(
    ("who", "path", "places"),
    [
        ("firm_admin", "/waiting", {"/bookings", "thumb /bookings"}),
        ("firm_admin", "/series", {"/bookings", "thumb /bookings"}),
        ("firm_admin", "/basket", {"/bookings", "thumb /bookings"}),
        ("firm_admin", "/quotations", {"/bookings", "thumb /bookings"}),
        ("firm_admin", "/claims", {"/claims", "thumb menu"}),
        ("firm_admin", "/bookings/{booking_id}", {"/bookings", "thumb /bookings"}),
        ("firm_admin", "/instruments/{instrument_id}", {"/instruments", "thumb /instruments"}),
        ("owner_admin", "/desk/instruments/{instrument_id}/prices", {"/desk/instruments/", "thumb menu"}),
        ("finance", "/bureau/batches/{batch_id}", {"/bureau/batches/", "thumb /bureau/batches/"}),
    ],
)
def test_a_page_below_a_place_marks_that_place(app: Flask, client: FlaskClient, who: str, path: str, places: set[str]) -> None:
    world = a_world(app)
    signed_in(client, world.people[who])

    page = client.get(path.format(**world.values))

    assert page.status_code == 200
    assert _marked(page.text) == places


@pytest.mark.parametrize("path", ["/bookings", "/waiting", "/series", "/basket", "/quotations"])
def test_the_lists_around_bookings_have_the_same_tabs_and_mark_their_own(app: Flask, client: FlaskClient, path: str) -> None:
    signed_in(client, a_world(app).people["firm_admin"])

    tabs = client.get(path).text.partition('<nav class="subnav"')[2].partition("</nav>")[0]

    assert re.findall(r'href="([^"]+)"', tabs) == ["/bookings", "/waiting", "/series", "/basket", "/quotations"]
    assert re.findall(r'href="([^"]+)" aria-current="page"', tabs) == [path]


def test_a_heading_that_skips_a_rank_is_noticed_on_whole_pages_alone() -> None:
    page = "<!doctype html><h1>Inbox</h1><h3>A <b>request</b></h3><h4>below</h4><h2>next</h2>"

    assert skipped_headings(page) == ["h3 A request"]
    assert skipped_headings(page.removeprefix("<!doctype html>")) == []
