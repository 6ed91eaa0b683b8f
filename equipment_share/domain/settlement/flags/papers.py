"""Flags on the papers of one claim: missing, differing, out of order, used before."""

from __future__ import annotations

from equipment_share.domain.settlement.evidence import DIFFERENT, MISSING, Finding, counting, latest, legs
from equipment_share.domain.settlement.flags.facts import ClaimFacts
from equipment_share.domain.settlement.flags.terms import DEFAULT_SEVERITY, FlagTerms


def missing_leg(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X01: one of the five legs is not there.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X01)
    """
    return [Finding("X01", DEFAULT_SEVERITY["X01"], leg.leg) for leg in legs(claim.case) if leg.state == MISSING]


def amount_mismatch(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X02: the invoice is not the final fee, or the payment not what the flow asks.

    Units: whole fen; tolerance none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X02)
    """
    found = []
    for leg in legs(claim.case):
        if leg.state == DIFFERENT and leg.paper is not None and leg.paper.amount is not None and leg.expected is not None:
            facts = {"found_fen": leg.paper.amount.fen, "expected_fen": leg.expected.fen}
            found.append(Finding("X02", DEFAULT_SEVERITY["X02"], leg.leg, leg.paper.amount - leg.expected, facts))
    return found


def date_order(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X04: contract after the service, invoice or report before it, a claim too late, a voucher later than its contract.

    Units: bureau days; the same day is in order. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X04)
    """
    used_on, found = claim.case.used_on, []
    contract = latest(claim.case.papers, "contract")
    for leg, too_late in (("contract", True), ("invoice", False), ("result", False)):
        paper = latest(claim.case.papers, leg)
        if used_on and paper and paper.dated_on and (paper.dated_on > used_on if too_late else paper.dated_on < used_on):
            facts = {"dated_on": paper.dated_on.isoformat(), "used_on": used_on.isoformat()}
            found.append(Finding("X04", DEFAULT_SEVERITY["X04"], leg, None, facts))
    if claim.claim_due is not None and claim.claimed_on > claim.claim_due:
        facts = {"claimed_on": claim.claimed_on.isoformat(), "due_on": claim.claim_due.isoformat()}
        found.append(Finding("X04", DEFAULT_SEVERITY["X04"], "deadline", None, facts))
    if claim.prior_issue and claim.issued_on and contract and contract.dated_on and contract.dated_on < claim.issued_on:
        facts = {"dated_on": contract.dated_on.isoformat(), "issued_on": claim.issued_on.isoformat()}
        found.append(Finding("X04", DEFAULT_SEVERITY["X04"], "voucher", None, facts))
    return found


def duplicate_invoice(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X05: the same invoice number, however it is written, is in the file of another booking.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X05)
    """
    return [
        Finding("X05", DEFAULT_SEVERITY["X05"], paper.number, paper.amount, {"number": paper.number, "bookings": others})
        for paper in counting(claim.case.papers, "invoice")
        if paper.number_key and (others := _with_number(claim, "invoice", paper.number_key))
    ]


def report_reuse(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X18: the same report, by its file or by its number at the same owner, proves another booking too.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X18)
    """
    found = []
    for paper in counting(claim.case.papers, "result"):
        by_number = _with_number(claim, "result", paper.number_key, owner_id=claim.owner.id)
        by_file = [o.booking for o in claim.papers_elsewhere if o.leg == "result" and o.file_hash and o.file_hash == paper.file_hash]
        if others := sorted({*by_number, *by_file}):
            facts = {"number": paper.number, "bookings": others, "same": "file" if by_file else "number"}
            found.append(Finding("X18", DEFAULT_SEVERITY["X18"], paper.number, None, facts))
    return found


def _with_number(claim: ClaimFacts, leg: str, key: str, owner_id: int | None = None) -> list[str]:
    """Other bookings with a paper of this number; of one owner, where that is asked."""
    return sorted(
        {o.booking for o in claim.papers_elsewhere if key and o.leg == leg and o.key == key and owner_id in (None, o.owner_id)}
        - {claim.booking}
    )
