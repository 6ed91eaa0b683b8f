"""The parts together, while developing; in production there is no such page."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def test_every_part_stands_there_in_both_themes(app: Flask, client: FlaskClient) -> None:
    page = client.get("/styleguide").get_data(as_text=True)
    sheet = client.get("/styleguide/themes.css").get_data(as_text=True)

    assert page.count('<section class="part">') == 2 * 12
    assert (page.count("<h2><code>"), page.count("<small><code>")) == (0, 2 * 12)  # a part has a name in words, that of its macro beside it
    assert page.count('data-figure="gross">¥800.00') == 4
    assert sheet.count("--voucher: ") == 2
    assert ".theme-dark {" in sheet and "color-scheme: dark" in sheet


def test_in_production_it_is_not_there(app: Flask, client: FlaskClient) -> None:
    app.config["ENVIRONMENT"] = "production"

    assert [client.get(path).status_code for path in ("/styleguide", "/styleguide/themes.css")] == [404, 404]
