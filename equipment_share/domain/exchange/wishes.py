"""A table of bookings: which columns it has. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from equipment_share.domain.errors import Invalid, Problem

COLUMNS = ("instrument", "mode", "start", "end", "samples", "purpose", "programmes", "urgent", "add_ons")
NEEDED = ("instrument", "start", "end")
_MOST_SHOWN = 60
"""So much of a title that is none of ours is told back."""


def check_columns(header: Iterable[str]) -> None:
    """Let a table be read whose columns are those of a wish: a title that nobody reads might be a condition that nobody keeps.

    Units: none. Rounding: none.
    Raises: Invalid `required` for each column that is missing, `unknown_field` for each that is none of ours.
    Source: docs/rules.md#exchange
    """
    given = [title for title in header if title]
    missing = [Problem("required", name) for name in NEEDED if name not in given]
    foreign = [Problem("unknown_field", title[:_MOST_SHOWN]) for title in given if title not in COLUMNS]
    if missing or foreign:
        raise Invalid([*missing, *foreign])
