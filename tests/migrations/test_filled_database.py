"""A database that is in use is taken from every older version to the newest without a row or a fen lost."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from equipment_share.models.base import db
from equipment_share.queries.journal import chain_state
from equipment_share.queries.ledger import mismatches
from equipment_share.services.demo import load_demo
from tests.builders import NOW

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"
OLDEST_WITH_DATA = "0003"
NEWER = {"0004": ["column_mapping", "import_draft"], "0005": ["machine_use"], "0006": ["authorisation", "training_request"],
         "0007": ["calendar_link", "closure", "fault", "series", "series_date", "waiting"],
         "0008": ["adjustment", "answer_file", "eligibility_proof", "inspection", "inspection_line", "kept_report", "laboratory_run", "pro_rata_run",
                  "promise", "quotation"],
         "0010": ["favourite", "rating"], "0011": ["task"], "0012": ["account_change"]}  # fmt: skip
"""What each later version brings and its undo takes away."""


def _contents() -> dict[str, int]:
    """Rows by table, and the sum of all money."""
    tables = [name for name in inspect(db.engine).get_table_names() if name != "alembic_version" and name not in sum(NEWER.values(), [])]
    with db.engine.connect() as connection:
        found = {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in tables}
        for name in ("ledger_transfer.amount", "booking.gross", "claim.amount", "batch.total"):
            table, column = name.split(".")
            found[name] = int(connection.execute(text(f"SELECT coalesce(sum({column}), 0) FROM {table}")).scalar_one())
    return found


def test_a_year_in_use_goes_down_to_the_first_release_and_up_again_unharmed(app: Flask) -> None:
    load_demo(instruments=15, bookings=40, at=NOW + timedelta(days=70))
    db.session.remove()
    before = _contents()

    downgrade(revision=OLDEST_WITH_DATA)
    at_the_oldest = _contents()
    upgrade()

    assert before["booking"] > 20
    assert at_the_oldest == before == _contents()
    assert mismatches() == []
    assert chain_state().broken_at is None
    with pytest.raises(Exception, match="append_only"), db.engine.begin() as connection:
        connection.execute(text("DELETE FROM ledger_transfer"))


def test_every_step_can_be_taken_alone_in_both_directions(app: Flask) -> None:
    script = ScriptDirectory(str(VERSIONS.parent), version_locations=[str(VERSIONS)])
    revisions = [step.revision for step in script.walk_revisions()]
    db.session.remove()

    for revision in [*revisions[1:], "base"]:
        downgrade(revision=revision)
    empty = [name for name in inspect(db.engine).get_table_names() if name != "alembic_version"]
    for revision in reversed(revisions):
        upgrade(revision=revision)

    assert empty == []
    assert "booking" in inspect(db.engine).get_table_names()


def test_there_is_one_head_and_each_step_answers_the_operators_five_questions() -> None:
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))

    assert len(ScriptDirectory.from_config(config).get_heads()) == 1
    for path in sorted(VERSIONS.glob("*.py")):
        told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        missing = [word for word in ("Why:", "Data:", "Locks:", "Undo:", "Check:", "Revision:") if word not in told]
        assert missing == [], path.name
