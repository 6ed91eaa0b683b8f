"""The bureau at a glance: sums of claims, how old the holds are, what is to be paid; what waits for whom is asked in `needs_bureau`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select

from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.settlement.claims import BatchState, ClaimState
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, VoucherUse
from equipment_share.models.settlement import Batch, Claim
from equipment_share.queries.ledger import as_money

AGES = (7, 30, 90)
"""Where the classes of old holds end, in days after the booked time."""
S = ClaimState


@dataclass(frozen=True)
class Sum:
    """Things counted and added up."""

    count: int = 0
    amount: Money = ZERO


def _of(sums: Mapping[str, Sum], states: tuple[ClaimState, ...]) -> Sum:
    own = [sums[state.value] for state in states if state.value in sums]
    return Sum(sum(one.count for one in own), total(one.amount for one in own))


def sums_of_claims() -> dict[str, Sum]:
    """Claims by state; one question."""
    query = select(Claim.state, func.count(), func.sum(Claim.amount)).group_by(Claim.state)
    return {state.value: Sum(count, as_money(amount)) for state, count, amount in db.session.execute(query)}


def to_be_paid(sums: Mapping[str, Sum]) -> dict[str, Money]:
    """What is approved and not paid yet: what batches hold, and what none has gathered."""
    parts = {"in_batches": (S.BATCHED, S.PAYMENT_FAILED), "not_gathered": (S.APPROVED, S.PUBLICISED)}
    return {name: _of(sums, states).amount for name, states in parts.items()}


def ageing_of_holds(programme: str, *, at: datetime) -> dict[str, Sum]:
    """Open holds by how long ago their time was over: `ahead`, `within_7`, `within_30`, `within_90`, `older`; one question."""
    bounds = [(Booking.ends_at > at, "ahead"), *((Booking.ends_at > at - timedelta(days=days), f"within_{days}") for days in AGES)]
    age = case(*bounds, else_="older").label("age")
    query = (
        select(age, func.count(), func.sum(VoucherUse.held))
        .join(Booking, Booking.id == VoucherUse.booking_id)
        .where(VoucherUse.programme_code == programme, VoucherUse.resolved_id.is_(None))
        .group_by(age)
    )
    found = {name: Sum(count, as_money(amount)) for name, count, amount in db.session.execute(query)}
    return {name: found.get(name, Sum()) for name in ("ahead", *(f"within_{days}" for days in AGES), "older")}


def batches_to_pay() -> list[Batch]:
    """What finance has to do with: sent, partly failed, paid and closed, the newest first, at most 100."""
    states = [BatchState.SENT, BatchState.PART_FAILED, BatchState.PAID, BatchState.CLOSED]
    return list(db.session.scalars(select(Batch).where(Batch.state.in_(states)).order_by(Batch.id.desc()).limit(100)))
