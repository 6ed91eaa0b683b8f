"""The bureau's overview over one lived quarter: what is left, how long it lasts, what was spent and paid month by month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters.clock import follow
from tests.api.door import at_instant
from tests.builders import local
from tests.support.counting import questions
from tests.support.people import signed_in
from tests.support.quarter import a_quarter
from tests.support.reading import figures

MONTH_END = local("2026-09-30 12:00")


@pytest.fixture
def at_the_months_end(app: Flask, tmp_path: Path) -> Iterator[None]:
    """The last noon of the quarter."""
    at_instant(tmp_path, MONTH_END)
    yield
    follow(None)


@pytest.mark.usefixtures("at_the_months_end")
def test_the_overview_tells_what_the_burn_down_tells(app: Flask, client: FlaskClient) -> None:
    people = a_quarter().people
    people["bureau_leader"].language = "en"
    signed_in(client, people["bureau_leader"])

    with questions() as asked:
        page = client.get("/bureau").text

    found = figures(page)
    assert (found["left"], found["paid"], found["runs-out"]) == ("¥999,200.00", "¥500.00", "—")
    overview = page[page.index("What is left") :]
    month = re.findall(
        r'<th scope="row">2026-09</th>\s*<td class="n" data-value="([^"]*)">[^<]*</td>\s*<td class="n" data-value="([^"]*)">', page
    )
    assert month[:2] == [("999200.00", "999200.00"), ("800.00", "500.00")]
    ahead = re.findall(r'<th scope="row">2026-12</th>(.*?)</tr>', overview, re.DOTALL)[0]
    assert re.findall(r'data-value="([^"]*)"', ahead) == ["", "998382.22", "996746.66", "998791.11"]
    assert len(asked) <= 50, "\n".join(asked)
