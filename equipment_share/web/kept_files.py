"""A file that somebody handed in, on its way to whoever may see it."""

from __future__ import annotations

from flask import Response

from equipment_share.adapters.attachments import attachment
from equipment_share.models.instruments import StoredFile


def handed_out(stored: StoredFile) -> Response:
    """The file, always to be saved and never shown inside a page of ours."""
    answer = Response(stored.content, mimetype=stored.media_type)
    answer.headers["Content-Disposition"] = attachment(stored.name)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
