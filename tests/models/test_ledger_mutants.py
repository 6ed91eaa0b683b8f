"""Each law of the ledger is taken away once, and the histories notice every time: the check can see (R07)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DatabaseError

from equipment_share.models.base import db
from equipment_share.models.guarding import Guard
from equipment_share.models.guards import append_only, street, sums_follow
from tests.support.ledger_runner import AT, run

LAWS = (
    "transfer_flow", "transfer_same_programme", "transfer_of_a_hold", "capture_exceeds_hold", "release_is_the_hold", "refund_of_a_capture",
)  # fmt: skip
Change = Callable[[str], str]


def _again(guard: Guard, change: Change) -> Callable[[Connection], None]:
    """The guard is put up once more with its text changed; the change must change something."""

    def mutate(connection: Connection) -> None:
        dialect = connection.dialect.name
        before = list(guard.statements(dialect))
        after = [change(statement) for statement in before]
        assert before != after
        for statement in (*guard.undo(dialect), *after):
            connection.exec_driver_sql(statement)

    return mutate


def _without_law(name: str) -> Change:
    lite = re.compile(rf" SELECT RAISE\(ABORT, '{name}'\)[^;]*;")
    pg = re.compile(rf" IF EXISTS [^;]*? THEN RAISE EXCEPTION '{name}'[^;]*; END IF;")

    def change(statement: str) -> str:
        if "_check BEFORE INSERT" in statement and "RAISE" not in statement:
            return statement
        return pg.sub("", lite.sub("", statement))

    return change


def _side_stays(side: str) -> Change:
    return lambda statement: re.sub(rf"UPDATE ledger_account SET {side}_pend[^;]*;", "SELECT 1;" if "RAISE" in statement else "", statement)


def _said(old: str, new: str) -> Change:
    return lambda statement: statement.replace(old, new)


def _drops(*, sqlite: str, postgresql: str) -> Callable[[Connection], None]:
    def mutate(connection: Connection) -> None:
        connection.exec_driver_sql(sqlite if connection.dialect.name == "sqlite" else postgresql)

    return mutate


def _unchecked(table: str, name: str, condition: str) -> Callable[[Connection], None]:
    """A constraint of a table is taken away; SQLite cannot, so its stored text is changed."""

    def mutate(connection: Connection) -> None:
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")
            return
        connection.exec_driver_sql("PRAGMA writable_schema = ON")
        told = {"table": table, "old": condition, "new": f"1 OR {condition}"}
        done = connection.execute(text("UPDATE sqlite_schema SET sql = replace(sql, :old, :new) WHERE name = :table"), told)
        assert done.rowcount == 1
        assert told["new"] in connection.execute(text("SELECT sql FROM sqlite_schema WHERE name = :table"), told).scalar_one()

    return mutate


_hand, _steps, _sums = "account_moved_by_hand", append_only("ledger_transfer"), sums_follow()
NO_OVERSPEND = ("ledger_account", "no_overspend", "NOT bounded OR dr_post + dr_pend <= cr_post")
AMOUNT = ("ledger_transfer", "amount", "amount BETWEEN 0 AND 1000000000000 AND (amount > 0 OR phase = 'capture')")
OF = ("ledger_transfer", "of_when_needed", "(of_id IS NULL) = (phase IN ('direct', 'hold'))")
MUTANTS: dict[str, Callable[[Connection], None]] = {
    **{f"no {law}": _again(street(), _without_law(law)) for law in LAWS},
    "the debit side stays": _again(street(), _side_stays("dr")),
    "the credit side stays": _again(street(), _side_stays("cr")),
    "a hold sets nothing aside": _again(street(), _said("WHEN 'hold' THEN NEW.amount", "WHEN 'hold' THEN 0")),
    "a capture frees only itself": _again(
        street(),
        lambda s: re.sub(r"WHEN 'capture' THEN -\(SELECT.*?\) WHEN 'release'", "WHEN 'capture' THEN -NEW.amount WHEN 'release'", s),
    ),
    "a release frees nothing": _again(
        street(), lambda s: re.sub(r"WHEN 'release' THEN -\(SELECT.*?\) ELSE", "WHEN 'release' THEN 0 ELSE", s)
    ),
    "a refund is not posted": _again(
        street(), _said("IN ('direct', 'capture', 'refund') THEN NEW.amount", "IN ('direct', 'capture') THEN NEW.amount")
    ),
    "a transfer may be counted again": _again(street(), _said("last_transfer_id = NEW.id", "last_transfer_id = 0")),
    "unbounded accounts are moved": _again(street(), _said(" AND bounded;", ";")),
    "a payee may be paid past the batch": _again(
        street(), _said("'payable>batch:direct'", "'payable>batch:direct', 'payable>paid:direct'")
    ),
    "steps may be changed": _drops(
        sqlite=f"DROP TRIGGER {_steps.name}_update", postgresql="DROP TRIGGER ledger_transfer_append_only_rows ON ledger_transfer"
    ),
    "steps may be removed": _drops(
        sqlite=f"DROP TRIGGER {_steps.name}_delete", postgresql="DROP TRIGGER ledger_transfer_append_only_rows ON ledger_transfer"
    ),
    "sums may be moved": _again(
        _sums, lambda s: s.replace("BEFORE UPDATE ON", "BEFORE UPDATE OF id ON").replace("'UPDATE' AND (", "'UPDATE' OR (")
    ),
    "an account may be given away": _again(_sums, lambda s: re.sub(r"OLD\.bounded AND .*?(?=NEW\.last_transfer_id >)", "", s)),
    "accounts are born rich": _again(_sums, _said("NEW.cr_post <> 0 OR", "")),
    "accounts may be removed": _drops(sqlite=f"DROP TRIGGER {_hand}_delete", postgresql=f"DROP TRIGGER {_hand}_rows ON ledger_account"),
    "a voucher may be overspent": _unchecked(*NO_OVERSPEND),
    "any amount": _unchecked(*AMOUNT),
    "a step without its cause": _unchecked(*OF),
    "a hold is resolved twice": _drops(
        sqlite="DROP INDEX uq_ledger_transfer_resolved_once", postgresql="DROP INDEX uq_ledger_transfer_resolved_once"
    ),
}


def test_every_law_of_the_ledger_has_a_mutant() -> None:
    assert len(MUTANTS) == 25


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_histories_notice_that_a_law_is_gone(app: Flask, engine_url: str, mutant: str) -> None:
    engine = create_engine(engine_url)
    with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection:
        MUTANTS[mutant](connection)
        connection.commit()
    engine.dispose()

    with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection:
        told = run(connection, range(40), stop=True)
    engine.dispose()

    assert len(told.differences) >= 1


SECOND_LINE = [
    ("two_sides", street(), _without_law("transfer_flow"), f"INSERT INTO ledger_transfer (dr_id, cr_id, amount, phase, programme_code, made_at, effective_at, reason) VALUES (1, 1, 5, 'direct', 'X', '{AT}', '{AT}', '')"),
    ("sums_not_negative", _sums, None, "UPDATE ledger_account SET dr_post = -5 WHERE id = 1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "first", "change", "sql"), SECOND_LINE, ids=[row[0] for row in SECOND_LINE])
def test_behind_a_law_that_is_gone_stands_a_second_one(app: Flask, name: str, first: Guard, change: Change | None, sql: str) -> None:
    account = (
        "INSERT INTO ledger_account (id, kind, key, bounded, dr_pend, dr_post, cr_pend, cr_post, last_transfer_id) "
        "VALUES (1, 'treasury', 'T', false, 0, 0, 0, 0, 0)"
    )
    with db.engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection:
        connection.exec_driver_sql(account)
        if change is None:
            for statement in first.undo(connection.dialect.name):
                connection.exec_driver_sql(statement)
        else:
            _again(first, change)(connection)

        with pytest.raises(DatabaseError) as refusal:
            connection.exec_driver_sql(sql)

    assert name in str(refusal.value)
