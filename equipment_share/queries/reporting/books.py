"""The sums of the journal that reports stand on, added up by the database, in a constant number of questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, Subquery, case, func, select
from sqlalchemy.orm import aliased

from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import Period, day_begins, months_later
from equipment_share.domain.reports.sums import BatchSums, Books, Month, Step, Street, VoucherSums
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.queries.ledger import as_money
from equipment_share.queries.reporting.scope import Scope

K, P = AccountKind, Phase
MOST_MONTHS = 36


@dataclass(frozen=True)
class Direct:
    """What moved at once from one account to another, before the period or inside it."""

    dr_kind: AccountKind
    cr_kind: AccountKind
    dr_id: int
    cr_id: int
    inside: int
    amount: Money


_FIRST = (K.TREASURY, K.PROGRAMME, K.BATCH, K.PAID)
_LAST = (K.PROGRAMME, K.EXPIRED, K.REVOKED, K.BATCH)
"""Every direct step begins at one of the first, or leads from a voucher or payable to one of the last: few accounts, found by index."""


def _inside(scope: Scope) -> Any:
    return case((LedgerTransfer.effective_at >= scope.starts_at, 1), else_=0)


def direct(scope: Scope) -> list[Direct]:
    """All direct steps by their two accounts; two questions that read no hold and no capture."""
    t, dr, cr = LedgerTransfer, aliased(LedgerAccount), aliased(LedgerAccount)
    inside = _inside(scope)
    groups = (dr.kind, cr.kind, t.dr_id, t.cr_id, inside)
    query = select(*groups, func.sum(t.amount)).select_from(t).join(dr, dr.id == t.dr_id).join(cr, cr.id == t.cr_id)
    query = query.where(scope.counted(), t.phase == P.DIRECT).group_by(*groups)
    small = select(LedgerAccount.id).where(LedgerAccount.programme_code.in_(scope.programmes) | (LedgerAccount.kind == K.TREASURY))
    first = query.where(t.dr_id.in_(small.where(LedgerAccount.kind.in_(_FIRST))))
    last = query.where(t.cr_id.in_(small.where(LedgerAccount.kind.in_(_LAST))), dr.kind.in_([K.VOUCHER, K.PAYABLE]))
    return [Direct(row[0], row[1], row[2], row[3], row[4], as_money(row[5])) for part in (first, last) for row in db.session.execute(part)]


def street(scope: Scope, moved: Sequence[Direct]) -> Street:
    """Sums by step of the street, before the period and inside it, all out of the journal; four questions that sort nothing."""
    to_end, inside = _phases(scope.counted()), _phases(scope.inside())
    sums: tuple[dict[Any, Money], dict[Any, Money]] = ({}, {})
    for phase in (P.HOLD, P.CAPTURE, P.RELEASE, P.REFUND):
        flow = (K.PAYABLE, K.VOUCHER) if phase is P.REFUND else (K.VOUCHER, K.PAYABLE)
        step: Step = (phase, *flow)
        sums[0][step], sums[1][step] = to_end[phase] - inside[phase], inside[phase]
    for one in moved:
        step = (P.DIRECT, one.dr_kind, one.cr_kind)
        sums[one.inside][step] = sums[one.inside].get(step, ZERO) + one.amount
    given, given_inside = _given_back(scope.counted()), _given_back(scope.inside())
    return Street(sums[0], sums[1], given - given_inside, given_inside)


def _phases(counted: ColumnElement[bool]) -> dict[Phase, Money]:
    """The sum of each phase in one pass."""
    t, phases = LedgerTransfer, (P.HOLD, P.CAPTURE, P.RELEASE, P.REFUND)
    parts = [func.sum(case((t.phase == phase, t.amount), else_=0)) for phase in phases]
    return dict(zip(phases, (as_money(amount) for amount in db.session.execute(select(*parts).where(counted)).one()), strict=True))


def _given_back(counted: ColumnElement[bool]) -> Money:
    """What holds had beyond their captures."""
    t, of = LedgerTransfer, aliased(LedgerTransfer)
    return as_money(
        db.session.scalar(
            select(func.sum(of.amount - t.amount)).select_from(t).join(of, of.id == t.of_id).where(counted, t.phase == P.CAPTURE)
        )
    )


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


def voucher_sums(scope: Scope, moved: Sequence[Direct]) -> dict[int, VoucherSums]:
    """What stands in each voucher at the period's end: its stored sums less what counts only later; four questions.

    The stored sums are moved by the database alone, so that reports hold them against the journal.
    """
    sums = _stored(scope)
    for account_id, resolved, amount, phase in _later(scope, "dr"):
        own = sums.get(account_id)
        if own is not None:
            own["held"] -= amount if phase is P.HOLD else ZERO - resolved
            own["used"] -= amount if phase in (P.CAPTURE, P.DIRECT) else ZERO
    for account_id, _, amount, _phase in _later(scope, "cr"):
        if (own := sums.get(account_id)) is not None:
            own["used"] += amount
    for step in moved:
        _sort(sums, step)
    used = used_by_voucher(scope)
    return {
        account_id: VoucherSums(**own, used_inside=used.get(account_id, ZERO))
        for account_id, own in sums.items()
        if any(own.values()) or account_id in used
    }


def _stored(scope: Scope) -> dict[int, dict[str, Money]]:
    """The sums of vouchers as they stand now; all that went out less all that came in is sorted out by what it was for."""
    a = LedgerAccount
    query = select(a.id, a.dr_pend, a.dr_post, a.cr_post).where(a.kind == K.VOUCHER, a.programme_code.in_(scope.programmes))
    if scope.firm_id is not None:
        query = query.where(a.organisation_id == scope.firm_id)
    names = ("issued", "expired", "revoked", "issued_inside")
    return {row[0]: dict.fromkeys(names, ZERO) | {"held": row[1], "used": row[2] - row[3]} for row in db.session.execute(query)}


def _sort(sums: dict[int, dict[str, Money]], step: Direct) -> None:
    """Take a direct step out of what looks used, and put it where it belongs."""
    own, back = sums.get(step.cr_id), sums.get(step.dr_id)
    if own is not None:
        own["issued"] += step.amount
        own["used"] += step.amount
        own["issued_inside"] += step.amount if step.inside else ZERO
    if back is not None:
        name = {K.EXPIRED: "expired", K.REVOKED: "revoked"}.get(step.cr_kind, "issued")
        back[name] += step.amount if name != "issued" else ZERO - step.amount
        back["used"] -= step.amount
        back["issued_inside"] -= step.amount if step.inside and name == "issued" else ZERO


def _later(scope: Scope, side: str) -> list[tuple[int, Money, Money, Phase]]:
    """What vouchers' sums have and the report does not count: account, holds resolved, amount, phase."""
    t, of, own = LedgerTransfer, aliased(LedgerTransfer), aliased(LedgerAccount)
    key = t.dr_id if side == "dr" else t.cr_id
    query = (
        select(key, func.sum(of.amount), func.sum(t.amount), t.phase)
        .join(own, own.id == key)
        .outerjoin(of, (of.id == t.of_id) & t.phase.in_([P.CAPTURE, P.RELEASE]))
        .where(scope.later(), own.kind == K.VOUCHER)
        .group_by(key, t.phase)
    )
    return [(row[0], as_money(row[1]), as_money(row[2]), row[3]) for row in db.session.execute(query)]


def used_by_voucher(scope: Scope) -> dict[int, Money]:
    """What was used inside the period by the voucher's account; one question."""
    t = LedgerTransfer
    account = case((t.phase == P.CAPTURE, t.dr_id), else_=t.cr_id)
    signed = func.sum(case((t.phase == P.CAPTURE, t.amount), else_=-t.amount))
    query = select(account, signed).where(scope.inside(), t.phase.in_([P.CAPTURE, P.REFUND])).group_by(account)
    return {row[0]: as_money(row[1]) for row in db.session.execute(query)}


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
    moved = direct(scope)
    return Books(
        street(scope.whole(), moved), voucher_sums(scope, moved), months(scope) if by_month else [], batch_sums(batch_ids, scope.upto),
        used_by_account(scope, K.VOUCHER),
    )  # fmt: skip


def firm_books(scope: Scope) -> dict[int, VoucherSums]:
    """The vouchers alone, for firms' statements."""
    return voucher_sums(scope, direct(scope))
