"""Answers travel squeezed to whoever reads gzip, and as they are to everybody else."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

GZIP = {"Accept-Encoding": "br, gzip"}
pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("path", ["/instruments", "/help", "/static/style.css", "/static/app.js", "/api/v1/openapi.json"])
def test_text_is_squeezed_and_reads_the_same(client: FlaskClient, path: str) -> None:
    plain = client.get(path)
    small = client.get(path, headers=GZIP)

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 2
    assert len(gzip.decompress(small.data)) == len(plain.data)
    assert "Accept-Encoding" in plain.vary
    assert "Accept-Encoding" in small.vary


def test_a_file_that_is_known_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/static/style.css", headers=GZIP)

    again = client.get("/static/style.css", headers={**GZIP, "If-None-Match": first.headers["ETag"]})

    assert first.headers["ETag"].startswith('W/"')
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/static/style.css", {"Accept-Encoding": "gzip;q=0"}),
        ("/static/style.css", {**GZIP, "Range": "bytes=0-2000"}),
        ("/healthz", GZIP),
    ],
)
def test_what_gains_nothing_goes_as_it_is(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    answer = client.get(path, headers=headers)

    assert "Content-Encoding" not in answer.headers
    assert int(answer.headers["Content-Length"]) == len(answer.data) > 0


def test_pictures_are_left_alone(app: Flask, client: FlaskClient) -> None:
    @app.get("/picture")
    def picture() -> tuple[bytes, dict[str, str]]:
        return b"0" * 5000, {"Content-Type": "image/png"}

    answer = client.get("/picture", headers=GZIP)

    assert answer.data == b"0" * 5000
    assert "Accept-Encoding" not in answer.vary
