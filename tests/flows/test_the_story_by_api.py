"""The example script tells the whole story through the API on the real server, on both engines."""

from __future__ import annotations

import importlib.util
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Role
from equipment_share.domain.periods import BUREAU_ZONE
from equipment_share.models.base import db
from equipment_share.queries.ledger import mismatches
from equipment_share.services.people.signin import make_token
from tests.builders import a_firm, a_programme, an_instrument, an_officer, an_owner
from tests.support.servers import serving

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "examples" / "story.py"


def story() -> Any:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("story", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_tells_the_story_and_every_figure_is_right(
    app: Flask, engine_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_programme()
    owner = an_owner()
    instrument = an_instrument(owner, hourly=40_000)
    cast = {
        "firm": a_firm(), "owner": owner, "clerk": an_officer(Role.BUREAU_CLERK), "reviewer": an_officer(Role.BUREAU_REVIEWER),
        "leader": an_officer(Role.BUREAU_LEADER), "finance": an_officer(Role.FINANCE),
    }  # fmt: skip
    parts = {name: make_token("story", ["read", "write"], days=None, by=user, at=now()) for name, user in cast.items()}
    parts["instrument"] = str(instrument.id)
    db.session.remove()
    clock = tmp_path / "clock"
    late = now().astimezone(BUREAU_ZONE).replace(hour=22, minute=30) + timedelta(days=1)
    clock.write_text(late.isoformat())  # the use begins at 23:00 and ends on another day

    def move(moment: datetime) -> None:
        clock.write_text(moment.isoformat())

    with serving(engine_url, {"CLOCK_FILE": str(clock)}) as base:
        story().tell(base, parts, move)

    told = capsys.readouterr().out
    assert "(80000, 40000, 40000)" in told
    assert "(60000, 30000, 30000)" in told
    assert mismatches() == []
