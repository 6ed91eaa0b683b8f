"""What a programme is called where only its code is at hand: asked once a page, and only by a page that says it."""

from __future__ import annotations

from flask import g

from equipment_share.queries.vouchers import names_of_programmes


def programme_called(code: str) -> str:
    """The name of a programme's newest published version; its code where it has none."""
    names: dict[str, str] = g.get("programme_names", {})
    if code not in names:
        names = g.programme_names = names_of_programmes()
    return names.get(code, code)
