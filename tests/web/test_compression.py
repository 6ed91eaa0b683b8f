"""Static text travels compressed and says so; a reader that cannot take it gets the same bytes plain."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_the_stylesheet_is_the_same_packed_and_plain_and_pages_stay_plain(app: Flask, client: FlaskClient) -> None:
    takes = {"Accept-Encoding": "gzip, br"}

    packed, plain = client.get("/static/style.css", headers=takes), client.get("/static/style.css")
    again = client.get("/static/style.css", headers={**takes, "If-None-Match": packed.headers["ETag"]})
    page = client.get("/help", headers=takes)

    assert gzip.decompress(packed.data) == plain.data
    assert (packed.headers["Content-Encoding"], int(packed.headers["Content-Length"])) == ("gzip", len(packed.data))
    assert len(packed.data) * 3 < len(plain.data)
    assert ("Content-Encoding" in plain.headers, "Content-Encoding" in page.headers) == (False, False)
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert again.status_code == 304
