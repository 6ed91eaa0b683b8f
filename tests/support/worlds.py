"""A world made once for each engine, and laid under every test that wants it: its rows are copied, its use cases not done again."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from equipment_share.models.base import db
from tests.support.postgres import KEEP, Shelf, on_server

Makes = Callable[[str], Any]
"""Fills the database of an address, and answers what a test has to know about it."""


@dataclass
class Worlds:
    """Filled databases to copy, one an engine, each made when it is first asked for."""

    address: str
    templates: dict[str, str]
    folder: Path
    make: Makes
    told: dict[str, Any] = field(default_factory=dict)
    """What is known about the world of an engine, once it is made."""
    shelf: Shelf | None = None

    @contextmanager
    def lent(self, engine: str) -> Iterator[str]:
        """The address of a copy."""
        if engine == "sqlite":
            yield self._copied()
            return
        shelf = self._shelved()
        yield self.address.format(name=shelf.lend())
        shelf.take_back()

    def _copied(self) -> str:
        filled = self.folder / "world.db"
        if "sqlite" not in self.told:
            shutil.copy(self.templates["sqlite"].removeprefix("sqlite:///"), filled)
            self.told["sqlite"] = self.make(f"sqlite:///{filled}")
        for old in self.folder.glob("test.db*"):
            old.unlink()
        shutil.copy(filled, self.folder / "test.db")
        return f"sqlite:///{self.folder / 'test.db'}"

    def _shelved(self) -> Shelf:
        if self.shelf is None:
            name = f"w_{uuid.uuid4().hex[:12]}"
            on_server(self.address, f"CREATE DATABASE {name} TEMPLATE {self.templates['name']} STRATEGY FILE_COPY")
            self.told["postgresql"] = self.make(self.address.format(name=name))
            for statement in ("DROP SCHEMA kept CASCADE", KEEP):
                on_server(self.address, statement, database=name)
            self.shelf = Shelf(self.address, name)
        return self.shelf


def settle() -> None:
    """Let go of a filled database, with everything in its file, so that it can be copied."""
    db.session.remove()
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    db.engine.dispose()
