"""The second reader gets the second reader's language: a page that was first shown in Chinese is whole in English."""

from __future__ import annotations

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from tests.builders import an_instrument, an_owner


@pytest.mark.parametrize("first", ["zh", "en"])
def test_words_of_constants_follow_the_reader_and_not_whoever_came_first(app: Flask, client: FlaskClient, first: str) -> None:
    instrument = an_instrument(an_owner())
    words = {"zh": ("已占用", "Occupied"), "en": ("Occupied", "已占用")}

    for language in (first, "en" if first == "zh" else "zh"):
        client.set_cookie("language", language)
        g.pop("_flask_babel", None)  # the test's own context outlives a request
        legend = client.get(f"/instruments/{instrument.id}").get_data(as_text=True).split('class="legend"')[1].split("</p>")[0]
        shown, hidden = words[language]
        assert shown in legend
        assert hidden not in legend
