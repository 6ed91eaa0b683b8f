"""Building block: letters into the outbox, in the transaction they tell of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import FIRM, OWNER, Role
from equipment_share.models.bookings import Booking
from equipment_share.models.outbox import Letter
from equipment_share.queries.people import ids_of_people, people_with_role
from equipment_share.services.transaction import later


def tell_firm(session: Session, booking: Booking, kind: str, *, at: datetime, facts: Mapping[str, object] | None = None) -> None:
    """Write to the person who booked."""
    later(session, Letter, user_id=booking.user_id, kind=kind, facts=_facts(booking, facts), made_at=at)


def tell_owner(session: Session, booking: Booking, kind: str, *, at: datetime, facts: Mapping[str, object] | None = None) -> None:
    """Write to everybody who may decide on the owner's side."""
    for person_id in ids_of_people(booking.owner_id, OWNER):
        later(session, Letter, user_id=person_id, kind=kind, facts=_facts(booking, facts), made_at=at)


def tell_both(session: Session, booking: Booking, kind: str, *, at: datetime, facts: Mapping[str, object] | None = None) -> None:
    """Write to both sides."""
    tell_firm(session, booking, kind, at=at, facts=facts)
    tell_owner(session, booking, kind, at=at, facts=facts)


def tell_bureau(session: Session, booking: Booking, kind: str, *, at: datetime) -> None:
    """Write to the clerks of the bureau."""
    for person in people_with_role(Role.BUREAU_CLERK):
        later(session, Letter, user_id=person.id, kind=kind, facts=_facts(booking, None), made_at=at)


def tell_organisation(session: Session, organisation_id: int, kind: str, *, at: datetime, facts: Mapping[str, object]) -> int:
    """Write to everybody of a firm or owner; answers how many letters that are."""
    ids = ids_of_people(organisation_id, FIRM | OWNER)
    for person_id in ids:
        later(session, Letter, user_id=person_id, kind=kind, facts=dict(facts), made_at=at)
    return len(ids)


def _facts(booking: Booking, more: Mapping[str, object] | None) -> dict[str, object]:
    return {
        "booking_id": booking.id,
        "number": booking.number,
        "instrument": booking.instrument.name_zh or booking.instrument.name_en,
        "start": booking.starts_at.isoformat(),
        "end": booking.ends_at.isoformat(),
        **(more or {}),
    }
