"""The public list of who was supported: firm and amount only, of claims that were approved."""

from __future__ import annotations

from sqlalchemy import select

from equipment_share.domain.money import Money
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.models.base import db
from equipment_share.models.settlement import Claim


def publicity(programme: str, period: Period | None) -> list[tuple[str, Money]]:
    """The public list: firm and amount only, of claims that were approved."""
    from_approved = [
        ClaimState.APPROVED,
        ClaimState.PUBLICISED,
        ClaimState.BATCHED,
        ClaimState.PAID,
        ClaimState.PAYMENT_FAILED,
        ClaimState.ADJUSTED,
    ]
    query = select(Claim).where(Claim.state.in_(from_approved)).order_by(Claim.id)
    if programme:
        query = query.where(Claim.programme_code == programme)
    if period is not None:
        query = query.where(Claim.completed_on.between(period.first_on, period.last_on))
    sums: dict[str, Money] = {}
    for claim in db.session.scalars(query):
        name = claim.booking.firm.name
        sums[name] = sums.get(name, Money(0)) + claim.amount
    return sorted(sums.items())
