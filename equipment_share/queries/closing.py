"""What a close looks at beside the batch itself: claims without an answer, holds that outlived their bookings, open red flags."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select

from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.claims import UNDECIDED
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, VoucherUse
from equipment_share.models.settlement import Claim, FindingLine

LONG_AFTER = timedelta(days=30)
"""A hold still open so long after its slot is older than its booking should be."""


def undecided_claims(programme_code: str, period: Period) -> int:
    """How many claims of a period the bureau still owes an answer."""
    query = select(func.count(Claim.id)).where(Claim.programme_code == programme_code, Claim.state.in_(UNDECIDED))
    return db.session.scalar(query.where(Claim.completed_on.between(period.first_on, period.last_on))) or 0


def holds_older_than(programme_code: str, period: Period, *, at: datetime) -> int:
    """How many holds of a period's slots are still open long after."""
    query = select(func.count(VoucherUse.id)).join(Booking, Booking.id == VoucherUse.booking_id)
    query = query.where(VoucherUse.programme_code == programme_code, VoucherUse.resolved_id.is_(None))
    return db.session.scalar(query.where(Booking.ends_at < period.span.end, Booking.ends_at < at - LONG_AFTER)) or 0


def undisposed_findings(claim_ids: Collection[int]) -> dict[str, int]:
    """How many red flags of some claims nobody has said anything about, by severity."""
    query = select(FindingLine.severity, func.count(FindingLine.id)).where(
        FindingLine.claim_id.in_(claim_ids), FindingLine.disposition == ""
    )
    return {severity: found for severity, found in db.session.execute(query.group_by(FindingLine.severity))}  # noqa: C416 - its type is that of rows
