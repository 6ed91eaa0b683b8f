"""Lists in pages: an opaque cursor that names where the last page ended, and a total only on request."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from equipment_share.api.fields import Field
from equipment_share.api.kinds import Integer, Kind, Schema, Switch
from equipment_share.domain.errors import invalid

T = TypeVar("T")
MOST = 200
USUAL = 50


@dataclass(frozen=True)
class Cursor(Kind):
    """Where the last page ended; made by this door and read by nobody else."""

    def read(self, value: object, at: str) -> str:
        """What the cursor hides. Raises: Invalid `bad_cursor`."""
        text = value if isinstance(value, str) and len(value) <= 400 else ""
        try:
            return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
        except (ValueError, binascii.Error):
            raise invalid("bad_cursor", at) from None

    def schema(self) -> Schema:
        """Opaque text."""
        return {"type": "string", "maxLength": 400}


class IdCursor(Cursor):
    """A cursor that hides the last id."""

    def read(self, value: object, at: str) -> Any:
        """The id. Raises: Invalid `bad_cursor`."""
        inside = super().read(value, at)
        if not (inside.isascii() and inside.isdigit() and 0 < len(inside) <= 18):
            raise invalid("bad_cursor", at)
        return int(inside)


def cursor(inside: object) -> str:
    """The opaque text of a cursor."""
    return base64.urlsafe_b64encode(str(inside).encode()).decode().rstrip("=")


PAGE = (
    Field("limit", Integer(1, MOST), default=USUAL, means="How many at most."),
    Field("cursor", IdCursor(), means="`next` of the page before."),
    Field("total", Switch(), default=False, means="1: count them all, too."),
)
"""The three parameters of every list that is paged by id."""


def page(
    rows: Sequence[T], limit: int, shape: Callable[[Sequence[T]], list[Any]], key: Callable[[T], object], total: int | None
) -> dict[str, Any]:
    """One page out of `limit + 1` rows: the extra row only tells that there is more."""
    shown = rows[:limit]
    more = cursor(key(shown[-1])) if len(rows) > limit and shown else None
    return {"items": shape(shown), "next": more} | ({"total": total} if total is not None else {})
