"""Terms that cannot stand beside each other: refused when a programme is drafted, each with its field and its reason.

A case file (`contract.md` §4) only reckons; there the terms of administration do not count, so these are not asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from equipment_share.domain.errors import Problem
from equipment_share.domain.programmes.parts import ProgrammeParts

PAIR = tuple[str, str]
"""A field path, and why: the key of its words in `wording`."""


def contradictions(programme: ProgrammeParts) -> list[Problem]:
    """Every pair of terms that contradict each other.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#contradictions
    """
    found = [*_money(programme), *_flow(programme), *_reckoning(programme)]
    return [Problem("contradiction", field, {"why": why}) for field, why in found]


def _money(p: ProgrammeParts) -> Iterator[PAIR]:
    """When money leaves the programme, against who draws it and how."""
    if p.issue_mode == "none" and p.reserve_at != "claim":
        yield "budget.reserve_at", "nothing_issued"
    elif p.exhaustion == "pro_rata" and p.reserve_at != "claim":
        yield "budget.reserve_at", "gone_before_the_cut"
    if p.exhaustion == "pro_rata" and p.budget_total is None:
        yield "budget.exhaustion", "no_budget_to_divide"
    if p.exhaustion == "pro_rata" and p.waitlist:
        yield "budget.waitlist", "nobody_waits_for_a_share"
    elif p.issue_mode == "none" and p.waitlist:
        yield "budget.waitlist", "nobody_applies"
    if p.issue_mode == "none" and p.quota:
        yield "quota_fen", "nothing_issued"
    if p.issue_mode == "none" and p.tier_at == "issue":
        yield "tier_at", "nothing_issued"
    if p.period == "lifetime" and p.carry_over:
        yield "carry_over", "no_next_period"
    if p.period == "lifetime" and p.expiry_penalty:
        yield "expiry_penalty", "no_next_period"


def _flow(p: ProgrammeParts) -> Iterator[PAIR]:
    """Who paid, against who is paid."""
    if p.flow == "gross_refund" and p.claimant == "owner":
        yield "claimant", "firm_paid_all"
    if p.flow == "gross_refund" and p.invoice_mode == "split":
        yield "invoice_mode", "firm_paid_all"


def _reckoning(p: ProgrammeParts) -> Iterator[PAIR]:
    """Rates, limits and other programmes."""
    if p.code in p.stacking_with:
        yield "stacking.with", "itself"
    categories = {dict(rule.when).get("category") for rule in p.rate_rules}
    if len(categories) > 1 and (p.band_base == "period_cumulative" or p.stacking == "deduct_first"):
        yield "rate_rules", "one_rule_for_an_order"
    if any(cap is not None and cap < p.min_claim for cap in (p.per_order, p.per_voucher)):
        yield "min_claim_fen", "never_reached"
    codes = [source.code for source in p.sources]
    for index, code in enumerate(codes):
        if code in codes[:index]:
            yield f"sources[{index}].code", "named_twice"
