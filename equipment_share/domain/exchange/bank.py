"""The bank's answer in the words of banks: heads, results, days and amounts as they come, in Chinese or English. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from equipment_share.domain.errors import Problem, invalid
from equipment_share.domain.money import Money

HEADS: Mapping[str, tuple[str, ...]] = {
    "line": ("line", "行", "行号", "序号"),
    "status": ("status", "result", "结果", "状态", "付款结果", "交易结果"),
    "paid_on": ("paid_on", "paid on", "付款日期", "交易日期", "日期"),
    "reference": ("reference", "流水号", "银行流水号", "交易流水号"),
    "amount_fen": ("amount_fen", "amount (fen)", "金额（分）"),
    "amount_yuan": ("amount_yuan", "amount (yuan)", "金额（元）", "金额"),
    "reason": ("reason", "why it failed", "失败原因", "原因", "备注"),
}
"""Our columns and the heads that mean them; brackets may be wide or narrow."""
NEEDED = ("line", "status", "paid_on", "reference")
AMOUNTS = ("amount_fen", "amount_yuan")
"""One of them is enough; where a file has both, the fen count."""
RESULTS: Mapping[str, str] = {
    "paid": "paid", "failed": "failed", "成功": "paid", "已拨付": "paid", "已付": "paid", "失败": "failed", "退汇": "failed",
}  # fmt: skip
_DAY = re.compile(r"(20[0-9]{2})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))(?:[T ][0-9:.]+)?")
_WHOLE = re.compile("-?[0-9]{1,15}")
_YUAN = re.compile(r"(-?)[¥￥]?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,13})(?:\.([0-9]{1,2}))?")


def columns(header: Iterable[str]) -> dict[str, str]:
    """Which head of a file stands for which column of ours.

    Units: none. Rounding: none.
    Raises: Invalid `required`, one problem a missing column, with what is missing and what was found.
    Source: docs/rules.md#bank-return
    """
    given = [head for head in header if head]
    known = {_plain(name): column for column, names in HEADS.items() for name in names}
    found: dict[str, str] = {}
    for head in given:
        if (column := known.get(_plain(head))) is not None:
            found.setdefault(column, head)
    missing = [column for column in NEEDED if column not in found]
    missing += [] if any(column in found for column in AMOUNTS) else ["amount_yuan"]
    if missing:
        raise invalid("required", missing[0] if missing[0] != "amount_yuan" else "amount_fen", missing=missing, found=given)
    return found


def _plain(head: str) -> str:
    return head.strip().casefold().replace("(", "（").replace(")", "）").replace(" ", "")


def result_of(text: str) -> str:
    """`paid` or `failed`; what is neither stays as it is and is refused by line.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#bank-return
    """
    return RESULTS.get(text.strip().casefold(), text)


def day_of(text: str) -> date | None:
    """A day as banks write it: `2026-11-27`, `2026/11/27`, `20261127`, with or without a time; none for nothing.

    Units: bureau days. Rounding: none.
    Raises: Invalid `not_a_date`.
    Source: docs/rules.md#bank-return
    """
    if not text:
        return None
    found = _DAY.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5])) if found else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise invalid("not_a_date", "paid_on")


def amount_of(text: str, column: str) -> Money:
    """An amount in fen or in yuan, as its column says.

    Units: whole fen out. Rounding: none; more than two decimals of a yuan are refused.
    Raises: Invalid `not_an_integer`, `not_an_amount`.
    Source: docs/rules.md#bank-return
    """
    if column == "amount_fen":
        if not (text.isascii() and _WHOLE.fullmatch(text)):
            raise invalid("not_an_integer", "amount_fen")
        return Money(int(text))
    found = _YUAN.fullmatch(text)
    if found is None or not text.replace("￥", "").replace("¥", "").isascii():
        raise invalid("not_an_amount", "amount_yuan")
    fen = int(found[2].replace(",", "")) * 100 + int(((found[3] or "") + "00")[:2])
    return Money(-fen if found[1] else fen)


def of_line(problem: Problem, line: str) -> Problem:
    """A problem that knows which line of the batch it is about.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#bank-return
    """
    return Problem(problem.code, problem.field, {"line": line, **problem.facts})
