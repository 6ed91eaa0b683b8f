"""Flags on patterns over many claims: money that comes back, and bursts before a voucher expires."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from equipment_share.domain.money import Money, total
from equipment_share.domain.settlement.evidence import Finding
from equipment_share.domain.settlement.flags.facts import ClaimFacts
from equipment_share.domain.settlement.flags.parties import links
from equipment_share.domain.settlement.flags.terms import DEFAULT_SEVERITY, FlagTerms

YEAR = timedelta(days=365)


def round_trip(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X12: within days, those behind the owner are users of those behind the firm: the money may go in a circle.

    Units: days, whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X12)
    """
    used_on = claim.case.used_on
    if used_on is None:
        return []
    back = [
        cross
        for cross in claim.crossings
        if cross.firm.id != claim.firm.id
        and cross.owner.id != claim.owner.id
        and abs((cross.used_on - used_on).days) <= terms.return_days
        and links(cross.owner, claim.firm, terms.related_share_bp)
        and links(cross.firm, claim.owner, terms.related_share_bp)
    ]
    if not back:
        return []
    returned = total(cross.gross for cross in back)
    facts = {
        "bookings": sorted(cross.booking for cross in back), "returned_fen": returned.fen, "gross_fen": claim.case.gross.fen,
        "by": sorted({cross.firm.name for cross in back}), "to": sorted({cross.owner.name for cross in back}),
    }  # fmt: skip
    return [Finding("X12", DEFAULT_SEVERITY["X12"], "circle", min(returned, claim.case.gross), facts)]


def burst_at_expiry(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X14: most of a year's voucher money of a firm, or of an owner, falls into the last days before expiry.

    Units: days, whole fen; the share in basis points. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X14)
    """
    used_on, found = claim.case.used_on, []
    if used_on is None:
        return []
    for side, end in (("firm", claim.expires_on), ("owner", claim.period_last_on)):
        if end is None or not end - timedelta(days=terms.burst_days) < used_on <= end:
            continue
        mates = [o for o in claim.claims_elsewhere if o.programme == claim.programme and _same(side, claim, o.firm_id, o.owner_id)]
        rows = [(used_on, claim.amount), *((o.used_on, o.amount) for o in mates)]
        if burst := _burst(rows, end, terms):
            last, year, count = burst
            facts = {
                "window_days": terms.burst_days, "last_fen": last.fen, "year_fen": year.fen, "claims_count": count, "expires_on": end.isoformat(),
            }  # fmt: skip
            found.append(Finding("X14", DEFAULT_SEVERITY["X14"], side, last, facts))
    return found


def _same(side: str, claim: ClaimFacts, firm_id: int, owner_id: int) -> bool:
    return firm_id == claim.firm.id if side == "firm" else owner_id == claim.owner.id


def _burst(rows: Sequence[tuple[date, Money]], end: date, terms: FlagTerms) -> tuple[Money, Money, int] | None:
    """What fell into the last days and into the year, and how many claims; None where that is no burst."""
    year = [row for row in rows if end - YEAR < row[0] <= end]
    last = [row for row in year if row[0] > end - timedelta(days=terms.burst_days)]
    of_last, of_year = total(amount for _, amount in last), total(amount for _, amount in year)
    is_burst = len(last) >= terms.burst_claims and of_last.fen * 10_000 >= of_year.fen * terms.burst_share_bp
    return (of_last, of_year, len(last)) if is_burst and of_year else None
