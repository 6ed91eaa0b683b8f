"""Flags on who is behind a claim: the wrong party, related parties, lost eligibility, shells, and hands that should not have decided."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

from equipment_share.domain.money import ZERO
from equipment_share.domain.settlement.evidence import Finding
from equipment_share.domain.settlement.flags.facts import ClaimFacts, Party
from equipment_share.domain.settlement.flags.terms import DEFAULT_SEVERITY, FlagTerms

_NOT_A_DIGIT = re.compile(r"[^0-9]")
_EXPECTED = {"buyer": "firm", "payer": "firm", "client": "firm", "seller": "owner", "payee": "owner"}


def party_mismatch(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X03: a paper names, or was handed in by, somebody else than the parties; or the claim pays somebody else.

    Units: none; names are compared without width, case and blanks. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X03)
    """
    found = []
    sides = {"firm": claim.firm, "owner": claim.owner}
    for paper in claim.case.papers:
        for role, name in paper.parties:
            party = sides[_EXPECTED[role]]
            if _folded(name) not in {_folded(party.name), _folded(party.code)}:
                facts = {"role": role, "found": name, "expected": party.name}
                found.append(Finding("X03", DEFAULT_SEVERITY["X03"], paper.leg, paper.amount, facts))
        if paper.by_organisation is not None and paper.by_organisation not in (claim.firm.id, claim.owner.id):
            facts = {"role": "handed_in", "found": paper.number, "expected": f"{claim.firm.name}, {claim.owner.name}"}
            found.append(Finding("X03", DEFAULT_SEVERITY["X03"], f"{paper.leg} {paper.number}".strip()[:120], paper.amount, facts))
    due_to = claim.owner if claim.case.flow == "net_pay" else claim.firm
    if claim.payee_id != due_to.id:
        found.append(Finding("X03", DEFAULT_SEVERITY["X03"], "payee", claim.amount, {"role": "payee", "expected": due_to.name}))
    return found


def links(a: Party, b: Party, share_bp: int) -> list[tuple[str, str]]:
    """What two parties have in common, each with the kind of link; names without width, case and blanks.

    Units: shares in basis points, the threshold included. Rounding: none.
    Raises: nothing; none is the good answer.
    Source: docs/rules.md#related-parties (domain §1.3)
    """
    found = []
    if a.id == b.id or b.code in a.related or a.code in b.related:
        found.append(("known", b.name))
    for kind in ("controller", "legal_rep", "address"):
        if (value := _folded(getattr(a, kind))) and value == _folded(getattr(b, kind)):
            found.append((kind, getattr(a, kind)))
    for kind in ("phone", "bank_account"):
        if (value := _digits(getattr(a, kind))) and value == _digits(getattr(b, kind)):
            found.append((kind, getattr(a, kind)))
    if holder := _common_holder(a, b, share_bp):
        found.append(("shareholder", holder))
    return found


def _common_holder(a: Party, b: Party, share_bp: int) -> str:
    """Who holds the share in both, or which of the two holds it in the other."""
    of_a = {_folded(name): name for name, bp in a.shareholders if bp >= share_bp}
    of_b = {_folded(name): name for name, bp in b.shareholders if bp >= share_bp}
    both = [of_a[key] for key in of_a if key in of_b]
    return next(iter(both), "") or of_a.get(_folded(b.name), "") or of_b.get(_folded(a.name), "")


def related_party(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X07: firm and owner share a controller, legal representative, large shareholder, telephone, address or bank account.

    Units: shares in basis points. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X07)
    """
    return [
        Finding("X07", DEFAULT_SEVERITY["X07"], kind, claim.amount, {"value": value, "firm": claim.firm.name, "owner": claim.owner.name})
        for kind, value in links(claim.firm, claim.owner, terms.related_share_bp)
    ]


def eligibility_lost(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X15: on the day of the claim the firm has lost its class, is on a credit list, or is barred.

    Units: bureau days. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X15)
    """
    found, on = [], claim.claimed_on.isoformat()
    if not claim.eligible:
        found.append(Finding("X15", DEFAULT_SEVERITY["X15"], "class", claim.amount, {"claimed_on": on}))
    if claim.firm.credit_list and (claim.firm.credit_since is None or claim.firm.credit_since <= claim.claimed_on):
        since = claim.firm.credit_since.isoformat() if claim.firm.credit_since else ""
        facts = {"list": claim.firm.credit_list, "since_on": since, "claimed_on": on}
        found.append(Finding("X15", DEFAULT_SEVERITY["X15"], "credit_list", claim.amount, facts))
    if claim.firm.barred:
        found.append(Finding("X15", DEFAULT_SEVERITY["X15"], "barred", claim.amount, {"claimed_on": on}))
    return found


def dormant_firm(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X16: nobody is insured at the firm; or it is new, does no research, and orders with vouchers only.

    Units: days, people, fen; what nobody knows is no evidence. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X16)
    """
    firm, used_on = claim.firm, claim.case.used_on or claim.claimed_on
    if firm.insured_staff == 0:
        return [Finding("X16", DEFAULT_SEVERITY["X16"], "no_staff", claim.amount, {"insured_staff": 0})]
    new = firm.founded_on is not None and used_on - firm.founded_on < timedelta(days=terms.young_days)
    if new and firm.research_spend == ZERO and claim.orders_without_voucher == 0:
        facts = {"founded_on": firm.founded_on.isoformat() if firm.founded_on else "", "research_spend_fen": 0, "orders_without_voucher": 0}
        return [Finding("X16", DEFAULT_SEVERITY["X16"], "new_firm", claim.amount, facts)]
    return []


def staff_conflict(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X19: who checked or approved belongs to the firm or owner, or did two of the duties.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X19)
    """
    found, seen = [], dict[int, str]()
    for hand in claim.hands:
        if hand.act != "submitted" and hand.organisation_id in (claim.firm.id, claim.owner.id):
            found.append(Finding("X19", DEFAULT_SEVERITY["X19"], hand.act, claim.amount, {"user": hand.user_id}))
        if hand.user_id in seen:
            facts = {"user": hand.user_id, "acts": [seen[hand.user_id], hand.act]}
            found.append(Finding("X19", DEFAULT_SEVERITY["X19"], f"{seen[hand.user_id]}+{hand.act}", claim.amount, facts))
        seen.setdefault(hand.user_id, hand.act)
    return found


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _digits(text: str) -> str:
    """A telephone or account number by its digits; the country's prefix does not count; too few are no number."""
    kept = _NOT_A_DIGIT.sub("", unicodedata.normalize("NFKC", text))
    return kept.removeprefix("86") if len(kept) == 13 else kept if len(kept) >= 6 else ""
