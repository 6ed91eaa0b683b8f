"""The sums of the journal that reports stand on, added up by the database, in a constant number of questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import SQLColumnExpression, Subquery, case, func, select
from sqlalchemy.orm import aliased

from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import Period, day_begins, months_later
from equipment_share.domain.reports.sums import BatchSums, Books, Month, Street, VoucherSums
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.queries.ledger import as_money
from equipment_share.queries.reporting.scope import Scope

K, P = AccountKind, Phase
MOST_MONTHS = 36


def street(scope: Scope) -> Street:
    """Sums by step of the street, before the period and inside it; two questions."""
    t, dr, cr, of = LedgerTransfer, aliased(LedgerAccount), aliased(LedgerAccount), aliased(LedgerTransfer)
    inside = case((t.effective_at >= scope.starts_at, 1), else_=0)
    flow = (
        select(t.phase, t.dr_id, t.cr_id, inside.label("inside"), func.sum(t.amount).label("amount"))
        .where(scope.counted())
        .group_by(t.phase, t.dr_id, t.cr_id, inside)
        .subquery()
    )
    query = (
        select(flow.c.phase, dr.kind, cr.kind, flow.c.inside, func.sum(flow.c.amount))
        .join(dr, dr.id == flow.c.dr_id)
        .join(cr, cr.id == flow.c.cr_id)
        .group_by(flow.c.phase, dr.kind, cr.kind, flow.c.inside)
    )
    sums: tuple[dict[Any, Money], dict[Any, Money]] = ({}, {})
    for phase, dr_kind, cr_kind, is_inside, amount in db.session.execute(query):
        sums[is_inside][(phase, dr_kind, cr_kind)] = as_money(amount)
    rest = select(inside, func.sum(of.amount - t.amount)).join(of, of.id == t.of_id).where(scope.counted(), t.phase == P.CAPTURE)
    given = {row[0]: as_money(row[1]) for row in db.session.execute(rest.group_by(inside))}
    return Street(sums[0], sums[1], given.get(0, ZERO), given.get(1, ZERO))


def used_of_bookings(scope: Scope) -> Subquery:
    """What was captured less refunded inside the period by booking, and whether it was captured there at all."""
    t = LedgerTransfer
    signed = func.sum(case((t.phase == P.CAPTURE, t.amount), else_=-t.amount)).label("used")
    fresh = func.max(case((t.phase == P.CAPTURE, 1), else_=0)).label("fresh")
    query = select(t.booking_id.label("booking_id"), signed, fresh).where(scope.inside(), t.phase.in_([P.CAPTURE, P.REFUND]))
    return query.group_by(t.booking_id).subquery()


def used_by(scope: Scope, key: SQLColumnExpression[Any]) -> dict[int, Money]:
    """What was used inside the period by a column of the booking, in its party's bookings; one question."""
    used = used_of_bookings(scope)
    query = select(key, func.sum(used.c.used)).join(used, used.c.booking_id == Booking.id).where(scope.of_party()).group_by(key)
    return {row[0]: as_money(row[1]) for row in db.session.execute(query)}


def used_by_account(scope: Scope, side: AccountKind) -> dict[int, Money]:
    """The same by whose account it stood in: the firm of the voucher, or the payee of the payable; one question, no booking read."""
    t, dr, cr = LedgerTransfer, aliased(LedgerAccount), aliased(LedgerAccount)
    owner = case((dr.kind == side, dr.organisation_id), else_=cr.organisation_id)
    signed = func.sum(case((t.phase == P.CAPTURE, t.amount), else_=-t.amount))
    query = (
        select(owner, signed)
        .join(dr, dr.id == t.dr_id)
        .join(cr, cr.id == t.cr_id)
        .where(scope.inside(), t.phase.in_([P.CAPTURE, P.REFUND]))
    )
    return {row[0]: as_money(row[1]) for row in db.session.execute(query.group_by(owner))}


def voucher_sums(scope: Scope) -> dict[int, VoucherSums]:
    """What each voucher's journal adds up to at the period's end; three questions."""
    sums: dict[int, dict[str, Money]] = {}
    for side in ("dr", "cr"):
        for account_id, phase, kind, inside, amount in _sided(scope, side):
            name, part = _named(side, phase, kind, as_money(amount))
            own = sums.setdefault(account_id, {})
            own[name] = own.get(name, ZERO) + part
            if inside and name in ("issued", "used"):
                own[f"{name}_inside"] = own.get(f"{name}_inside", ZERO) + part
    for account_id, amount in db.session.execute(_resolved(scope)):
        own = sums.setdefault(account_id, {})
        own["held"] = own.get("held", ZERO) - as_money(amount)
    return {account_id: VoucherSums(**own) for account_id, own in sums.items()}


def _sided(scope: Scope, side: str) -> list[Any]:
    """Sums of the vouchers on one side of their transfers, by phase and by the other side's kind."""
    t, own, other = LedgerTransfer, aliased(LedgerAccount), aliased(LedgerAccount)
    key, far = (t.dr_id, t.cr_id) if side == "dr" else (t.cr_id, t.dr_id)
    inside = case((t.effective_at >= scope.starts_at, 1), else_=0)
    query = (
        select(own.id, t.phase, other.kind, inside, func.sum(t.amount))
        .join(own, own.id == key)
        .join(other, other.id == far)
        .where(scope.counted(), own.kind == K.VOUCHER)
        .group_by(own.id, t.phase, other.kind, inside)
    )
    return list(db.session.execute(_of_firm(query, own, scope)))


def _of_firm(query: Any, own: Any, scope: Scope) -> Any:
    return query.where(own.organisation_id == scope.firm_id) if scope.firm_id is not None else query


def _resolved(scope: Scope) -> Any:
    """What of the holds was captured or released, by voucher."""
    t, of, own = LedgerTransfer, aliased(LedgerTransfer), aliased(LedgerAccount)
    query = (
        select(t.dr_id, func.sum(of.amount))
        .join(of, of.id == t.of_id)
        .join(own, own.id == t.dr_id)
        .where(scope.counted(), t.phase.in_([P.CAPTURE, P.RELEASE]))
        .group_by(t.dr_id)
    )
    return _of_firm(query, own, scope)


def _named(side: str, phase: Phase, other: AccountKind, amount: Money) -> tuple[str, Money]:
    """Which figure of a voucher one sum moves; the resolved holds are taken off apart, a release moves nothing by itself."""
    match side, phase, other:
        case "cr", P.DIRECT, _:
            return "issued", amount
        case "cr", P.REFUND, _:
            return "used", -amount
        case _, P.HOLD, _:
            return "held", amount
        case _, P.CAPTURE, _:
            return "used", amount
        case _, P.DIRECT, K.EXPIRED:
            return "expired", amount
        case _, P.DIRECT, K.REVOKED:
            return "revoked", amount
        case _, P.DIRECT, _:
            return "issued", -amount
    return "held", ZERO


def months(scope: Scope) -> list[Month]:
    """Used and paid by month of the period, the last three years of it at most; one question."""
    firsts = _firsts(scope.period)
    t, dr, cr = LedgerTransfer, aliased(LedgerAccount), aliased(LedgerAccount)
    ends = [*firsts[1:], scope.period.last_on + timedelta(days=1)]
    month = case(*((t.effective_at < day_begins(end), at) for at, end in enumerate(ends)), else_=-1).label("month")
    query = (
        select(month, t.phase, func.sum(t.amount))
        .join(dr, dr.id == t.dr_id)
        .join(cr, cr.id == t.cr_id)
        .where(scope.inside(), t.effective_at >= day_begins(firsts[0]))
        .where(t.phase.in_([P.CAPTURE, P.REFUND]) | ((dr.kind == K.BATCH) & (cr.kind == K.PAID)))
        .group_by(month, t.phase)
    )
    sums = {(row[0], row[1]): as_money(row[2]) for row in db.session.execute(query)}

    def of(at: int, phase: Phase) -> Money:
        return sums.get((at, phase), ZERO)

    return [Month(first, of(at, P.CAPTURE) - of(at, P.REFUND), of(at, P.DIRECT)) for at, first in enumerate(firsts)]


def _firsts(period: Period) -> list[Any]:
    found = [period.first_on]
    while len(found) < 1300 and (following := months_later(found[-1].replace(day=1), 1)) <= period.last_on:
        found.append(following)
    return found[-MOST_MONTHS:]


def batch_sums(batch_ids: Sequence[int], upto: int | None = None) -> dict[int, BatchSums]:
    """What went into the accounts of batches less what came back, and what was paid; one question."""
    t, dr, cr = LedgerTransfer, aliased(LedgerAccount), aliased(LedgerAccount)
    keys = [str(batch_id) for batch_id in batch_ids]
    own = select(LedgerAccount.id).where(LedgerAccount.kind == K.BATCH, LedgerAccount.key.in_(keys))
    query = (
        select(dr.kind, dr.key, cr.kind, cr.key, func.sum(t.amount))
        .join(dr, dr.id == t.dr_id)
        .join(cr, cr.id == t.cr_id)
        .where(t.dr_id.in_(own) | t.cr_id.in_(own))
        .group_by(dr.kind, dr.key, cr.kind, cr.key)
    )
    if upto is not None:
        query = query.where(t.id <= upto)
    gathered, paid = dict.fromkeys(batch_ids, ZERO), dict.fromkeys(batch_ids, ZERO)
    for dr_kind, dr_key, cr_kind, cr_key, amount in db.session.execute(query):
        if cr_kind is K.BATCH:
            gathered[int(cr_key)] += as_money(amount)
        elif cr_kind is K.PAID:
            paid[int(dr_key)] += as_money(amount)
        elif dr_kind is K.BATCH:
            gathered[int(dr_key)] -= as_money(amount)
    return {batch_id: BatchSums(gathered[batch_id], paid[batch_id]) for batch_id in batch_ids}


def houses(programme: str) -> dict[str, int]:
    """The accounts of a programme itself by kind: its own, paid, expired, revoked; one question."""
    kinds = (K.PROGRAMME, K.PAID, K.EXPIRED, K.REVOKED)
    query = select(LedgerAccount.kind, LedgerAccount.id).where(LedgerAccount.key == programme, LedgerAccount.kind.in_(kinds))
    return {row[0].value: row[1] for row in db.session.execute(query.order_by(LedgerAccount.id))}


def newest_transfer() -> int:
    """The number of the newest transfer."""
    return db.session.scalar(select(func.max(LedgerTransfer.id))) or 0


def books(scope: Scope, batch_ids: Sequence[int] = (), *, by_month: bool = False) -> Books:
    """Everything together, for the reports of one programme and period."""
    vouchers = voucher_sums(scope)
    return Books(
        street(scope.whole()), vouchers, months(scope) if by_month else [], batch_sums(batch_ids, scope.upto),
        used_by_account(scope, K.VOUCHER),
    )  # fmt: skip
