"""The ledger and an independent model are told the same random histories: the same answers, the same sums, 0 fen of drift (R06, R38)."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DatabaseError

import equipment_share.services.transaction  # noqa: F401 - its engine hooks begin SQLite's transactions
from equipment_share.models.base import db
from equipment_share.queries.ledger import mismatches
from tests.support.ledger_model import Command, Ledger, street
from tests.support.ledger_runner import INSERT, KNOWN_REFUSALS, TRIED, Tables, refusal_name, run

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


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_two_refunds_of_one_capture_at_once_never_give_back_more_than_it(app: Flask, engine_url: str) -> None:
    book = Ledger()
    street(book, "R")
    with writing(engine_url) as first, writing(engine_url) as second:
        first.execute(text(TRIED))
        tables = Tables(first)
        tables.open(book)
        road = [
            ("treasury", "programme", "direct"),
            ("programme", "voucher0", "direct"),
            ("voucher0", "payable0", "hold"),
            ("voucher0", "payable0", "capture"),
        ]
        for dr, cr, phase in road:
            names = ["R:treasury" if side == "treasury" else f"RA:{side}" for side in (dr, cr)]
            assert tables.apply(Command("step", *names, 100, phase, 2 if phase == "capture" else None, "RA")) == ""
        first.commit()
        back = INSERT.format(
            dr=tables.accounts["RA:payable0"],
            cr=tables.accounts["RA:voucher0"],
            amount=60,
            phase="refund",
            of=tables.steps[3][0],
            programme="RA",
        )
        said: list[str] = []

        def other() -> None:
            try:
                second.exec_driver_sql(back)
            except DatabaseError as error:
                said.append(refusal_name(error.orig.diag.constraint_name))

        first.exec_driver_sql(back)
        waiting = threading.Thread(target=other)
        waiting.start()
        waiting.join(1)
        assert waiting.is_alive()
        first.commit()
        waiting.join(30)

    assert said == ["refund_of_a_capture"]
