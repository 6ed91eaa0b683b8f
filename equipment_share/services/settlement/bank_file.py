"""Building block: the bank's return file into answers, row by row."""

from __future__ import annotations

import re
from datetime import date

from equipment_share.adapters.tables import Row, read_table
from equipment_share.domain.errors import Invalid, Problem, invalid
from equipment_share.domain.money import Money
from equipment_share.services.settlement.bank_return import BankAnswer

COLUMNS = ("line", "status", "paid_on", "reference", "amount_fen")
_WHOLE = re.compile("-?[0-9]{1,15}")


def bank_answers(data: bytes, name: str) -> tuple[list[BankAnswer], list[tuple[int, Problem]]]:
    """The answers of a bank file, and the rows that could not be read.

    Raises: Invalid when it is no table or lacks a column.
    """
    table = read_table(data, name or "return.csv")
    if missing := [column for column in COLUMNS if column not in table.header]:
        raise invalid("required", missing[0])
    answers, unread = [], []
    for row in table.rows:
        try:
            answers.append(_answer(row))
        except Invalid as refusal:
            unread.append((row.number, refusal.problems[0]))
    return answers, unread


def _answer(row: Row) -> BankAnswer:
    cells = {name: row.cells[name].strip() for name in COLUMNS}
    for name in ("line", "amount_fen"):
        if not (cells[name].isascii() and _WHOLE.fullmatch(cells[name])):
            raise invalid("not_an_integer", name)
    try:
        paid_on = date.fromisoformat(cells["paid_on"]) if cells["paid_on"] else None
    except ValueError:
        raise invalid("not_a_date", "paid_on") from None
    if len(cells["reference"]) > 60:
        raise invalid("too_long_text", "reference")
    return BankAnswer(row.number, int(cells["line"]), cells["status"], paid_on, cells["reference"], Money(int(cells["amount_fen"])))
