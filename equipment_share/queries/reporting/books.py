"""The sums of the journal that reports stand on, added up by the database, in a constant number of questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, Subquery, case, func, select, true
from sqlalchemy.orm import aliased

from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import Period, months_later
from equipment_share.domain.reports.sums import BatchSums, Books, Month, VoucherSums
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.queries.ledger import as_money
from equipment_share.queries.reporting.scope import Scope
from equipment_share.queries.reporting.steps import paid_by_step, used_by_step
from equipment_share.queries.reporting.street import Direct, direct, held_by, street

K, P = AccountKind, Phase
MOST_MONTHS = 36


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


def used_by_house(scope: Scope, side: AccountKind) -> dict[tuple[int, int | None], Money]:
    """The same by the account it stood in and whose that is: the firm of the voucher, the payee of the payable; one question, no booking read."""
    t, own = LedgerTransfer, LedgerAccount
    out, back = (t.dr_id, t.cr_id) if side is K.VOUCHER else (t.cr_id, t.dr_id)
    house = case((t.phase == P.CAPTURE, out), else_=back).label("house")
    signed = func.sum(case((t.phase == P.CAPTURE, t.amount), else_=-t.amount)).label("used")
    sums = select(house, signed).where(scope.inside(), t.phase.in_([P.CAPTURE, P.REFUND])).group_by(house).subquery()
    query = select(own.id, own.organisation_id, sums.c.used).join(sums, sums.c.house == own.id).order_by(own.id)
    return {(row[0], row[1]): as_money(row[2]) for row in db.session.execute(query)}


def used_by_account(scope: Scope, side: AccountKind) -> dict[int, Money]:
    """What was used inside the period by organisation: the firm of the voucher, or the payee of the payable."""
    return _by_owner(used_by_house(scope, side))


def _by_owner(houses: Mapping[tuple[int, int | None], Money]) -> dict[int, Money]:
    found: dict[int, Money] = {}
    for (_, organisation_id), amount in houses.items():
        if organisation_id is not None:
            found[organisation_id] = found.get(organisation_id, ZERO) + amount
    return found


def voucher_sums(scope: Scope, moved: Sequence[Direct], used: Mapping[int, Money]) -> dict[int, VoucherSums]:
    """What stands in each voucher at the period's end: its stored sums less what counts only later; three questions.

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
    t, own = LedgerTransfer, aliased(LedgerAccount)
    key = t.dr_id if side == "dr" else t.cr_id
    resolved = func.sum(case((t.phase.in_([P.CAPTURE, P.RELEASE]), held_by(t)), else_=0))
    query = select(key, resolved, func.sum(t.amount), t.phase).join(own, own.id == key).where(scope.later(), own.kind == K.VOUCHER)
    return [(row[0], as_money(row[1]), as_money(row[2]), row[3]) for row in db.session.execute(query.group_by(key, t.phase))]


def months(scope: Scope) -> list[Month]:
    """Used and paid by month of the period, the last three years of it at most; two questions."""
    firsts = _firsts(scope.period)
    amounts = zip(firsts, used_by_step(scope, firsts), paid_by_step(scope, firsts), strict=True)
    return [Month(first, used, paid) for first, used, paid in amounts]


def _firsts(period: Period) -> list[Any]:
    found = [period.first_on]
    while len(found) < 1300 and (following := months_later(found[-1].replace(day=1), 1)) <= period.last_on:
        found.append(following)
    return found[-MOST_MONTHS:]


def batch_sums(batch_ids: Sequence[int], upto: int | None = None) -> dict[int, BatchSums]:
    """What went into the accounts of batches less what came back, and what was paid; three questions."""
    own = {row[0]: int(row[1]) for row in db.session.execute(_batch_houses(batch_ids))}
    t, cr = LedgerTransfer, aliased(LedgerAccount)
    known = t.id <= upto if upto is not None else true()
    into = select(t.cr_id, func.sum(t.amount)).where(t.cr_id.in_(own), known).group_by(t.cr_id)
    paid = func.sum(case((cr.kind == K.PAID, t.amount), else_=0))
    out = select(t.dr_id, func.sum(t.amount), paid).join(cr, cr.id == t.cr_id).where(t.dr_id.in_(own), known).group_by(t.dr_id)
    came = {own[row[0]]: as_money(row[1]) for row in db.session.execute(into)}
    gone = {own[row[0]]: (as_money(row[1]), as_money(row[2])) for row in db.session.execute(out)}
    found = {}
    for batch_id in batch_ids:
        all_out, paid_out = gone.get(batch_id, (ZERO, ZERO))
        found[batch_id] = BatchSums(came.get(batch_id, ZERO) - (all_out - paid_out), paid_out)
    return found


def _batch_houses(batch_ids: Sequence[int]) -> Select[int, str]:
    keys = [str(batch_id) for batch_id in batch_ids]
    return select(LedgerAccount.id, LedgerAccount.key).where(LedgerAccount.kind == K.BATCH, LedgerAccount.key.in_(keys))


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
    moved, used = direct(scope), used_by_house(scope, K.VOUCHER)
    by_voucher = {account_id: amount for (account_id, _), amount in used.items()}
    return Books(
        street(scope.whole(), moved), voucher_sums(scope, moved, by_voucher), months(scope) if by_month else [],
        batch_sums(batch_ids, scope.upto), _by_owner(used),
    )  # fmt: skip


def firm_books(scope: Scope) -> dict[int, VoucherSums]:
    """The vouchers alone, for firms' statements."""
    used = used_by_house(scope, K.VOUCHER)
    return voucher_sums(scope, direct(scope), {account_id: amount for (account_id, _), amount in used.items()})
