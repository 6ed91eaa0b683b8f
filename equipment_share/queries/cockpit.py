"""The bureau's home: what waits for whom, how old the holds are, what is to be paid. A handful of questions, however much there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select

from equipment_share.domain.access import Act, Actor, may, require
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.settlement.claims import BatchState, ClaimState
from equipment_share.domain.settlement.guide import TASKS
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, VoucherUse
from equipment_share.models.settlement import Batch, Claim
from equipment_share.queries.ledger import as_money

AGES = (7, 30, 90)
"""Where the classes of old holds end, in days after the booked time."""
S = ClaimState
CLAIM_TASKS = (("check_claims", Act.CHECK_CLAIM, (S.SUBMITTED, S.IN_REVIEW)), ("approve_claims", Act.APPROVE_CLAIM, (S.CHECKED,)))


@dataclass(frozen=True)
class Sum:
    """Things counted and added up."""

    count: int = 0
    amount: Money = ZERO


@dataclass(frozen=True)
class Need:
    """Something that waits for this reader."""

    code: str
    sum: Sum


def needs(by: Actor) -> list[Need]:
    """What waits for somebody's role, in the order of the money's way; two questions.

    Raises: Forbidden.
    """
    require(by, Act.SEE_BATCHES)
    claims, batches = sums_of_claims(), sums_of_batches()
    found = [Need(code, _of(claims, states)) for code, act, states in CLAIM_TASKS if may(by.role, act)]
    found += [Need(task.code, _of(batches, task.states)) for task in TASKS if may(by.role, task.act)]
    return [need for need in found if need.sum.count]


def _of(sums: Mapping[str, Sum], states: tuple[ClaimState, ...] | tuple[BatchState, ...]) -> Sum:
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


def sums_of_batches() -> dict[str, Sum]:
    """Batches by state; one question."""
    query = select(Batch.state, func.count(), func.sum(Batch.total)).group_by(Batch.state)
    return {state.value: Sum(count, as_money(amount)) for state, count, amount in db.session.execute(query)}


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
