"""Tells the same random histories to the reference ledger and to the real tables, and compares every answer and every sum."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from tests.support.ledger_model import FORBIDDEN, SUMS, Command, Ledger, Writer, street

AT = "2026-09-07 01:00:00"
COMMANDS = 60
INSERT = (
    "INSERT INTO ledger_transfer (dr_id, cr_id, amount, phase, of_id, programme_code, made_at, effective_at, reason) "
    "VALUES ({dr}, {cr}, {amount}, '{phase}', {of}, '{programme}', '" + f"{AT}', '{AT}', '') RETURNING id"
)
OPEN = (
    "INSERT INTO ledger_account (kind, key, bounded, programme_code, dr_pend, dr_post, cr_pend, cr_post, last_transfer_id) "
    "VALUES ('{kind}', '{key}', {bounded}, {programme}, 0, 0, 0, {born}, 0) RETURNING id"
)
BY_HAND = {
    "change a step": "UPDATE ledger_transfer SET amount = amount + 1 WHERE id = {step} RETURNING id",
    "remove a step": "DELETE FROM ledger_transfer WHERE id = {step} RETURNING id",
    "move a sum": "UPDATE ledger_account SET cr_post = cr_post + 1 WHERE id = {account} RETURNING id",
    "rename an account": "UPDATE ledger_account SET key = 'other' WHERE id = {account} RETURNING id",
    "give an account away": (
        "UPDATE ledger_account SET programme_code = 'other', cr_post = cr_post + {amount}, last_transfer_id = {step} WHERE id = {credited} RETURNING id"
    ),
    "remove an account": "DELETE FROM ledger_account WHERE id = {account} RETURNING id",
    "an account born rich": OPEN.format(kind="treasury", key="{name}/rich", bounded="true", programme="NULL", born=500),
    "an account twice": OPEN.format(kind="treasury", key="{name}", bounded="false", programme="NULL", born=0),
}
TRIED = """CREATE FUNCTION pg_temp.tried(wanted text, OUT key bigint, OUT said text) LANGUAGE plpgsql AS $$
BEGIN EXECUTE wanted INTO key; EXCEPTION WHEN integrity_constraint_violation THEN GET STACKED DIAGNOSTICS said = CONSTRAINT_NAME; END $$"""
"""One journey to PostgreSQL for a try with its savepoint, where three would be needed."""


@dataclass
class Told:
    """What came of many histories."""

    commands: int = 0
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """Every answer of the tables in order, for a comparison of engines."""


def refusal_name(said: str) -> str:
    """The name that a refusal carries, alike on both engines."""
    if "ledger_transfer.of_id" in said or "resolved_once" in said:
        return "resolved_once"
    if "ledger_account.kind" in said or "uq_ledger_account" in said:
        return "ledger_account_twice"
    return re.sub(r"^ck_ledger_(transfer|account)_", "", re.findall(r"\w+", said)[-1])


class Tables:
    """The real tables, written by plain SQL as any program with the login could."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.lite = connection.dialect.name == "sqlite"
        self.accounts: dict[str, int] = {}
        self.steps: list[tuple[int, int, int]] = []
        """Key, credited account and amount of each step, in the model's order."""

    def open(self, book: Ledger) -> None:
        """Every account of a history."""
        for name, account in book.accounts.items():
            programme = f"'{account['programme']}'" if account["programme"] else "NULL"
            facts = {"kind": account["kind"], "key": name, "bounded": str(account["bounded"]).lower(), "programme": programme, "born": 0}
            key, said = self._try(OPEN.format(**facts))
            assert not said, said
            self.accounts[name] = key

    def apply(self, c: Command) -> str:
        """Do it inside a savepoint; answers the name of what refused it, or an empty word."""
        if c.do != "step":
            step, name = self.steps[-1] if self.steps else (0, 0, 0), next(iter(self.accounts))
            facts = {"step": step[0], "credited": step[1], "amount": step[2], "account": self.accounts[name], "name": name}
            return self._try(BY_HAND[c.do].format(**facts))[1]
        of = "NULL" if c.of is None else self.steps[c.of][0]
        dr, cr = self.accounts[c.dr], self.accounts[c.cr]
        key, said = self._try(INSERT.format(dr=dr, cr=cr, amount=c.amount, phase=c.phase, of=of, programme=c.programme))
        if not said:
            self.steps.append((key, cr, c.amount))
        return said

    def _try(self, sql: str) -> tuple[int, str]:
        """The key of what was written, or the name of what refused it."""
        if not self.lite:
            key, said = self.connection.execute(text("SELECT key, said FROM pg_temp.tried(:sql)"), {"sql": sql}).one()
            return key or 0, refusal_name(said) if said else ""
        self.connection.exec_driver_sql("SAVEPOINT one")
        try:
            done = self.connection.exec_driver_sql(sql)
            key = done.scalar_one() if done.returns_rows else 0
        except DatabaseError as error:
            self.connection.exec_driver_sql("ROLLBACK TO one")
            return 0, refusal_name(str(error.orig))
        self.connection.exec_driver_sql("RELEASE one")
        return key, ""

    def sums(self) -> dict[str, dict[str, int]]:
        """Every stored sum of this history's accounts."""
        names = {key: name for name, key in self.accounts.items()}
        low, high = min(names), max(names)
        rows = self.connection.execute(
            text(f"SELECT id, {', '.join(SUMS)} FROM ledger_account WHERE id BETWEEN :low AND :high"), {"low": low, "high": high}
        )
        return {names[row[0]]: {name: int(row[position + 1]) for position, name in enumerate(SUMS)} for row in rows if row[0] in names}


def _possible(command: Command, tables: Tables) -> bool:
    """A write by hand on a step needs a step."""
    return not (command.do in ("change a step", "remove a step", "give an account away") and not tables.steps)


def history(connection: Connection, seed: int, told: Told, commands: int = COMMANDS) -> None:
    """One history of one seed: after each command both agree, in the end every sum is the same to the fen."""
    tag = f"H{seed}"
    book, tables = Ledger(), Tables(connection)
    street(book, tag)
    tables.open(book)
    writer = Writer(book, tag, random.Random(seed))
    for number in range(commands):
        command = writer.next()
        if not _possible(command, tables):
            continue
        expected, answer = book.apply(command), tables.apply(command)
        told.commands += 1
        told.answers.append(answer)
        told.refused[answer] += 1
        told.accepted += not answer
        if answer != expected:  # from here on the two tell different stories
            told.differences.append(f"{seed}/{number} {command}: the model says {expected or 'yes'}, the tables {answer or 'yes'}")
            return
    stored = tables.sums()
    told.differences += [f"{seed}: {name} is {stored.get(name)}, not {own}" for name, own in book.sums.items() if stored.get(name) != own]


def run(connection: Connection, seeds: range, *, stop: bool = False) -> Told:
    """Many histories side by side in one database, committed ten at a time; `stop` at the first difference."""
    told = Told()
    if connection.dialect.name != "sqlite":
        connection.execute(text(TRIED))
    for seed in seeds:
        history(connection, seed, told)
        if stop and told.differences:
            break
        if seed % 10 == 9:
            connection.commit()
    connection.commit()
    return told


KNOWN_REFUSALS = {
    "transfer_flow", "transfer_same_programme", "transfer_of_a_hold", "capture_exceeds_hold", "release_is_the_hold", "refund_of_a_capture",
    "amount", "of_when_needed", "resolved_once", "no_overspend", *FORBIDDEN.values(),
}  # fmt: skip
"""Every name that a history may meet; a good run meets them all."""
