"""The auditor's questions: the journal of transfers and whether the audit chain holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from equipment_share.adapters.seal import START, sealed
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.money import Money
from equipment_share.models.base import db
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.models.outbox import AuditHead, AuditRow


@dataclass(frozen=True)
class JournalLine:
    """One step of the street with both its houses."""

    id: int
    made_at: datetime
    effective_at: datetime
    dr_id: int
    dr: AccountKind
    cr_id: int
    cr: AccountKind
    amount: Money
    phase: str
    booking_id: int | None
    reason: str


def newest_transfers(limit: int, before: int = 0) -> list[JournalLine]:
    """The newest steps, or those before one; one question."""
    dr, cr, t = aliased(LedgerAccount), aliased(LedgerAccount), LedgerTransfer
    query = (
        select(t.id, t.made_at, t.effective_at, dr.id, dr.kind, cr.id, cr.kind, t.amount, t.phase, t.booking_id, t.reason)
        .join(dr, dr.id == t.dr_id)
        .join(cr, cr.id == t.cr_id)
        .order_by(t.id.desc())
        .limit(limit)
    )
    if before:
        query = query.where(t.id < before)
    return [
        JournalLine(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8].value, row[9], row[10])
        for row in db.session.execute(query)
    ]


def length_of_journal() -> int:
    """The number of the newest step; one question."""
    return db.session.scalar(select(func.max(LedgerTransfer.id))) or 0


@dataclass(frozen=True)
class ChainState:
    """How long the chain is, and the first row that does not follow, if any."""

    length: int
    broken_at: int | None


def chain_state() -> ChainState:
    """Walk the whole chain; the head must be its last row."""
    prev, count = START, 0
    rows = db.session.execute(
        select(AuditRow.seq, AuditRow.prev, AuditRow.h, AuditRow.doc).order_by(AuditRow.seq).execution_options(yield_per=5000)
    )
    for seq, kept_prev, h, doc in rows:
        count += 1
        if seq != count or kept_prev != prev or h != sealed(prev, doc):
            return ChainState(count, seq)
        prev = h
    head = db.session.scalar(select(AuditHead))
    whole = head is not None and head.seq == count and head.h == prev
    return ChainState(count, None if whole else count + 1)
