"""The ledger and an independent model are told the same random histories: the same answers, the same sums, 0 fen of drift (R06, R38)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine

import equipment_share.services.transaction  # noqa: F401 - its engine hooks begin SQLite's transactions
from equipment_share.models.base import db
from equipment_share.queries.ledger import mismatches
from tests.support.ledger_runner import KNOWN_REFUSALS, run

HISTORIES = 10_000 if os.environ.get("SLOW") else 300


def writing(url: str) -> Connection:
    """A connection that may write."""
    return create_engine(url).connect().execution_options(sqlite_begin="IMMEDIATE")


def test_the_ledger_answers_every_history_as_the_model_does_and_no_fen_drifts(app: Flask, engine_url: str) -> None:
    with writing(engine_url) as connection:
        told = run(connection, range(HISTORIES))
        connection.engine.dispose()

    assert told.differences == []
    assert told.commands > 55 * HISTORIES
    assert set(told.refused) == KNOWN_REFUSALS | {""}
    assert 0.3 < told.accepted / told.commands < 0.8
    db.session.rollback()
    assert mismatches() == []


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_both_engines_refuse_the_same_things_with_the_same_name(
    app: Flask, engine_url: str, templates: dict[str, str], tmp_path: Path
) -> None:
    shutil.copy(templates["sqlite"].removeprefix("sqlite:///"), tmp_path / "lite.db")
    answers = {}
    for name, url in (("sqlite", f"sqlite:///{tmp_path}/lite.db"), ("postgresql", engine_url)):
        with writing(url) as connection:
            answers[name] = run(connection, range(100)).answers
            connection.engine.dispose()

    assert len(answers["sqlite"]) > 5_500
    assert answers["sqlite"] == answers["postgresql"]
