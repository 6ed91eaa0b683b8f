"""Claims as pages list them: a party also sees those on its own uses that the other hands in; the bureau finds by state, owner and period."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, select

from equipment_share.domain.access import FIRM, OWNER, Act, Actor, require
from equipment_share.domain.errors import NotFound
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.people import Organisation
from equipment_share.models.settlement import Claim


def _shown_to(query: Select[Claim], by: Actor) -> Select[Claim]:
    if by.role in FIRM | OWNER:
        side = Booking.firm_id if by.role in FIRM else Booking.owner_id
        return query.where((Claim.claimant_id == by.organisation_id) | (side == by.organisation_id))
    return query


def claim_shown_to(claim_id: int, by: Actor) -> Claim:
    """One claim to look at: one's own, one on a use that one is a party of, any for the bureau. To act on it is for the claimant alone.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.SEE_CLAIMS)
    query = select(Claim).join(Booking, Booking.id == Claim.booking_id).where(Claim.id == claim_id)
    found = db.session.scalar(_shown_to(query, by))
    if found is None:
        raise NotFound()
    return found


def claims_shown_to(
    by: Actor, *, states: Collection[ClaimState] = (), owner_id: int = 0, during: Period | None = None, after_id: int = 0, limit: int = 200,
) -> list[Claim]:  # fmt: skip
    """Claims, newest first, narrowed by state, owner and the period they count in.

    Raises: Forbidden.
    """
    require(by, Act.SEE_CLAIMS)
    query = _shown_to(select(Claim).join(Booking, Booking.id == Claim.booking_id), by)
    if states:
        query = query.where(Claim.state.in_(states))
    if owner_id:
        query = query.where(Booking.owner_id == owner_id)
    if during is not None:
        query = query.where(Claim.completed_on.between(during.first_on, during.last_on))
    if after_id:
        query = query.where(Claim.id < after_id)
    return list(db.session.scalars(query.order_by(Claim.id.desc()).limit(limit)))


def owners_claimed_for() -> list[Organisation]:
    """The owners whose uses have claims, by name; one question."""
    own = select(Booking.owner_id).join(Claim, Claim.booking_id == Booking.id)
    return list(db.session.scalars(select(Organisation).where(Organisation.id.in_(own)).order_by(Organisation.name_key, Organisation.id)))
