"""A small world at the API's door: firms, owners, the bureau, one instrument at 400.00 an hour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from equipment_share.adapters import clock
from equipment_share.domain.access import Role
from equipment_share.models.base import db
from equipment_share.models.people import User
from tests.api.door import Door, at_instant
from tests.builders import NOW, a_firm, a_programme, an_instrument, an_officer, an_owner


@dataclass
class World:
    """Who is there."""

    app: Flask
    folder: Path
    people: dict[str, User]
    doors: dict[str, Door]
    instrument: str

    def __getattr__(self, name: str) -> Door:
        return self.doors[name]

    def at(self, moment: Any) -> None:
        """Move time."""
        at_instant(self.folder, moment)

    def questions(self, ask: Callable[[], object]) -> int:
        """How many statements an answer takes."""
        asked: list[str] = []

        def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            asked.append(statement)

        db.session.rollback()
        db.session.expunge_all()
        event.listen(db.engine, "before_cursor_execute", count)
        try:
            ask()
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
        return len(asked)

    def wish(self, start: str = "2026-09-08T10:00:00+08:00", end: str = "2026-09-08T12:00:00+08:00", **more: Any) -> dict[str, Any]:
        """A wish for guided use."""
        return {"instrument": self.instrument, "mode": "guided", "start": start, "end": end, **more}

    def booked(self, **more: Any) -> dict[str, Any]:
        """A fresh booking of the firm."""
        answer = self.firm.post("/bookings", self.wish(**more))
        assert answer.status_code == 201, answer.text
        return answer.json  # type: ignore[no-any-return]


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> Iterator[World]:
    at_instant(tmp_path, NOW)
    a_programme()
    people: dict[str, User] = {"firm": a_firm(), "rival": a_firm(), "owner": an_owner(), "stranger": an_owner()}
    for role in (Role.BUREAU_CLERK, Role.BUREAU_REVIEWER, Role.BUREAU_LEADER, Role.FINANCE, Role.AUDITOR):
        people[role.value.removeprefix("bureau_")] = an_officer(role)
    people["closer"] = an_officer(Role.BUREAU_REVIEWER)
    doors = {name: Door(app, person) for name, person in people.items()} | {"visitor": Door(app)}
    instrument = an_instrument(people["owner"], hourly=40_000)
    yield World(app, tmp_path, people, doors, str(instrument.id))
    clock.follow(None)
