"""Flags on the money: paid twice, split to go around a limit, priced too high, made to measure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from statistics import median_low

from equipment_share.domain.money import Money, Rounding, rounded, total
from equipment_share.domain.settlement.evidence import Finding, latest
from equipment_share.domain.settlement.flags.facts import ClaimFacts, OtherClaim, Rates
from equipment_share.domain.settlement.flags.terms import DEFAULT_SEVERITY, FlagTerms
from equipment_share.domain.subsidy.bands import raw_fen

CAPS = ("PER_VOUCHER", "HOLDING", "ANNUAL_CAP", "JOINT_CAP")
"""Limits that a firm uses up; the limit per order is not one of them."""


def double_funding(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X06: the same booking, or the same contract, is claimed in another programme, and both exclude each other.

    Units: whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X06)
    """
    if not claim.exclusive:
        return []
    contract = latest(claim.case.papers, "contract")
    key = contract.number_key if contract else ""
    same_contract = {o.booking for o in claim.papers_elsewhere if key and o.leg == "contract" and o.key == key}
    twice = [
        other
        for other in claim.claims_elsewhere
        if other.exclusive
        and other.programme != claim.programme
        and other.firm_id == claim.firm.id
        and (other.booking == claim.booking or other.booking in same_contract)
    ]
    return [
        Finding(
            "X06", DEFAULT_SEVERITY["X06"], other.number, min(claim.amount, other.amount),
            {"claims": [other.number], "programme": other.programme, "bookings": [other.booking], "amount_fen": other.amount.fen},
        )
        for other in twice
    ]  # fmt: skip


def split_contract(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X08: jobs of one firm at one instrument, days apart, that each keep below a limit which their sum crosses; with the leak.

    Units: whole fen, days. The leak is what the parts got above what one job would have.
    Rounding: as the programme rounds one order.
    Raises: nothing.
    Source: docs/rules.md#split-contracts (domain §3.4 X08, W20)
    """
    rates, used_on = claim.rates, claim.case.used_on
    if rates is None or used_on is None or rates.band_base != "order":
        return []
    near = [
        other
        for other in claim.claims_elsewhere
        if (other.programme, other.firm_id, other.owner_id, other.instrument)
        == (claim.programme, claim.firm.id, claim.owner.id, claim.instrument)
        and other.booking != claim.booking
        and abs((other.used_on - used_on).days) <= terms.split_days
    ]
    bases, amounts = [claim.case.gross, *(o.gross for o in near)], [claim.amount, *(o.amount for o in near)]
    whole = total(bases)
    as_one, leak = job_amount(whole, rates), total(amounts) - job_amount(whole, rates)
    limit = _crossed(bases, whole, rates)
    if not near or limit is None or leak.fen <= 0:
        return []
    facts = {
        "bookings": sorted(o.booking for o in near), "sum_fen": whole.fen, "limit_fen": limit.fen, "parts_fen": total(amounts).fen,
        "one_job_fen": as_one.fen, "leak_fen": leak.fen,
    }  # fmt: skip
    return [Finding("X08", DEFAULT_SEVERITY["X08"], claim.instrument, leak, facts)]


def job_amount(base: Money, rates: Rates) -> Money:
    """What one order of this base gets by the bands and the limit per order alone.

    Units: whole fen. Rounding: once, as the programme says.
    Raises: nothing.
    Source: docs/rules.md#split-contracts
    """
    raw = rounded(
        raw_fen([(rates.rule, Fraction(base.fen))], mode=rates.band_mode, earlier=None), Rounding(rates.rounding_mode), rates.rounding_unit
    )
    return raw if rates.per_order is None else min(raw, rates.per_order)


def _crossed(bases: Sequence[Money], whole: Money, rates: Rates) -> Money | None:
    """The first limit that the sum crosses and no part does: the end of a band, or the limit per order."""
    ends = [band.up_to for band in rates.rule.bands if band.up_to is not None]
    if met := next((end for end in ends if max(bases) <= end < whole), None):
        return met
    if rates.per_order is None or job_amount(whole, rates) < rates.per_order:
        return None
    return rates.per_order if all(job_amount(base, rates) < rates.per_order for base in bases) else None


def price_outlier(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X11: dearer than the published price, or far dearer than the same instrument's orders without voucher.

    Units: fen per unit; the factor in basis points. Rounding: the lower of two middle prices.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X11)
    """
    price, found = claim.use.unit_price, []
    if price is None:
        return []
    if claim.use.published is not None and price > claim.use.published:
        facts = {"price_fen": price.fen, "published_fen": claim.use.published.fen}
        found.append(Finding("X11", DEFAULT_SEVERITY["X11"], "list", price - claim.use.published, facts))
    if len(claim.use.peers) >= terms.price_orders:
        middle = median_low(claim.use.peers)
        if middle.fen and price.fen * 10_000 > middle.fen * terms.price_factor_bp:
            facts = {"price_fen": price.fen, "median_fen": middle.fen, "orders": len(claim.use.peers)}
            found.append(Finding("X11", DEFAULT_SEVERITY["X11"], "median", price - middle, facts))
    return found


def near_cap(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X13: the claim takes what the limit had left, to the fen; or a firm's claims cluster just below a review threshold.

    Units: whole fen; "just below" in basis points of the threshold. Rounding: down.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X13)
    """
    found = []
    to_the_fen = claim.cap_left is not None and claim.amount == claim.cap_left
    if claim.amount and (to_the_fen or claim.cut_by in CAPS):
        facts = {"limit": claim.cut_by or "ANNUAL_CAP", "amount_fen": claim.amount.fen, "before_limit_fen": claim.raw.fen}
        found.append(Finding("X13", DEFAULT_SEVERITY["X13"], "cap", claim.amount, facts))
    used_on = claim.case.used_on or claim.claimed_on
    mates = [
        o
        for o in claim.claims_elsewhere
        if o.firm_id == claim.firm.id and _just_below(o.amount, terms) and abs((o.used_on - used_on).days) <= terms.review_days
    ]
    if _just_below(claim.amount, terms) and len(mates) + 1 >= terms.review_claims:
        facts = {"threshold_fen": terms.review_threshold_fen, "claims": _numbers(mates), "amount_fen": claim.amount.fen}
        found.append(Finding("X13", DEFAULT_SEVERITY["X13"], "threshold", claim.amount, facts))
    return found


def _just_below(amount: Money, terms: FlagTerms) -> bool:
    most = terms.review_threshold_fen
    return most * (10_000 - terms.review_near_bp) <= amount.fen * 10_000 and amount.fen < most


def _numbers(claims: Sequence[OtherClaim]) -> list[str]:
    return sorted(other.number for other in claims)[:20]
