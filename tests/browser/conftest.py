"""One small town a session: served once, walked through once, looked at by every test of this folder that wants pages filled."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from equipment_share.app import create_app
from tests.support.eyes import Reader
from tests.support.pages import Example, Pages, find, roles_in_turn
from tests.support.servers import serving
from tests.support.town import build_town


@dataclass
class Town:
    """Where it is served, and its pages."""

    base: str
    pages: Pages
    states: list[Example]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The served town."""
    url, settings, states = build_town(tmp_path_factory.mktemp("town"))
    app = create_app({**settings, "DATABASE_URL": url})
    with serving(url, settings) as base:
        yield Town(base, Pages(app), states)


@pytest.fixture(scope="session")
def found(town: Town, browser: Any) -> dict[str, dict[str, str]]:
    """Every page by the role that found it; in the slow run by every role."""

    def walk(role: str) -> dict[str, str]:
        reader = Reader(browser, town.base, role, "zh")
        paths = find(town.pages, role, reader.window.request, town.base)
        reader.close()
        return paths

    return roles_in_turn(town.pages, walk, town.states, everybody=bool(os.environ.get("SLOW")))
