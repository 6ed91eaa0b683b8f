"""What stands in the books: balances, figures of a voucher, and whether everything adds up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, case, func, select
from sqlalchemy.orm import aliased

from equipment_share.domain.errors import NotFound
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.models.base import db
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer


@dataclass(frozen=True)
class VoucherFigures:
    """The six amounts of a voucher; issued = available + held + consumed + expired + revoked at every instant."""

    issued: Money = ZERO
    available: Money = ZERO
    held: Money = ZERO
    consumed: Money = ZERO
    expired: Money = ZERO
    revoked: Money = ZERO

    @property
    def bound(self) -> Money:
        """What is spent or set aside."""
        return self.consumed + self.held


NOTHING = VoucherFigures()
_OTHER, _BACK = aliased(LedgerAccount), aliased(LedgerTransfer)
# What every booking asks is built once: building a statement anew takes longer than running it.
_NAMED = select(LedgerAccount).where(LedgerAccount.kind == bindparam("kind"), LedgerAccount.key == bindparam("key"))
_BUDGETS = select(LedgerAccount).where(
    LedgerAccount.kind == AccountKind.PROGRAMME, LedgerAccount.key.in_(bindparam("codes", expanding=True)), LedgerAccount.bounded
)
_HELD = (
    select(LedgerAccount)
    .where(LedgerAccount.id.in_(bindparam("ids", expanding=True)))
    .order_by(LedgerAccount.id)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_HOLD = (
    select(LedgerTransfer, LedgerAccount)
    .join(LedgerAccount, LedgerAccount.id == LedgerTransfer.cr_id)
    .where(LedgerTransfer.id == bindparam("id"))
)
_FIGURES = (
    select(
        LedgerAccount.id,
        LedgerAccount.dr_pend,
        LedgerAccount.dr_post,
        LedgerAccount.cr_post,
        *(
            func.coalesce(func.sum(case((_OTHER.kind == kind, LedgerTransfer.amount), else_=0)), 0)
            for kind in (AccountKind.EXPIRED, AccountKind.REVOKED, AccountKind.PROGRAMME)
        ),
        select(func.sum(_BACK.amount)).where(_BACK.cr_id == LedgerAccount.id, _BACK.phase == Phase.REFUND).scalar_subquery(),
    )
    .outerjoin(LedgerTransfer, (LedgerTransfer.dr_id == LedgerAccount.id) & (LedgerTransfer.phase == Phase.DIRECT))
    .outerjoin(_OTHER, _OTHER.id == LedgerTransfer.cr_id)
    .where(LedgerAccount.id.in_(bindparam("ids", expanding=True)))
    .group_by(LedgerAccount.id, LedgerAccount.dr_pend, LedgerAccount.dr_post, LedgerAccount.cr_post)
)


@dataclass(frozen=True)
class Mismatch:
    """A stored sum that the journal does not bear out."""

    account_id: int
    kind: AccountKind
    key: str
    column: str
    stored: Money
    added: Money


def account_or_none(kind: AccountKind, key: str) -> LedgerAccount | None:
    """The account of that name, if it was ever opened."""
    return db.session.scalar(_NAMED, {"kind": kind, "key": key})


def account(kind: AccountKind, key: str) -> LedgerAccount:
    """The account of that name.

    Raises: NotFound.
    """
    found = account_or_none(kind, key)
    if found is None:
        raise NotFound()
    return found


def budgets_left(codes: Sequence[str]) -> dict[str, Money]:
    """What each programme's own account still gives; a programme without a budget is not in it. One question."""
    return {house.key: house.sums.available for house in db.session.scalars(_BUDGETS, {"codes": list(codes)})} if codes else {}


def accounts_locked(ids: Iterable[int]) -> list[LedgerAccount]:
    """Accounts with their rows held, always in order of id: two transfers in one unit would else deadlock.

    Held but for their keys (`key_share`): a row that only names one of them is not kept waiting, for that would be a second order of locks.
    """
    wanted = set(ids)
    return list(db.session.scalars(_HELD, {"ids": list(wanted)})) if wanted else []


def hold_and_payable(transfer_id: int) -> tuple[LedgerTransfer, LedgerAccount]:
    """A hold with the account that it is to go to; one question."""
    hold, payable = db.session.execute(_HOLD, {"id": transfer_id}).one()
    return hold, payable


def balance(account_id: int) -> Money:
    """Credits less debits that are posted; of any account, read from the journal."""
    t = LedgerTransfer
    signed = case((t.cr_id == account_id, t.amount), else_=-t.amount)
    posted = t.phase.in_([Phase.DIRECT, Phase.CAPTURE, Phase.REFUND])
    found = db.session.scalar(select(func.coalesce(func.sum(signed), 0)).where(posted, (t.cr_id == account_id) | (t.dr_id == account_id)))
    return found if isinstance(found, Money) else Money(int(found or 0))


def voucher_figures(account_ids: Sequence[int]) -> dict[int, VoucherFigures]:
    """The six amounts of many vouchers in one question, by account."""
    found = {}
    for account_id, held, out, came, *others in db.session.execute(_FIGURES, {"ids": list(account_ids)}) if account_ids else ():
        expired, gone, returns, refunded = (as_money(amount) for amount in others)
        found[account_id] = _figures(held, out, came, expired, gone, returns, refunded)
    return found


def as_money(value: object) -> Money:
    """A sum as the driver gives it, as money; no rows are nothing."""
    return value if isinstance(value, Money) else Money(int(value or 0))  # type: ignore[call-overload]


def _figures(held: Money, out: Money, came: Money, expired: Money, revoked: Money, returned: Money, refunded: Money) -> VoucherFigures:
    consumed = out - expired - revoked - returned - refunded
    return VoucherFigures(
        issued=came - refunded - returned, available=came - out - held, held=held, consumed=consumed, expired=expired, revoked=revoked
    )


def mismatches() -> list[Mismatch]:
    """Re-add the whole journal and compare it with every stored sum; none is the only good answer."""
    added: dict[int, dict[str, Money]] = {}
    for side in ("dr", "cr"):
        for account_id, column, amount in _added(side):
            added.setdefault(account_id, {})[column] = amount
    return [
        Mismatch(house.id, house.kind, house.key, column, getattr(house, column), added.get(house.id, {}).get(column, ZERO))
        for house in db.session.scalars(select(LedgerAccount).where(LedgerAccount.bounded).order_by(LedgerAccount.id))
        for column in ("dr_pend", "dr_post", "cr_pend", "cr_post")
        if getattr(house, column) != added.get(house.id, {}).get(column, ZERO)
    ]


def _added(side: str) -> list[tuple[int, str, Money]]:
    """One side's sums by account: posted, and pending less what was resolved."""
    t, resolved = LedgerTransfer, aliased(LedgerTransfer)
    key: ColumnElement[int] = t.dr_id if side == "dr" else t.cr_id  # type: ignore[assignment]
    posted = select(key, func.sum(t.amount)).where(t.phase.in_([Phase.DIRECT, Phase.CAPTURE, Phase.REFUND])).group_by(key)
    is_open = ~select(resolved.id).where(resolved.of_id == t.id, resolved.phase.in_([Phase.CAPTURE, Phase.RELEASE])).exists()
    pending = select(key, func.sum(t.amount)).where(t.phase == Phase.HOLD, is_open).group_by(key)
    rows = [(row[0], f"{side}_post", as_money(row[1])) for row in db.session.execute(posted)]
    return rows + [(row[0], f"{side}_pend", as_money(row[1])) for row in db.session.execute(pending)]
