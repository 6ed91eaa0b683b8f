"""The accounts of the street for whoever may read the books: by kind with their balances, and the statement of one at any date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import aliased

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import NotFound
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import bureau_day, day_begins, day_over
from equipment_share.models.base import db, utc
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.models.people import Organisation
from equipment_share.queries.account_names import called
from equipment_share.queries.ledger import as_money

POSTED = (Phase.DIRECT, Phase.CAPTURE, Phase.REFUND)
MOST_ENTRIES = 1000


@dataclass(frozen=True)
class AccountRow:
    """One account, what stands in it and what of it is held."""

    id: int
    kind: AccountKind
    key: str
    programme: str
    organisation: str
    balance: Money
    held: Money


@dataclass(frozen=True)
class Entry:
    """One step seen from one account: in or out, and what stands there after it; a hold or its release moves nothing yet."""

    transfer_id: int
    effective_at: datetime
    made_at: datetime
    phase: Phase
    other_id: int
    other_kind: AccountKind
    other_key: str
    amount: Money
    moved: Money
    balance: Money
    booking_id: int | None
    reason: str


@dataclass(frozen=True)
class Statement:
    """An account from the first day to the last, both included: opening, every entry, closing."""

    account: AccountRow
    first_on: date
    last_on: date
    opening: Money
    entries: tuple[Entry, ...]
    closing: Money
    left_out: int
    """Older entries of the time that are already in the opening, when there are too many to list."""
    moved_from: date | None = None
    moved_until: date | None = None
    """The first and the last day on which anything counts that ever moved here."""


@dataclass(frozen=True)
class KindRow:
    """All accounts of one kind together."""

    kind: AccountKind
    count: int
    balance: Money
    held: Money


def sums_by_kind(by: Actor, *, programme: str = "") -> list[KindRow]:
    """Count, balance and held of each kind of account, in the order of the street; three questions whatever their number.

    Raises: Forbidden.
    """
    require(by, Act.SEE_LEDGER)
    a, t, of = LedgerAccount, LedgerTransfer, aliased(LedgerTransfer)
    mine = (a.programme_code == programme,) if programme else ()
    sums: dict[AccountKind, list[Money]] = {}
    posted, held = _posted_and_held(of)
    for key, sign in ((t.dr_id, -1), (t.cr_id, 1)):
        query = select(a.kind, posted, held).select_from(t).join(a, a.id == key).outerjoin(of, of.id == t.of_id)
        for kind, moved, pending in db.session.execute(query.where(*mine).group_by(a.kind)):
            own = sums.setdefault(kind, [ZERO, ZERO])
            own[0] += Money(sign * as_money(moved).fen)
            own[1] += as_money(pending)
    counts = {row[0]: row[1] for row in db.session.execute(select(a.kind, func.count()).where(*mine).group_by(a.kind))}
    return [KindRow(kind, counts[kind], *sums.get(kind, [ZERO, ZERO])) for kind in AccountKind if kind in counts]


def accounts(
    by: Actor,
    *,
    kind: AccountKind | None = None,
    programme: str = "",
    organisation_id: int | None = None,
    name: str = "",
    with_money: bool = False,
    after_id: int = 0,
    limit: int = 200,
) -> list[AccountRow]:
    """Accounts in the order they were opened, with their balances out of the journal; three questions, one more for a name.

    `with_money` leaves out those in which nothing stands and nothing is held.

    Raises: Forbidden.
    """
    require(by, Act.SEE_LEDGER)
    a = LedgerAccount
    query = select(a.id, a.kind, a.key, a.programme_code, Organisation.name).outerjoin(Organisation, Organisation.id == a.organisation_id)
    if kind is not None:
        query = query.where(a.kind == kind)
    if programme:
        query = query.where(a.programme_code == programme)
    if organisation_id is not None:
        query = query.where(a.organisation_id == organisation_id)
    if name:
        query = query.where(called(name))
    if with_money:
        query = query.where(_has_money())
    found = db.session.execute(query.where(a.id > after_id).order_by(a.id).limit(limit)).all()
    sums = _balances([row[0] for row in found])
    return [AccountRow(row[0], row[1], row[2], row[3] or "", row[4] or "", *sums.get(row[0], (ZERO, ZERO))) for row in found]


def _has_money() -> ColumnElement[bool]:
    """Something stands in the account or is held: in its stored sums where it keeps them, else in the journal."""
    a, t, done = LedgerAccount, LedgerTransfer, aliased(LedgerTransfer)
    signed = func.sum(case((t.cr_id == a.id, t.amount), else_=-t.amount))
    touches = (t.dr_id == a.id) | (t.cr_id == a.id)
    stands = select(signed).where(touches, t.phase.in_(POSTED)).correlate(a).scalar_subquery() != ZERO
    is_open = ~select(done.id).where(done.of_id == t.id, done.phase.in_([Phase.CAPTURE, Phase.RELEASE])).exists()
    held = select(t.id).where(touches, t.phase == Phase.HOLD, is_open).correlate(a).exists()
    return (a.bounded & ((a.cr_post != a.dr_post) | (a.dr_pend != ZERO))) | (~a.bounded & (stands | held))


def _posted_and_held(of: type[LedgerTransfer]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """What moved, and what is held and not yet resolved; `of` is the hold that a step resolves."""
    t = LedgerTransfer
    resolved = (t.phase.in_([Phase.CAPTURE, Phase.RELEASE]), -of.amount)
    return func.sum(case((t.phase.in_(POSTED), t.amount), else_=0)), func.sum(case((t.phase == Phase.HOLD, t.amount), resolved, else_=0))


def _balances(ids: Sequence[int], before: datetime | None = None) -> dict[int, tuple[Money, Money]]:
    """Balance and held by account, of everything that counts before an instant; two questions."""
    sums: dict[int, list[Money]] = {account_id: [ZERO, ZERO] for account_id in ids}
    t, of = LedgerTransfer, aliased(LedgerTransfer)
    posted, held = _posted_and_held(of)
    for side, sign in (("dr", -1), ("cr", 1)):
        key = t.dr_id if side == "dr" else t.cr_id
        query = select(key, posted, held).outerjoin(of, of.id == t.of_id).where(key.in_(ids)).group_by(key)
        if before is not None:
            query = query.where(t.effective_at < before)
        for account_id, moved, pending in db.session.execute(query) if ids else ():
            sums[account_id][0] += Money(sign * as_money(moved).fen)
            sums[account_id][1] += as_money(pending)
    return {account_id: (own[0], own[1]) for account_id, own in sums.items()}


def account_seen_by(account_id: int, by: Actor) -> AccountRow:
    """One account.

    Raises: Forbidden, NotFound.
    """
    found = accounts(by, after_id=account_id - 1, limit=1)
    if not found or found[0].id != account_id:
        raise NotFound()
    return found[0]


def statement(account_id: int, on: date, *, by: Actor, since: date | None = None) -> Statement:
    """The statement of an account at the end of a day, from the first of January or `since` on; six questions at most.

    Raises: Forbidden, NotFound.
    """
    house = account_seen_by(account_id, by)
    first_on = min(since or date(on.year, 1, 1), on)
    entries, others = _entries(account_id, first_on, on)
    closing, held = _balances([account_id], day_over(on))[account_id]
    opening = closing
    for step in entries:
        opening -= _moved(step, account_id)
    listed, running = [], opening
    for step in entries:
        running += _moved(step, account_id)
        listed.append(_entry(step, account_id, others, running))
    whole, begun, ended = _extent(account_id, first_on, on)
    at_end = AccountRow(house.id, house.kind, house.key, house.programme, house.organisation, closing, held)
    return Statement(at_end, first_on, on, opening, tuple(listed), closing, whole - len(listed), begun, ended)


def _moved(step: LedgerTransfer, account_id: int) -> Money:
    if step.phase not in POSTED:
        return ZERO
    return step.amount if step.cr_id == account_id else -step.amount


def _entry(step: LedgerTransfer, account_id: int, others: dict[int, tuple[AccountKind, str]], running: Money) -> Entry:
    other_id = step.dr_id if step.cr_id == account_id else step.cr_id
    kind, key = others[other_id]
    return Entry(
        step.id,
        step.effective_at,
        step.made_at,
        step.phase,
        other_id,
        kind,
        key,
        step.amount,
        _moved(step, account_id),
        running,
        step.booking_id,
        step.reason,
    )


def _between(account_id: int, first_on: date, last_on: date) -> ColumnElement[bool]:
    t = LedgerTransfer
    return (
        ((t.dr_id == account_id) | (t.cr_id == account_id))
        & (t.effective_at >= day_begins(first_on))
        & (t.effective_at < day_over(last_on))
    )


def _entries(account_id: int, first_on: date, last_on: date) -> tuple[list[LedgerTransfer], dict[int, tuple[AccountKind, str]]]:
    """The newest steps of a time, oldest first, and the houses on their other side."""
    t = LedgerTransfer
    query = select(t).where(_between(account_id, first_on, last_on)).order_by(t.effective_at.desc(), t.id.desc())
    steps = list(db.session.scalars(query.limit(MOST_ENTRIES)))[::-1]
    ids = {step.dr_id for step in steps} | {step.cr_id for step in steps}
    houses = db.session.execute(select(LedgerAccount.id, LedgerAccount.kind, LedgerAccount.key).where(LedgerAccount.id.in_(ids)))
    return steps, {row[0]: (row[1], row[2]) for row in houses}


def _extent(account_id: int, first_on: date, last_on: date) -> tuple[int, date | None, date | None]:
    """How many steps a time has, and the first and last day of all steps; one question."""
    t, inside = LedgerTransfer, case((_between(account_id, first_on, last_on), 1))
    query = select(func.count(inside), func.min(t.effective_at), func.max(t.effective_at))
    count, first, last = db.session.execute(query.where((t.dr_id == account_id) | (t.cr_id == account_id))).one()
    return count, bureau_day(utc(first)) if first else None, bureau_day(utc(last)) if last else None


def count_of_accounts(by: Actor, *, kind: AccountKind | None = None, programme: str = "") -> int:
    """How many accounts there are.

    Raises: Forbidden.
    """
    require(by, Act.SEE_LEDGER)
    query = select(func.count()).select_from(LedgerAccount)
    if kind is not None:
        query = query.where(LedgerAccount.kind == kind)
    if programme:
        query = query.where(LedgerAccount.programme_code == programme)
    return db.session.scalar(query) or 0
