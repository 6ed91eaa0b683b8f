"""Approved claims that are in no batch yet, as they would be gathered; two questions, however many there are."""

from __future__ import annotations

from sqlalchemy import case, func, select

from equipment_share.domain.money import Money
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.claims import BatchState, ClaimState
from equipment_share.domain.settlement.gathering import DaySum, Gathering, LiveBatch, gatherings
from equipment_share.models.base import db, utc
from equipment_share.models.bookings import Booking
from equipment_share.models.settlement import Batch, Claim
from equipment_share.queries.ledger import as_money

_SIDE = case((Claim.payee_id == Booking.owner_id, "owner"), else_="firm")
_WAITING = (
    select(Claim.programme_code, _SIDE, Claim.completed_on, func.count(), func.sum(Claim.amount), func.min(Claim.approved_at), func.min(Claim.made_at))
    .join(Booking, Booking.id == Claim.booking_id)
    .where(Claim.state.in_([ClaimState.APPROVED, ClaimState.PUBLICISED]), Claim.batch_id.is_(None), Claim.amount > Money(0))
    .group_by(Claim.programme_code, _SIDE, Claim.completed_on)
)  # fmt: skip
_LIVE = (
    select(Batch.id, Batch.number, Batch.programme_code, Batch.payee, Batch.period_first_on, Batch.period_last_on, Batch.state)
    .where(Batch.state.not_in([BatchState.REFUSED, BatchState.CLOSED]))
    .order_by(Batch.id)
)


def waiting_gatherings() -> list[Gathering]:
    """The approved claims that no batch holds, by the batch that would gather them."""
    sums = [
        DaySum(code, side, day, count, as_money(amount), utc(approved or made))
        for code, side, day, count, amount, approved, made in db.session.execute(_WAITING)
    ]
    if not sums:
        return []
    live = [LiveBatch(row[0], row[1], row[2], row[3], Period(row[4], row[5]), row[6]) for row in db.session.execute(_LIVE)]
    return gatherings(sums, live)


def batches_made(programme_code: str, period: Period) -> int:
    """How many batches a programme has had of a period, refused ones too."""
    own = (Batch.programme_code == programme_code, Batch.period_first_on == period.first_on, Batch.period_last_on == period.last_on)
    return db.session.scalar(select(func.count(Batch.id)).where(*own)) or 0
