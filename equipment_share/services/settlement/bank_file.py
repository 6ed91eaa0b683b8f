"""Building block: the bank's return file into answers, row by row."""

from __future__ import annotations

import re
from collections.abc import Mapping

from equipment_share.adapters.tables import Row, read_table
from equipment_share.domain.errors import Invalid, Problem, invalid
from equipment_share.domain.exchange.bank import AMOUNTS, amount_of, columns, day_of, of_line, result_of
from equipment_share.services.settlement.bank_return import BankAnswer

_WHOLE = re.compile("-?[0-9]{1,15}")
MOST_REASON = 200


def bank_answers(data: bytes, name: str) -> tuple[list[BankAnswer], list[tuple[int, Problem]]]:
    """The answers of a bank file, and the rows that could not be read.

    Raises: Invalid when it is no table or lacks a column.
    """
    table = read_table(data, name or "return.csv")
    heads = columns(table.header)
    answers, unread = [], []
    for row in table.rows:
        try:
            answers.append(_answer(row, heads))
        except Invalid as refusal:
            unread.append((row.number, of_line(refusal.problems[0], row.cells[heads["line"]].strip())))
    return answers, unread


def _answer(row: Row, heads: Mapping[str, str]) -> BankAnswer:
    cells = {column: row.cells[head].strip() for column, head in heads.items()}
    if not (cells["line"].isascii() and _WHOLE.fullmatch(cells["line"])):
        raise invalid("not_an_integer", "line")
    in_fen_or_yuan = next(column for column in AMOUNTS if column in heads)
    amount = amount_of(cells[in_fen_or_yuan], in_fen_or_yuan)
    paid_on = day_of(cells["paid_on"])
    if len(cells["reference"]) > 60:
        raise invalid("too_long_text", "reference")
    reason = cells.get("reason", "")[:MOST_REASON]
    return BankAnswer(row.number, int(cells["line"]), result_of(cells["status"]), paid_on, cells["reference"], amount, reason)
