"""The sums of the journal by step of the street, before a period and inside it; every sum is read out of an index alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, select
from sqlalchemy.orm import aliased

from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.reports.sums import Step, Street
from equipment_share.models.base import db
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.queries.ledger import as_money
from equipment_share.queries.reporting.scope import Scope

K, P = AccountKind, Phase


@dataclass(frozen=True)
class Direct:
    """What moved at once from one account to another, before the period or inside it."""

    dr_kind: AccountKind
    cr_kind: AccountKind
    dr_id: int
    cr_id: int
    inside: int
    amount: Money


_FIRST = (K.TREASURY, K.PROGRAMME, K.PAID)
_LAST = (K.PROGRAMME, K.EXPIRED, K.REVOKED)
"""Few entries stand in these accounts; the many of batches are only added up, in `_gathered`."""


def houses_of(scope: Scope, *kinds: AccountKind) -> Select[int]:
    """The accounts of the programmes that are of some kinds; nothing but direct steps touches one that is no voucher and no payable."""
    return select(LedgerAccount.id).where(LedgerAccount.kind.in_(kinds), LedgerAccount.programme_code.in_(scope.programmes))


def direct(scope: Scope) -> list[Direct]:
    """All direct steps but those of batches by their two accounts; two questions that read no hold and no capture."""
    t, dr, cr = LedgerTransfer, aliased(LedgerAccount), aliased(LedgerAccount)
    inside = case((t.effective_at >= scope.starts_at, 1), else_=0)
    groups = (dr.kind, cr.kind, t.dr_id, t.cr_id, inside)
    query = select(*groups, func.sum(t.amount)).select_from(t).join(dr, dr.id == t.dr_id).join(cr, cr.id == t.cr_id)
    query = query.where(scope.counted()).group_by(*groups)
    treasury = select(LedgerAccount.id).where(LedgerAccount.kind == K.TREASURY)
    first = query.where(t.dr_id.in_(houses_of(scope, *_FIRST).union(treasury)))
    last = query.where(t.cr_id.in_(houses_of(scope, *_LAST)), dr.kind == K.VOUCHER)
    return [Direct(row[0], row[1], row[2], row[3], row[4], as_money(row[5])) for part in (first, last) for row in db.session.execute(part)]


def street(scope: Scope, moved: Sequence[Direct]) -> Street:
    """Sums by step of the street, before the period and inside it, all out of the journal; seven questions that sort nothing."""
    before, inside = _phases(scope.before()), _phases(scope.inside())
    sums: tuple[dict[Any, Money], dict[Any, Money]] = ({}, {})
    for phase in (P.HOLD, P.CAPTURE, P.RELEASE, P.REFUND):
        flow = (K.PAYABLE, K.VOUCHER) if phase is P.REFUND else (K.VOUCHER, K.PAYABLE)
        sums[0][(phase, *flow)], sums[1][(phase, *flow)] = before.get(phase, ZERO), inside.get(phase, ZERO)
    for one in moved:
        step: Step = (P.DIRECT, one.dr_kind, one.cr_kind)
        sums[one.inside][step] = sums[one.inside].get(step, ZERO) + one.amount
    for own, gathered in zip(sums, _gathered(scope), strict=True):
        own |= gathered
    return Street(*sums, _given_back(scope.before()), _given_back(scope.inside()))


def _phases(counted: ColumnElement[bool]) -> dict[Phase, Money]:
    """The sum of each phase but the direct steps."""
    t = LedgerTransfer
    query = select(t.phase, func.sum(t.amount)).where(counted, t.phase.in_([P.HOLD, P.CAPTURE, P.RELEASE, P.REFUND])).group_by(t.phase)
    return {row[0]: as_money(row[1]) for row in db.session.execute(query)}


def _gathered(scope: Scope) -> tuple[dict[Step, Money], dict[Step, Money]]:
    """What went into batches, on to the payees and back, before the period and inside it.

    Out of a batch there are two ways: what was not paid went back.
    """
    t = LedgerTransfer
    into = _flowed(scope, t.cr_id.in_(houses_of(scope, K.BATCH)))
    out = _flowed(scope, t.dr_id.in_(houses_of(scope, K.BATCH)))
    paid = _flowed(scope, t.cr_id.in_(houses_of(scope, K.PAID)))
    before, inside = (
        {(P.DIRECT, K.PAYABLE, K.BATCH): came, (P.DIRECT, K.BATCH, K.PAID): gone, (P.DIRECT, K.BATCH, K.PAYABLE): went - gone}
        for came, went, gone in zip(into, out, paid, strict=True)
    )
    return before, inside


def _flowed(scope: Scope, side: ColumnElement[bool]) -> tuple[Money, Money]:
    """What went through accounts on one side, before the period and inside it; the accounts say which programmes."""
    t = LedgerTransfer
    inside = func.sum(case((t.effective_at >= scope.starts_at, t.amount), else_=0))
    row = db.session.execute(select(func.sum(t.amount), inside).where(side, scope.until())).one()
    return as_money(row[0]) - as_money(row[1]), as_money(row[1])


def held_by(t: type[LedgerTransfer]) -> ScalarSelect[Money]:
    """The amount of the hold that a capture or release resolves, looked up by its key: a join would read every hold there ever was."""
    of = aliased(LedgerTransfer)
    return select(of.amount).where(of.id == t.of_id).scalar_subquery()


def _given_back(counted: ColumnElement[bool]) -> Money:
    """What holds had beyond their captures."""
    t = LedgerTransfer
    query = select(func.sum(held_by(t)), func.sum(t.amount)).where(counted, t.phase == P.CAPTURE)
    held, captured = db.session.execute(query).one()
    return as_money(held) - as_money(captured)
