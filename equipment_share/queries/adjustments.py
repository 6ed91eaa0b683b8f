"""Money beside claims: what was prepared, what waits for a batch, what an owner earned a bonus on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from equipment_share.domain.access import FIRM, OWNER, Act, Actor, Kind, require
from equipment_share.domain.errors import NotFound
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.adjustments import AdjustmentKind, AdjustmentState
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.people import Organisation
from equipment_share.models.settlement import Adjustment, BatchLine, Claim
from equipment_share.queries.ledger import as_money

S = AdjustmentState


def adjustments_seen_by(
    by: Actor, *, states: Sequence[AdjustmentState] = (), programme: str = "", after_id: int = 0, limit: int = 200
) -> list[Adjustment]:
    """Adjustments, newest first; a party sees those of its own money."""
    require(by, Act.SEE_CLAIMS)
    query = select(Adjustment).order_by(Adjustment.id.desc()).limit(limit)
    if by.role in FIRM | OWNER:
        query = query.where(Adjustment.payee_id == by.organisation_id)
    if states:
        query = query.where(Adjustment.state.in_(states))
    if programme:
        query = query.where(Adjustment.programme_code == programme)
    if after_id:
        query = query.where(Adjustment.id < after_id)
    return list(db.session.scalars(query))


def adjustment_seen_by(adjustment_id: int, by: Actor) -> Adjustment:
    """One adjustment of one's own money, or any for the bureau.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.SEE_CLAIMS)
    found = db.session.get(Adjustment, adjustment_id)
    if found is None or (by.role in FIRM | OWNER and found.payee_id != by.organisation_id):
        raise NotFound()
    return found


def adjustment_locked(adjustment_id: int, by: Actor) -> Adjustment:
    """One adjustment that the person may see, its row held.

    Raises: NotFound.
    """
    query = select(Adjustment).where(Adjustment.id == adjustment_id).with_for_update(of=Adjustment)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None or (by.role in FIRM | OWNER and found.payee_id != by.organisation_id):
        raise NotFound()
    return found


def adjustments_of(claim_id: int) -> list[Adjustment]:
    """What was changed of a claim after its payment, oldest first."""
    return list(db.session.scalars(select(Adjustment).where(Adjustment.claim_id == claim_id).order_by(Adjustment.id)))


def taken_back_of(claim_id: int) -> Money:
    """What of a claim was taken back, or is about to be."""
    query = select(func.sum(Adjustment.amount)).where(Adjustment.claim_id == claim_id, Adjustment.state != S.REFUSED)
    return ZERO - as_money(db.session.scalar(query))


def line_that_paid(claim_id: int) -> BatchLine | None:
    """The batch line that paid a claim."""
    query = select(BatchLine).where(BatchLine.claim_id == claim_id, BatchLine.adjustment_id.is_(None), BatchLine.result == "paid")
    return db.session.scalar(query.order_by(BatchLine.id.desc()).limit(1))


def adjustments_to_batch(programme_code: str, payee: str, *, lock: bool = False) -> list[Adjustment]:
    """Decided adjustments that no batch has settled, of one payee side; what is given, before what is taken."""
    side = Kind.OWNER if payee == "owner" else Kind.FIRM
    query = (
        select(Adjustment)
        .join(Organisation, Organisation.id == Adjustment.payee_id)
        .where(Adjustment.programme_code == programme_code, Adjustment.state == S.APPROVED, Organisation.kind == side)
        .order_by(Adjustment.payee_id, Adjustment.amount.desc(), Adjustment.id)
    )
    return list(db.session.scalars(query.with_for_update(of=Adjustment) if lock else query))


def sides_with_adjustments() -> set[tuple[str, str]]:
    """The programmes and payee sides that have decided adjustments which no batch has settled; one question."""
    query = select(Adjustment.programme_code, Organisation.kind).join(Organisation, Organisation.id == Adjustment.payee_id)
    rows = db.session.execute(query.where(Adjustment.state == S.APPROVED).distinct())
    return {(code, "owner" if kind is Kind.OWNER else "firm") for code, kind in rows}


APPROVED_CLAIMS = (
    ClaimState.APPROVED, ClaimState.PUBLICISED, ClaimState.BATCHED, ClaimState.PAID, ClaimState.PAYMENT_FAILED, ClaimState.ADJUSTED,
)  # fmt: skip


def services_by_owner(programme_code: str, period: Period) -> dict[int, Money]:
    """The gross of the supported uses of a period, by owner."""
    query = (
        select(Booking.owner_id, func.sum(Booking.gross))
        .join(Claim, Claim.booking_id == Booking.id)
        .where(Claim.programme_code == programme_code, Claim.completed_on.between(period.first_on, period.last_on))
        .where(Claim.state.in_(APPROVED_CLAIMS))
        .group_by(Booking.owner_id)
        .order_by(Booking.owner_id)
    )
    return {owner_id: as_money(amount) for owner_id, amount in db.session.execute(query)}


def bonuses_given(programme_code: str, period: Period) -> dict[int, Money]:
    """What owners already have of a period's bonus, prepared or decided."""
    query = (
        select(Adjustment.payee_id, func.sum(Adjustment.amount))
        .where(Adjustment.kind == AdjustmentKind.BONUS, Adjustment.programme_code == programme_code, Adjustment.state != S.REFUSED)
        .where(Adjustment.period_first_on == period.first_on, Adjustment.period_last_on == period.last_on)
        .group_by(Adjustment.payee_id)
    )
    return {payee_id: as_money(amount) for payee_id, amount in db.session.execute(query)}
