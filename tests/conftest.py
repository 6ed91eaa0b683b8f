"""Both engines for every test that touches tables; each test has a clean, migrated database of its own."""

from __future__ import annotations

import gc
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url
from werkzeug.test import TestResponse

from equipment_share.adapters import clock
from equipment_share.adapters.seal import set_audit_key
from equipment_share.app import create_app
from equipment_share.models.base import db
from equipment_share.models.grants import grants
from tests.support.browser import chromium
from tests.support.once import compile_once
from tests.support.postgres import KEEP, Shelf, on_server, throwaway_postgres
from tests.support.reading import skipped_headings
from tests.support.servers import serving

SECRETS = {"TESTING": True, "SECRET_KEY": "test", "AUDIT_KEY": "test", "RATE_LIMITS": "off", "WTF_CSRF_ENABLED": False, "HASHING": "cheap"}
ENGINES = ("sqlite", "postgresql")
LOGIN = "pool_app"
"""The login that an installation on PostgreSQL serves as; it owns nothing."""
SHARED = Path(os.environ.get("SHARED", Path(__file__).resolve().parents[2] / "shared"))

settings.register_profile("ci", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("slow", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("slow" if os.environ.get("SLOW") else "ci")


BOTH_ENGINES = ("tests/migrations/", "tests/models/", "tests/races/", "tests/flows/test_a_bookings_life.py",
                "tests/api/test_acceptance_money.py", "tests/api/test_acceptance_corrections.py")  # fmt: skip
"""What leans on the database itself: guards, locks, histories. The ordinary run tries all else on one engine each, the slow run on both."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long runs to `dev.py test --slow`; most tests run on one engine, half of them on either."""
    if os.environ.get("SLOW"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="long run: dev.py test --slow"))
    other = [item for item in items if not item.nodeid.startswith(BOTH_ENGINES) and _engine(item) not in ("", _engine_by_name(item))]
    config.hook.pytest_deselected(items=other)
    left_out = set(other)
    items[:] = [item for item in items if item not in left_out]


def _engine(item: pytest.Item) -> str:
    """The engine that the fixture was given; none where a test has no database or names its engines itself."""
    called = getattr(item, "callspec", None)
    named = any("engine_url" in mark.args[0] or "lasting_app" in mark.args[0] for mark in item.iter_markers("parametrize"))
    return "" if called is None or named else str(called.params.get("engine_url", called.params.get("lasting_app", "")))


def _engine_by_name(item: pytest.Item) -> str:
    bare = item.nodeid.replace("sqlite", "").replace("postgresql", "")
    return ENGINES[crc32(bare.encode()) % len(ENGINES)]


compile_once()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """One real PostgreSQL per worker."""
    with throwaway_postgres() as address:
        yield address


@pytest.fixture(scope="session")
def templates(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A migrated, empty database per engine, copied for each test."""
    folder = tmp_path_factory.mktemp("templates")
    name = f"t_{uuid.uuid4().hex[:12]}"
    on_server(postgres, f"CREATE DATABASE {name}")
    found = {"sqlite": f"sqlite:///{folder}/template.db", "postgresql": postgres.format(name=name)}
    for url in found.values():
        app = create_app({**SECRETS, "DATABASE_URL": url})
        with app.app_context():
            upgrade()
            db.engine.dispose()
    on_server(postgres, f"DO $$ BEGIN CREATE ROLE {LOGIN} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    for statement in (*grants(LOGIN, name), KEEP):
        on_server(postgres, statement, database=name)
    gc.collect()
    gc.freeze()  # what is here now stays to the end: no need to look through it after every test
    return {**found, "name": name}


@pytest.fixture(scope="session")
def shelf(postgres: str, templates: dict[str, str]) -> Shelf:
    """Clean databases on PostgreSQL."""
    return Shelf(postgres, templates["name"])


@contextmanager
def clean_database(engine: str, templates: dict[str, str], shelf: Shelf, folder: Path) -> Iterator[str]:
    """The address of a clean, migrated database."""
    if engine == "sqlite":
        target = folder / "test.db"
        for old in folder.glob("test.db*"):
            old.unlink()
        shutil.copy(templates["sqlite"].removeprefix("sqlite:///"), target)
        yield f"sqlite:///{target}"
        return
    yield shelf.address.format(name=shelf.lend())
    shelf.take_back()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where one SQLite file after another lies, always under the same address."""
    return tmp_path_factory.mktemp("lent")


@pytest.fixture(params=ENGINES)
def engine_url(request: pytest.FixtureRequest, templates: dict[str, str], shelf: Shelf, folder: Path) -> Iterator[str]:
    """The address of a clean, migrated database; twice, once per engine."""
    with clean_database(request.param, templates, shelf, folder) as url:
        yield url


@pytest.fixture(scope="module", params=ENGINES)
def lasting_app(
    request: pytest.FixtureRequest, postgres: str, templates: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An application whose database lasts for a module: for tests that only read, or roll back what they write."""
    with clean_database(request.param, templates, Shelf(postgres, templates["name"]), tmp_path_factory.mktemp("lasting")) as url:
        yield from _living(url)


@pytest.fixture
def as_login(engine_url: str) -> str:
    """The same database for the application's own login."""
    return make_url(engine_url).set(username=LOGIN, password=None).render_as_string(hide_password=False)


@pytest.fixture
def app(engine_url: str) -> Iterator[Flask]:
    """The application over a clean database, inside its context."""
    yield from _living(engine_url)


def _living(url: str) -> Iterator[Flask]:
    application = _application(url)
    set_audit_key(SECRETS["AUDIT_KEY"])
    clock.follow(None)
    found, settings = set(application.extensions), dict(application.config)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()
    application.config.clear()
    application.config.update(settings)  # what a test set for itself goes with it
    for name in set(application.extensions) - found:
        del application.extensions[name]


class StrictClient(FlaskClient):
    """A browser without a browser that takes what a real server would send: no letter that a header cannot hold, no heading that skips a rank."""

    def open(self, *args: Any, **more: Any) -> TestResponse:
        """One request."""
        answer = super().open(*args, **more)
        assert all(value.isascii() for value in answer.headers.values()), answer.headers
        if answer.mimetype == "text/html" and not answer.is_streamed:
            assert not (skipped := skipped_headings(answer.text)), f"{answer.request.path}: {skipped}"
        return answer


@cache
def _application(url: str) -> Flask:
    """One application an address: tests come one after another to the same few addresses."""
    app = create_app({**SECRETS, "DATABASE_URL": url})
    app.test_client_class = StrictClient
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a browser."""
    return app.test_client()


@pytest.fixture
def live_server(engine_url: str) -> Iterator[str]:
    """The real server over the test's database; fill the database before asking for it through `app`."""
    with serving(engine_url) as base:
        yield base


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real headless Chromium."""
    with chromium() as found:
        yield found
