"""Use case of how an organisation is reached: its own administrator keeps it, and the history keeps what stood before."""

from __future__ import annotations

from datetime import datetime

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.contacts import Contact, contact_typed
from equipment_share.domain.errors import AlreadyDecided, NotFound
from equipment_share.models.people import Organisation
from equipment_share.queries.people import organisation_seen_by
from equipment_share.services.transaction import record, transaction, use_case


@use_case
def keep_contact(contact: Contact, *, by: Actor, at: datetime) -> Organisation:
    """An administrator writes down where the own organisation is and how it is reached; to say the same again changes nothing.

    Raises: Forbidden, NotFound, Invalid, AlreadyDecided when somebody else changed the organisation at the same time.
    """
    require(by, Act.KEEP_CONTACT)
    if by.organisation_id is None:
        raise NotFound()
    with transaction(lost_race=AlreadyDecided) as session:
        organisation = organisation_seen_by(by.organisation_id, by)

        kept, before = contact_typed(contact), contact_of(organisation)

        if kept != before:
            organisation.address, organisation.contact_name, organisation.phone = kept.address, kept.contact_name, kept.phone
            facts = {"from": str(before), "to": str(kept)}
            record(session, "organisation", organisation, "contact_changed", by=by, at=at, before=organisation.state, facts=facts)
    return organisation


def contact_of(organisation: Organisation) -> Contact:
    """How it is reached now."""
    return Contact(organisation.address, organisation.contact_name, organisation.phone)
