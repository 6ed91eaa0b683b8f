"""Counts what the database is asked, so that a page cannot grow a question per row unnoticed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from equipment_share.models.base import db


@contextmanager
def questions() -> Iterator[list[str]]:
    """Every statement that goes to the database inside the block, in order."""
    asked: list[str] = []

    def heard(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", heard)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", heard)
