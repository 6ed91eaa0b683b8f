"""Words travel small: pages, figures and files of text are squeezed for whoever reads gzip."""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

TEXTS = ("text/", "application/json", "application/problem+json", "application/javascript", "image/svg+xml")
WORTH = 860
"""Below this many bytes an answer fits into one packet anyway."""
QUICK, SMALL = 5, 9


def wire(app: Flask) -> None:
    """Squeeze last, when an answer has its words and its tag."""
    app.after_request(squeeze)


def squeeze(answer: Response) -> Response:
    """The same answer in fewer bytes; streams, parts of files and what is squeezed already go as they are.

    The lengths of pages betray nothing to other sites: the cookie is SameSite, so they cannot ask in somebody's name.
    """
    if not (answer.mimetype or "").startswith(TEXTS):
        return answer
    answer.vary.add("Accept-Encoding")
    is_file = request.endpoint == "static"
    whole = answer.status_code not in (204, 206, 304) and "Content-Encoding" not in answer.headers
    if not whole or request.method == "HEAD" or not request.accept_encodings["gzip"] or (answer.is_streamed and not is_file):
        return answer
    answer.direct_passthrough = False
    data = answer.get_data()
    if len(data) < WORTH:
        return answer
    answer.set_data(_once(data) if is_file else gzip.compress(data, QUICK, mtime=0))
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers.pop("Accept-Ranges", None)
    tag, _ = answer.get_etag()
    if tag:
        answer.set_etag(tag, weak=True)  # the same words, other bytes
    return answer


@lru_cache(maxsize=32)
def _once(data: bytes) -> bytes:
    """A file of the house, as small as it gets; each process does it once."""
    return gzip.compress(data, SMALL, mtime=0)
