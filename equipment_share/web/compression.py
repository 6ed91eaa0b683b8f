"""Static text travels compressed; pages do not, for they carry secrets beside what a visitor typed."""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

TEXTS = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")
LEAST = 500


def wire(app: Flask) -> None:
    """Look at every answer."""
    app.after_request(pack)


def pack(response: Response) -> Response:
    """A stylesheet, script or drawing, compressed for whoever takes it."""
    if request.endpoint != "static" or response.mimetype not in TEXTS:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or request.method != "GET" or not request.accept_encodings["gzip"] or request.range is not None:
        return response
    response.direct_passthrough = False
    whole = response.get_data()
    if len(whole) >= LEAST:
        response.set_data(_packed(whole))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("Accept-Ranges", None)
    return response


@lru_cache(maxsize=64)
def _packed(whole: bytes) -> bytes:
    return gzip.compress(whole, 9, mtime=0)
