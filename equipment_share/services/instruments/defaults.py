"""Use case: what an owner says for all its instruments, which each may say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.errors import Invalid, NotFound, Problem
from equipment_share.models.people import Organisation
from equipment_share.queries.instruments.instruments import instruments_of
from equipment_share.services.transaction import record, transaction, use_case


@use_case
def set_owner_rules(rules: Mapping[str, object], *, by: Actor, at: datetime) -> Organisation:
    """Replace an owner's defaults; they must go together with what each instrument says itself.

    Raises: Forbidden, NotFound, Invalid with every problem, naming the instrument that a default does not fit.
    """
    require(by, Act.EDIT_INSTRUMENT)
    kept = {name: value for name, value in rules.items() if value is not None}
    Rules.parse(kept)
    with transaction() as session:
        owner = session.get(Organisation, by.organisation_id, with_for_update=True)
        if owner is None:
            raise NotFound()
        problems = []
        for instrument in instruments_of(owner.id):
            try:
                Rules.parse({**kept, **instrument.rules})
            except Invalid as refusal:
                problems += [Problem("does_not_fit", p.field, {"instrument": instrument.inner_code}) for p in refusal.problems]
        if problems:
            raise Invalid(problems)
        owner.rules = kept
        record(session, "organisation", owner, "defaults_set", by=by, at=at, facts={"rules": kept})
    return owner
