"""The five legs of a claim: booking with its use, contract, invoice, payment, result; and where they disagree."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from equipment_share.domain.money import Money

OK, MISSING, DIFFERENT, NOT_NEEDED = "ok", "missing", "different", "not_needed"


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
    invoices_elsewhere: Collection[str] = ()
    files_elsewhere: Collection[str] = ()
    decided_by: Sequence[int] = ()


@dataclass(frozen=True)
class Leg:
    """One leg of the match."""

    leg: str
    state: str
    paper: Paper | None = None
    expected: Money | None = None


@dataclass(frozen=True)
class Finding:
    """A disagreement or red flag, with its evidence; a value, not an error."""

    code: str
    severity: str
    subject: str
    amount: Money | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


def legs(case: Case) -> list[Leg]:
    """The five legs beside each other.

    Units: whole fen; tolerance none.
    Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#five-legs (domain §3.1)
    """
    found = [Leg("booking", OK if case.has_use else MISSING)]
    for name in ("contract", "invoice", "payment", "result"):
        paper = _latest(case.papers, name)
        expected = expected_amount(case, name)
        if paper is None:
            found.append(Leg(name, MISSING if name in case.needed else NOT_NEEDED, None, expected))
        else:
            differs = (
                expected is not None and paper.amount is not None and paper.amount != expected and not _gross_invoice(case, name, paper)
            )
            found.append(Leg(name, DIFFERENT if differs else OK, paper, expected))
    return found


def _latest(papers: Sequence[Paper], leg: str) -> Paper | None:
    """A later paper of one leg stands for the earlier ones, which stay in the file."""
    own = [paper for paper in papers if paper.leg == leg]
    return max(own, key=lambda paper: paper.id) if own else None


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


def findings(case: Case) -> list[Finding]:
    """Every red flag that the papers of one claim raise by themselves.

    Units: whole fen. Rounding: none.
    Raises: nothing; none is the good answer.
    Source: docs/rules.md#red-flags (domain §3.4 X01 X02 X04 X05 X18)
    """
    found = []
    for leg in legs(case):
        if leg.state == MISSING:
            found.append(Finding("X01", "block", leg.leg))
        if leg.state == DIFFERENT and leg.paper is not None and leg.paper.amount is not None and leg.expected is not None:
            facts = {"found_fen": leg.paper.amount.fen, "expected_fen": leg.expected.fen}
            found.append(Finding("X02", "block", leg.leg, leg.paper.amount - leg.expected, facts))
    for paper in case.papers:
        if paper.leg == "invoice" and paper.number_key and paper.number_key in case.invoices_elsewhere:
            found.append(Finding("X05", "block", paper.number))
        if paper.leg == "result" and paper.file_hash and paper.file_hash in case.files_elsewhere:
            found.append(Finding("X18", "warn", paper.number))
    return found + _out_of_order(case)


def _out_of_order(case: Case) -> list[Finding]:
    """Contract after service, invoice before use."""
    found = []
    contract, invoice = _latest(case.papers, "contract"), _latest(case.papers, "invoice")
    if case.used_on and contract and contract.dated_on and contract.dated_on > case.used_on:
        found.append(Finding("X04", "warn", "contract", None, {"dated_on": contract.dated_on.isoformat()}))
    if case.used_on and invoice and invoice.dated_on and invoice.dated_on < case.used_on:
        found.append(Finding("X04", "warn", "invoice", None, {"dated_on": invoice.dated_on.isoformat()}))
    return found


def blocking(found: Sequence[Finding]) -> list[Finding]:
    """Those that stop a check until they are mended or disposed of."""
    return [finding for finding in found if finding.severity == "block"]
