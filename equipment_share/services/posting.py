"""Building blocks for use cases that move money: open an account, lock accounts in order, post one step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from equipment_share.domain.access import Actor
from equipment_share.domain.ledger import BOUNDED, AccountKind, Phase
from equipment_share.domain.money import Money
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.queries.ledger import account, account_or_none, accounts_locked

SUMS = ["dr_pend", "dr_post", "cr_pend", "cr_post", "last_transfer_id"]


def open_account(
    session: Session,
    kind: AccountKind,
    key: str,
    *,
    programme_code: str | None,
    organisation_id: int | None = None,
    bounded: bool | None = None,
) -> LedgerAccount:
    """The account of that name, made when it is not there yet; a unit that names it again is not asked again.

    Two that make the same one at once: the second waits on the unique key and then finds the first one's.
    """
    known: dict[tuple[AccountKind, str], LedgerAccount] = session.info.get("accounts", {})
    house = known.get((kind, key)) or account_or_none(kind, key)
    if house is None:
        house = _opened(session, kind, key, programme_code=programme_code, organisation_id=organisation_id, bounded=bounded)
    known[kind, key] = house
    return house


def _opened(
    session: Session, kind: AccountKind, key: str, *, programme_code: str | None, organisation_id: int | None, bounded: bool | None
) -> LedgerAccount:
    row = {
        "kind": kind,
        "key": key,
        "bounded": kind in BOUNDED if bounded is None else bounded,
        "programme_code": programme_code,
        "organisation_id": organisation_id,
    }
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sqlite.insert(LedgerAccount).values(row).on_conflict_do_nothing())
    else:
        session.execute(postgresql.insert(LedgerAccount).values(row).on_conflict_do_nothing())
    return account(kind, key)


def lock_accounts(session: Session, ids: Iterable[int]) -> dict[int, LedgerAccount]:
    """Hold the rows of all accounts a unit will touch, in order of id, after flushing what is new."""
    session.flush()
    return {house.id: house for house in accounts_locked(ids)}


def post(
    session: Session,
    dr: LedgerAccount,
    cr: LedgerAccount,
    amount: Money,
    phase: Phase,
    *,
    programme_code: str,
    by: Actor,
    at: datetime,
    of: LedgerTransfer | None = None,
    booking_id: int | None = None,
    effective_at: datetime | None = None,
    reason: str = "",
) -> LedgerTransfer:
    """Write one step of the street; the database checks it and moves the sums."""
    step = LedgerTransfer(
        dr_id=dr.id,
        cr_id=cr.id,
        amount=amount,
        phase=phase,
        of_id=of.id if of else None,
        programme_code=programme_code,
        booking_id=booking_id,
        made_at=at,
        effective_at=effective_at or at,
        by_id=by.id,
        reason=reason,
    )
    session.add(step)
    session.flush()
    for house in (dr, cr):
        session.expire(house, SUMS)  # the trigger moved them behind the session's back
    return step
