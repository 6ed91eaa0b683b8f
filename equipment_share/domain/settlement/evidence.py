"""The five legs of a claim: booking with its use, contract, invoice, payment, result; and where they disagree."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from equipment_share.domain.money import Money

OK, MISSING, DIFFERENT, NOT_NEEDED = "ok", "missing", "different", "not_needed"
AT_HAND: Mapping[str, str] = {"invoice": "owner", "payment": "firm", "result": "owner"}
"""Whose each paper is: the owner writes invoice and report, the firm pays; the contract both have."""


@dataclass(frozen=True)
class Paper:
    """One document as the match looks at it."""

    id: int
    leg: str
    number: str
    number_key: str
    dated_on: date | None
    amount: Money | None
    file_hash: str = ""
    by_organisation: int | None = None
    """Whose person handed it in."""
    side: str = ""
    """`firm` or `owner`, where that organisation is a party of the booking."""
    parties: tuple[tuple[str, str], ...] = ()
    """Whom it names, where that is known: `buyer`, `seller`, `payer`, `client`, each by name or code."""


@dataclass(frozen=True)
class Case:
    """One claim and everything it must agree with."""

    gross: Money
    net: Money
    flow: str
    used_on: date | None
    has_use: bool
    papers: Sequence[Paper]
    needed: Collection[str]


@dataclass(frozen=True)
class Leg:
    """One leg of the match."""

    leg: str
    state: str
    paper: Paper | None = None
    expected: Money | None = None
    against: str = ""
    """What the paper's amount was compared with: `fee` or `own_share`; empty where nothing is compared."""

    @property
    def off_by(self) -> Money | None:
        """How much more the paper says than it should; none where they agree or nothing can be compared."""
        if self.state != DIFFERENT or self.paper is None or self.paper.amount is None or self.expected is None:
            return None
        return self.paper.amount - self.expected


@dataclass(frozen=True)
class Finding:
    """A disagreement or red flag, with its evidence; a value, not an error."""

    code: str
    severity: str
    subject: str
    amount: Money | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


def number_key(number: str) -> str:
    """A paper's number without width, case, blanks and dashes: the same invoice written twice is one.

    Units: at most 60 characters. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (X05)
    """
    folded = unicodedata.normalize("NFKC", number).casefold()
    kept = "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in ("Pd", "Cf") and c not in "_\u2212\u30fc")
    return kept[:60]


def legs(case: Case) -> list[Leg]:
    """The five legs beside each other.

    Units: whole fen; tolerance none.
    Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#five-legs (domain §3.1)
    """
    found = [Leg("booking", OK if case.has_use else MISSING)]
    for name in ("contract", "invoice", "payment", "result"):
        paper = latest(case.papers, name)
        expected = expected_amount(case, name)
        if paper is None:
            found.append(Leg(name, MISSING if name in case.needed else NOT_NEEDED, None, expected))
        else:
            differs = (
                expected is not None and paper.amount is not None and paper.amount != expected and not _gross_invoice(case, name, paper)
            )
            found.append(Leg(name, DIFFERENT if differs else OK, paper, expected, _against(case, name, paper)))
    return found


def _against(case: Case, leg: str, paper: Paper) -> str:
    if leg == "payment":
        return "own_share" if case.flow == "net_pay" else "fee"
    if leg != "invoice":
        return ""
    return "own_share" if paper.amount != case.gross and _gross_invoice(case, leg, paper) else "fee"


def latest(papers: Sequence[Paper], leg: str) -> Paper | None:
    """The paper that stands for a leg: a later one for the earlier ones, which stay in the file.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#five-legs
    """
    return next(reversed(counting(papers, leg)), None)


def counting(papers: Sequence[Paper], leg: str) -> list[Paper]:
    """The papers of the side whose leg it is, oldest first; those of the other side only while there is none.

    A contract is of the side that gave one first. Whoever is no party, or no longer, is on neither side's.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#five-legs
    """
    found = sorted((paper for paper in papers if paper.leg == leg), key=lambda paper: paper.id)
    giver = AT_HAND.get(leg) or (found[0].side if found else "")
    return [paper for paper in found if not (giver and paper.side) or paper.side == giver] or found


def expected_amount(case: Case, leg: str) -> Money | None:
    """What a paper must say: under `net_pay` the firm pays its part, under `gross_refund` all.

    Units: whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#five-legs (domain §3.1 flow rules)
    """
    if leg == "payment":
        return case.net if case.flow == "net_pay" else case.gross
    return case.gross if leg == "invoice" else None


def _gross_invoice(case: Case, leg: str, paper: Paper) -> bool:
    """Under `net_pay` the firm's invoice may be over its own part or over all."""
    return leg == "invoice" and case.flow == "net_pay" and paper.amount == case.net


def blocking(found: Sequence[Finding]) -> list[Finding]:
    """Those that stop a check until they are mended or disposed of."""
    return [finding for finding in found if finding.severity == "block"]
