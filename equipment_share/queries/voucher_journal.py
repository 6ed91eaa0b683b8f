"""A voucher's journal: every entry in the order in which it counts, with what stands and what is free after it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from equipment_share.domain.ledger import Phase, change_of
from equipment_share.domain.money import ZERO, Money
from equipment_share.models.base import db
from equipment_share.models.ledger import LedgerTransfer

MOST = 10_000


@dataclass(frozen=True)
class JournalEntry:
    """One entry as the voucher sees it: `moved` is what it adds or takes, `balance` what then stands, `free` that less what is held."""

    step: LedgerTransfer
    moved: Money
    balance: Money
    free: Money


def voucher_journal(account_id: int) -> list[JournalEntry]:
    """All entries of one voucher, oldest first, as the statement of its account has them; one question."""
    t, of = LedgerTransfer, aliased(LedgerTransfer)
    query = select(t, of.amount).outerjoin(of, of.id == t.of_id).where((t.dr_id == account_id) | (t.cr_id == account_id))
    found, balance, held = [], ZERO, ZERO
    for step, of_hold in db.session.execute(query.order_by(t.effective_at, t.id).limit(MOST)):
        pending, posted = change_of(step.phase, step.amount, of_hold if of_hold is not None and step.phase is not Phase.REFUND else ZERO)
        moved = posted if step.cr_id == account_id else -posted
        balance, held = balance + moved, held + pending
        found.append(JournalEntry(step, moved, balance, balance - held))
    return found
