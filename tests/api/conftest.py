"""A small world at the API's door: firms, owners, the bureau, one instrument at 400.00 an hour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, make_url

from equipment_share.adapters import clock
from equipment_share.app import create_app
from equipment_share.domain.access import Role
from equipment_share.models.base import db
from equipment_share.models.people import User
from tests.api.door import Door, at_instant
from tests.builders import NOW, a_firm, a_programme, an_instrument, an_officer, an_owner
from tests.conftest import ENGINES, SECRETS, clean_database
from tests.support.postgres import Shelf
from tests.support.worlds import Worlds, settle


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


@dataclass(frozen=True)
class Kept:
    """What a test has to know about a world that was made before."""

    people: dict[str, int]
    keys: dict[str, str]
    instrument: str


def make_world(url: str, folder: Path) -> Kept:
    """Fill a database."""
    app = create_app({**SECRETS, "DATABASE_URL": url})
    with app.app_context():
        at_instant(folder, NOW)
        a_programme()
        people: dict[str, User] = {"firm": a_firm(), "rival": a_firm(), "owner": an_owner(), "stranger": an_owner()}
        for role in (Role.BUREAU_CLERK, Role.BUREAU_REVIEWER, Role.BUREAU_LEADER, Role.FINANCE, Role.AUDITOR):
            people[role.value.removeprefix("bureau_")] = an_officer(role)
        people["closer"] = an_officer(Role.BUREAU_REVIEWER)
        keys = {name: Door(app, person).key for name, person in people.items()}
        instrument = an_instrument(people["owner"], hourly=40_000)
        kept = Kept({name: person.id for name, person in people.items()}, keys, str(instrument.id))
        settle()
        clock.follow(None)
    return kept


@pytest.fixture(scope="session")
def worlds(postgres: str, templates: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    """The world, ready to be copied."""
    kept_in = tmp_path_factory.mktemp("worlds")
    return Worlds(postgres, templates, kept_in, lambda url: make_world(url, kept_in))


@pytest.fixture(params=ENGINES)
def engine_url(request: pytest.FixtureRequest, worlds: Worlds, templates: dict[str, str], shelf: Shelf, folder: Path) -> Iterator[str]:
    """The address of a copy of the world where a test asks for it, of a clean database where it does not; twice, once per engine."""
    with worlds.lent(request.param) if "world" in request.fixturenames else clean_database(request.param, templates, shelf, folder) as url:
        yield url


@pytest.fixture
def world(app: Flask, engine_url: str, worlds: Worlds, tmp_path: Path) -> Iterator[World]:
    kept = worlds.told[make_url(engine_url).get_backend_name()]
    at_instant(tmp_path, NOW)
    people = {name: db.session.get_one(User, key) for name, key in kept.people.items()}
    doors = {name: Door(app, key=key) for name, key in kept.keys.items()} | {"visitor": Door(app)}
    yield World(app, tmp_path, people, doors, kept.instrument)
    clock.follow(None)
