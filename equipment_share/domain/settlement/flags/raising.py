"""All flags of a claim, with the severities of its programme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from equipment_share.domain.settlement.evidence import Finding
from equipment_share.domain.settlement.flags import money, papers, parties, patterns, use
from equipment_share.domain.settlement.flags.facts import ClaimFacts
from equipment_share.domain.settlement.flags.terms import OFF, FlagTerms, Overrides, severity_of, terms_under

Detector = Callable[[ClaimFacts, FlagTerms], list[Finding]]
DETECTORS: dict[str, Detector] = {
    "X01": papers.missing_leg,
    "X02": papers.amount_mismatch,
    "X03": parties.party_mismatch,
    "X04": papers.date_order,
    "X05": papers.duplicate_invoice,
    "X06": money.double_funding,
    "X07": parties.related_party,
    "X08": money.split_contract,
    "X09": use.impossible_use,
    "X10": use.no_machine_log,
    "X11": money.price_outlier,
    "X12": patterns.round_trip,
    "X13": money.near_cap,
    "X14": patterns.burst_at_expiry,
    "X15": parties.eligibility_lost,
    "X16": parties.dormant_firm,
    "X17": use.statutory_test,
    "X18": papers.report_reuse,
    "X19": parties.staff_conflict,
    "X20": use.quantity_jump,
}
"""The twenty flags of domain §3.4."""


def flags(claim: ClaimFacts, overrides: Overrides) -> list[Finding]:
    """Every red flag that a claim raises under its programme.

    Units: whole fen. Rounding: none.
    Raises: nothing; none is the good answer.
    Source: docs/rules.md#red-flags (domain §3.4)
    """
    terms = terms_under(overrides)
    return [
        replace(finding, severity=severity)
        for code, detect in DETECTORS.items()
        if (severity := severity_of(code, overrides)) != OFF
        for finding in detect(claim, terms)
    ]
