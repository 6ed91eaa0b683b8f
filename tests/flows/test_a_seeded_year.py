"""A seeded year through the API alone: every quarter closes, every report balances to the fen, the books and an independent checker agree."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from equipment_share.adapters import clock
from equipment_share.domain.ledger import AccountKind
from equipment_share.queries.journal import chain_state
from equipment_share.queries.ledger import account, balance
from tests.support.checker import faults
from tests.support.year import PROGRAMMES, QUARTERS, Year

SLOW = bool(os.environ.get("SLOW"))
USES = 5_000 if SLOW else 200
ENGINES = ["sqlite", "postgresql"] if SLOW else ["sqlite"]


@pytest.fixture
def year(app: Flask, tmp_path: Path) -> Iterator[Year]:
    """A year that is about to begin."""
    yield Year(app, tmp_path, seed=2026, uses=USES)
    clock.follow(None)


@pytest.mark.parametrize("engine_url", ENGINES, indirect=True)
def test_four_quarters_close_to_the_fen(year: Year, app: Flask, tmp_path: Path) -> None:
    tally = year.live()

    runner = app.test_cli_runner()
    assert tally.uses == USES
    assert tally.claims > USES // 2
    assert {code for code, _ in tally.paid} == set(PROGRAMMES)
    assert {period for _, period in tally.paid} == {period for period, _ in QUARTERS}
    assert tally.failed_lines >= 1
    for code in PROGRAMMES:
        paid = sum(amount for (own, _), amount in tally.paid.items() if own == code)
        assert balance(account(AccountKind.PAID, code).id).fen == paid
    assert runner.invoke(args=["ledger", "verify"]).exit_code == 0
    assert chain_state().broken_at is None
    kept = runner.invoke(args=["report", "verify"])
    assert (kept.exit_code, kept.output) == (0, f"{8 * len(tally.paid)} kept reports made again, the same bytes\n")
    assert runner.invoke(args=["ledger", "dump", str(tmp_path / "dump.json")]).exit_code == 0
    assert faults(json.loads((tmp_path / "dump.json").read_text(encoding="utf-8")), "test") == []
