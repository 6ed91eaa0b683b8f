"""For which times there is something to report."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from equipment_share.domain.access import FIRM, OWNER, Actor
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.settlement import Batch, Claim
from equipment_share.queries.reporting.rows import UNGATHERED

BY_BATCH = frozenset({"payment_list"})
"""Reports that go by a batch's period; all others go by the days of use."""


def days_with_figures(programmes: Collection[str], by: Actor | None, *, report: str = "") -> list[date]:
    """Days that some programmes have supported uses on, of one's own organisation alone for a firm or an owner; one question.

    For a report that goes by batches: the first days of their periods.
    """
    if report in BY_BATCH:
        query = select(Batch.period_first_on).where(Batch.programme_code.in_(programmes), Batch.state.not_in(UNGATHERED))
    else:
        query = select(Claim.completed_on).where(Claim.programme_code.in_(programmes))
        if by is not None and by.role in FIRM | OWNER:
            own = Booking.firm_id if by.role in FIRM else Booking.owner_id
            query = query.join(Booking, Booking.id == Claim.booking_id).where(own == by.organisation_id)
    return list(db.session.scalars(query.distinct()))
