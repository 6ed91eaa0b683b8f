"""The public list of who was supported: firm and amount only, of claims that were approved, less what was taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func, select

from equipment_share.domain.access import READERS, Actor
from equipment_share.domain.errors import invalid
from equipment_share.domain.money import Money
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.adjustments import AdjustmentState
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.people import Organisation
from equipment_share.models.settlement import Adjustment, Claim
from equipment_share.queries.ledger import as_money

PUBLIC = (
    ClaimState.APPROVED, ClaimState.PUBLICISED, ClaimState.BATCHED, ClaimState.PAID, ClaimState.PAYMENT_FAILED, ClaimState.ADJUSTED,
)  # fmt: skip
UNDECIDED = (AdjustmentState.PROPOSED, AdjustmentState.REFUSED)


def supported(programmes: Sequence[str], period: Period | None) -> list[tuple[int, str, int, Money]]:
    """Firm, its name, number of claims and amount; of all programmes when none is named, of all time without a period; one question."""
    decided = Adjustment.claim_id.is_not(None) & Adjustment.state.not_in(UNDECIDED)
    back = select(Adjustment.claim_id, func.sum(Adjustment.amount).label("amount")).where(decided).group_by(Adjustment.claim_id).subquery()
    query = (
        select(Booking.firm_id, Organisation.name, func.count(), func.sum(Claim.amount), func.sum(back.c.amount))
        .select_from(Claim)
        .join(Booking, Booking.id == Claim.booking_id)
        .join(Organisation, Organisation.id == Booking.firm_id)
        .outerjoin(back, back.c.claim_id == Claim.id)
        .where(Claim.state.in_(PUBLIC))
        .group_by(Booking.firm_id, Organisation.name, Organisation.name_key)
        .order_by(Organisation.name_key, Booking.firm_id)
    )
    if programmes:
        query = query.where(Claim.programme_code.in_(programmes))
    if period is not None:
        query = query.where(Claim.completed_on.between(period.first_on, period.last_on))
    return [(row[0], row[1], row[2], as_money(row[3]) + as_money(row[4])) for row in db.session.execute(query)]


def public_days(programmes: Collection[str]) -> list[date]:
    """The days that public claims of some programmes count on; one question."""
    query = select(Claim.completed_on).where(Claim.programme_code.in_(programmes), Claim.state.in_(PUBLIC))
    return list(db.session.scalars(query.distinct()))


def check_public(period: Period, by: Actor | None) -> None:
    """Whether the list may be given of a period: of days only to the bureau and the auditor, or a day's amount would tell who used what.

    Raises: Invalid `whole_months`.
    """
    if not period.is_whole_months and (by is None or by.role not in READERS):
        raise invalid("whole_months", "period")


def publicity(programme: str, period: Period | None, by: Actor | None = None) -> list[tuple[str, Money]]:
    """The public list: firm and amount only.

    Raises: Invalid `whole_months`.
    """
    if period is not None:
        check_public(period, by)
    return [(name, amount) for _, name, _, amount in supported([programme] if programme else [], period)]
