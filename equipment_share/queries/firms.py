"""What the rules need to know of a firm on a day, and who is behind an organisation."""

from __future__ import annotations

from datetime import date

from equipment_share.domain.access import Actor
from equipment_share.domain.errors import ConflictOfInterest
from equipment_share.domain.settlement.flags.facts import Party
from equipment_share.domain.settlement.flags.terms import DEFAULT_TERMS
from equipment_share.domain.subsidy.awards import FirmFacts
from equipment_share.models.base import db
from equipment_share.models.people import Organisation


def tags_on(firm: Organisation, on: date) -> frozenset[str]:
    """The firm's tags that hold on a day; the last day counts whole."""
    return frozenset(str(row["tag"]) for row in firm.tags if not row.get("valid_until") or date.fromisoformat(row["valid_until"]) >= on)


def is_barred(firm: Organisation, on: date) -> bool:
    """Whether a firm gets no public money on a day: until the last day of its bar, or for good."""
    return firm.barred_until >= on if firm.barred_until is not None else firm.barred


def holdings(organisation: Organisation) -> tuple[tuple[str, int], ...]:
    """The shareholders that the bureau knows, with their shares in basis points."""
    return tuple((str(row["name"]), int(row["share_bp"])) for row in organisation.shareholders)


def is_related(firm: Organisation, owner: Organisation) -> bool:
    """Whether two organisations are one, are said to be linked, or share a controller or a large shareholder (`docs/rules.md#related-parties`)."""
    if firm.id == owner.id or owner.code in firm.related or firm.code in owner.related:
        return True
    if firm.controller.strip() and firm.controller.strip() == owner.controller.strip():
        return True
    large = [{name.strip() for name, bp in holdings(side) if bp >= DEFAULT_TERMS.related_share_bp} for side in (firm, owner)]
    return bool(large[0] & large[1]) or owner.name in large[0] or firm.name in large[1]


def require_no_link(by: Actor, *other_sides: int | None) -> None:
    """Nobody decides on the other side of his own or a related organisation (domain I11). What is decided on has loaded its sides: seldom a question.

    Raises: ConflictOfInterest.
    """
    if by.organisation_id is None:
        return
    own = db.session.get_one(Organisation, by.organisation_id)
    if any(is_related(db.session.get_one(Organisation, key), own) for key in set(other_sides) if key is not None):
        raise ConflictOfInterest()


def firm_facts(firm: Organisation, owner: Organisation, on: date) -> FirmFacts:
    """The firm as the subsidy function sees it."""
    return FirmFacts(
        tags=tags_on(firm, on),
        region=firm.region,
        staff=firm.staff,
        revenue=firm.revenue,
        capital=firm.capital,
        related_to_owner=is_related(firm, owner),
        barred=is_barred(firm, on),
    )


def party_of(row: Organisation, on: date) -> Party:
    """An organisation as the flags look at it on a day."""
    return Party(
        id=row.id,
        code=row.code,
        name=row.name,
        controller=row.controller,
        legal_rep=row.legal_rep,
        shareholders=holdings(row),
        phone=row.phone,
        address=row.address,
        bank_account=row.bank_account,
        related=frozenset(row.related),
        founded_on=row.founded_on,
        insured_staff=row.insured_staff,
        research_spend=row.research_spend,
        credit_list=row.credit_list,
        credit_since=row.credit_since,
        barred=is_barred(row, on),
    )
