"""What of the batches needs an officer: what is to be gathered, each step by whose it is, and what failed at the bank."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from equipment_share.domain.access import Role
from equipment_share.domain.money import Money, total
from equipment_share.domain.needs import BATCH_NEEDS, Need, NeedKind
from equipment_share.domain.settlement.claims import BatchState
from equipment_share.domain.settlement.gathering import Gathering
from equipment_share.domain.texts import NAMELESS, Named
from equipment_share.models.base import db
from equipment_share.models.people import User
from equipment_share.models.settlement import Batch, BatchLine
from equipment_share.queries.adjustments import sides_with_adjustments
from equipment_share.queries.bank_accounts import with_waiting_change
from equipment_share.queries.bookings.bookings import last_steps
from equipment_share.queries.gathering import waiting_gatherings
from equipment_share.queries.ledger import as_money
from equipment_share.queries.payments import FailedLine, failed_lines

K, B = NeedKind, BatchState


def needs_of_batches(by: User) -> list[Need]:
    """Batches that wait for this role, since they came into their state, with what is left of them; for the clerk what is in none, and accounts."""
    states = [state for state, (_, role) in BATCH_NEEDS.items() if role is by.role]
    rows = list(db.session.scalars(select(Batch).where(Batch.state.in_(states)).order_by(Batch.id).limit(200))) if states else []
    is_clerk = by.role is Role.BUREAU_CLERK
    found, amounts = (waiting_gatherings() if is_clerk else []), _left(rows)
    amounts |= {one.batch.id: one.amount for one in found if one.batch is not None and one.is_open}
    since = last_steps("batch", [row.id for row in rows])
    needs = [
        Need(BATCH_NEEDS[row.state][0], since.get(row.id, row.made_at), row.id, Named.of(row.number), amount=amounts.get(row.id, row.total) or None)
        for row in _not_empty(rows, amounts)
    ]  # fmt: skip
    return needs + ([*_to_gather(found), *_accounts(failed_lines())] if is_clerk else [])


def _not_empty(rows: Collection[Batch], amounts: Collection[int]) -> list[Batch]:
    """The batches without the open ones that have nothing to lock."""
    empty = [row for row in rows if row.state is B.OPEN and row.id not in amounts]
    beside = sides_with_adjustments() if empty else set()
    return [row for row in rows if row not in empty or (row.programme_code, row.payee) in beside]


def _left(rows: Collection[Batch]) -> dict[int, Money]:
    """What is not paid yet of batches that are at the bank; one question, none for none."""
    ids = [row.id for row in rows if row.state in (B.SENT, B.PART_FAILED)]
    query = select(BatchLine.batch_id, func.sum(BatchLine.amount)).where(BatchLine.batch_id.in_(ids), BatchLine.result != "paid")
    return {batch_id: as_money(amount) for batch_id, amount in db.session.execute(query.group_by(BatchLine.batch_id))} if ids else {}


def _to_gather(found: Collection[Gathering]) -> list[Need]:
    free = [one for one in found if one.batch is None]
    return [Need(K.BATCH_GATHER, one.since, None, NAMELESS, amount=one.amount, programme=one.programme, period=one.period) for one in free]


def _accounts(failed: Collection[FailedLine]) -> list[Need]:
    """Payees whose payment failed, who have the same account still and for whom no other waits for its second hand."""
    payees: dict[int, list[FailedLine]] = {}
    for row in failed:
        if not row.is_corrected:
            payees.setdefault(row.line.payee_id, []).append(row)
    waits = with_waiting_change(payees)
    return [
        Need(
            K.ACCOUNT, min(row.failure.at for row in own), payee_id, Named.of(own[0].line.payee.name), own[0].line.batch.number,
            amount=total(row.line.amount for row in own),
        )
        for payee_id, own in payees.items()
        if payee_id not in waits
    ]  # fmt: skip
