"""The bureau's list of vouchers: found by number or firm, narrowed by state, programme and end, with the count of each choice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.proofs import WARNED_DAYS
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.base import db
from equipment_share.models.people import Organisation
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.vouchers import VoucherRow, with_figures

WAITS = frozenset({VoucherState.APPLIED, VoucherState.CHECKED, VoucherState.FROZEN})
"""Where a voucher waits for somebody's hand."""
ENDS = ("soon", "later", "over")
"""Within the days of warning, after them, and gone by."""


@dataclass(frozen=True)
class Wanted:
    """Which vouchers a list shows; what is empty narrows nothing."""

    q: str = ""
    states: frozenset[VoucherState] = frozenset()
    programme: str = ""
    ends: str = ""


@dataclass(frozen=True)
class Counted:
    """How many vouchers each choice would show, the other choices kept."""

    states: Counter[str]
    programmes: Counter[str]
    ends: Counter[str]
    found: int

    @property
    def waiting(self) -> int:
        """How many of them wait for somebody."""
        return sum(self.states[state] for state in WAITS)


def counted_vouchers(by: Actor, wanted: Wanted, *, on: date) -> Counted:
    """The counts beside the filters; one question.

    Raises: Forbidden.
    """
    require(by, Act.SEE_LEDGER)
    parts: list[ColumnElement[Any]] = [Voucher.state.expression, Voucher.programme_code.expression, _ends(on).label("ends")]
    query = _searched(select(*parts, func.count(Voucher.id)), wanted.q).group_by(*parts)
    rows = [(tuple(str(part) for part in row[:3]), int(row[3])) for row in db.session.execute(query)]
    asked = (wanted.states, {wanted.programme} - {""}, {wanted.ends} - {""})

    def fits(choices: Sequence[str], *, but: int) -> bool:
        return all(index == but or not some or choices[index] in some for index, some in enumerate(asked))

    states, programmes, ends = found = (Counter[str](), Counter[str](), Counter[str]())
    for choices, number in rows:
        for index, count in enumerate(found):
            if fits(choices, but=index):
                count[choices[index]] += number
    return Counted(states, programmes, ends, sum(number for choices, number in rows if fits(choices, but=-1)))


def vouchers_found(by: Actor, wanted: Wanted, *, on: date, first: int = 0, limit: int | None = None) -> list[VoucherRow]:
    """The vouchers with their amounts, the newest first; two questions.

    Raises: Forbidden.
    """
    require(by, Act.SEE_LEDGER)
    query = _searched(select(Voucher), wanted.q)
    if wanted.states:
        query = query.where(Voucher.state.in_(wanted.states))
    if wanted.programme:
        query = query.where(Voucher.programme_code == wanted.programme)
    if wanted.ends:
        query = query.where(_ends(on) == wanted.ends)
    return with_figures(list(db.session.scalars(query.order_by(Voucher.id.desc()).offset(first).limit(limit))))


def _searched(query: Select[Any], q: str) -> Select[Any]:
    """By a part of the number or of the firm's name, or the firm's code."""
    if not q:
        return query
    named = Organisation.name.contains(q, autoescape=True) | (Organisation.code == q)
    firms = select(Organisation.id).where(named)
    return query.where(Voucher.number.icontains(q, autoescape=True) | Voucher.firm_id.in_(firms))


def _ends(on: date) -> ColumnElement[str]:
    """In which class the last good day falls; nothing before it is issued."""
    soon = on + timedelta(days=WARNED_DAYS)
    return case((Voucher.valid_until < on, "over"), (Voucher.valid_until <= soon, "soon"), (Voucher.valid_until > soon, "later"), else_="")
