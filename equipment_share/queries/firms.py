"""What the rules need to know of a firm on a day."""

from __future__ import annotations

from datetime import date

from equipment_share.domain.subsidy.awards import FirmFacts
from equipment_share.models.people import Organisation


def tags_on(firm: Organisation, on: date) -> frozenset[str]:
    """The firm's tags that hold on a day; the last day counts whole."""
    return frozenset(str(row["tag"]) for row in firm.tags if not row.get("valid_until") or date.fromisoformat(row["valid_until"]) >= on)


def is_related(firm: Organisation, owner: Organisation) -> bool:
    """Whether the bureau knows of a link between two organisations, said on either side."""
    return firm.id == owner.id or owner.code in firm.related or firm.code in owner.related


def firm_facts(firm: Organisation, owner: Organisation, on: date) -> FirmFacts:
    """The firm as the subsidy function sees it."""
    return FirmFacts(
        tags=tags_on(firm, on),
        region=firm.region,
        staff=firm.staff,
        revenue=firm.revenue,
        capital=firm.capital,
        related_to_owner=is_related(firm, owner),
        barred=firm.barred,
    )
