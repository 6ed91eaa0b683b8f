"""The class of a firm as one programme looks at it, on the day that the programme names."""

from __future__ import annotations

from collections.abc import Collection

from equipment_share.domain.programmes.days import ServiceDays, stages_looked_at
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.models.people import Organisation
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.firms import tags_on


def class_for(programme: Programme, firm: Organisation, days: ServiceDays, vouchers: Collection[Voucher]) -> frozenset[str]:
    """The tags that count: those of the issue, of the order or of the use (`tier_at`), as far as nobody took them away since.

    A tag that only ended with its day still counts for what was ordered before; one that the bureau revoked does not (W12).
    Where the programme looks at the use too, a firm that is in none of its classes by then has none.
    """
    match programme.tier_at:
        case "issue" if any(voucher.tier for voucher in vouchers):
            still = {str(row["tag"]) for row in firm.tags}
            tags = frozenset(str(tag) for voucher in vouchers for tag in voucher.tier) & still
        case "usage":
            tags = tags_on(firm, days.completed_on)
        case _:
            tags = tags_on(firm, days.ordered_on)
    if "usage" in stages_looked_at(programme) and not programme.is_open_to(tags_on(firm, days.completed_on)):
        return frozenset()
    return tags
