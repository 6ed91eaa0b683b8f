"""What moved by step of time, a step being told by its first day: for the months of a report and the weeks or months of a burn-down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import day_begins
from equipment_share.models.base import db
from equipment_share.models.ledger import LedgerTransfer
from equipment_share.queries.ledger import as_money
from equipment_share.queries.reporting.scope import Scope
from equipment_share.queries.reporting.street import houses_of


def step_of(firsts: Sequence[date]) -> ColumnElement[Any]:
    """The number of the step that an entry counts in; what is before the first, which nobody asks for, counts in the first."""
    counts, last = LedgerTransfer.effective_at, len(firsts) - 1
    return case(*((counts >= day_begins(firsts[at]), at) for at in range(last, -1, -1)), else_=0).label("step")


def since(firsts: Sequence[date]) -> ColumnElement[bool]:
    """What counts in the first step or later."""
    return LedgerTransfer.effective_at >= day_begins(firsts[0])


def by_step(firsts: Sequence[date], query: Select[int, int]) -> list[Money]:
    """Rows of step and amount as a list, a step without a row being nothing; one question."""
    found = {index: as_money(amount) for index, amount in db.session.execute(query)}
    return [found.get(index, ZERO) for index in range(len(firsts))]


def used_by_step(scope: Scope, firsts: Sequence[date]) -> list[Money]:
    """Captured less refunded, the last step up to the scope's end; one question."""
    t, step = LedgerTransfer, step_of(firsts)
    signed = func.sum(case((t.phase == Phase.CAPTURE, t.amount), else_=-t.amount))
    moved = scope.counted(), since(firsts), t.phase.in_([Phase.CAPTURE, Phase.REFUND])
    return by_step(firsts, select(step, signed).where(*moved).group_by(step))


def paid_by_step(scope: Scope, firsts: Sequence[date]) -> list[Money]:
    """What went to payees, the last step up to the scope's end; one question."""
    t, step = LedgerTransfer, step_of(firsts)
    moved = t.cr_id.in_(houses_of(scope, AccountKind.PAID)), scope.until(), since(firsts)
    return by_step(firsts, select(step, func.sum(t.amount)).where(*moved).group_by(step))
