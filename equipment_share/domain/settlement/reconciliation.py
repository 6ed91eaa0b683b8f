"""The reconciliation of vouchers: eleven figures per programme, owner and firm, and where books and claims disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from equipment_share.domain.money import ZERO, Money, total


@dataclass(frozen=True)
class Figures:
    """The eleven figures of `contract.md` §2; opening and closing are what firms hold, free and set aside together."""

    opening: Money = ZERO
    issued: Money = ZERO
    held: Money = ZERO
    captured: Money = ZERO
    released: Money = ZERO
    expired: Money = ZERO
    revoked: Money = ZERO
    claimed: Money = ZERO
    approved: Money = ZERO
    paid: Money = ZERO
    closing: Money = ZERO

    def document(self) -> dict[str, int]:
        """`{opening_fen, …}` as the API answers."""
        return {f"{name}_fen": getattr(self, name).fen for name in FIGURES}

    def values(self) -> list[Money]:
        """The figures in their order."""
        return [getattr(self, name) for name in FIGURES]


FIGURES = tuple(field.name for field in fields(Figures))
OWNER_FIGURES = ("held", "captured", "released", "claimed", "approved", "paid")
"""Those that an owner has: vouchers are given to firms, so an owner opens, is issued and closes with nothing."""


@dataclass(frozen=True)
class PartyFigures:
    """One owner's or firm's row."""

    code: str
    name: str
    figures: Figures


@dataclass(frozen=True)
class Disagreement:
    """Something that does not add up, or that a person must look at."""

    code: str
    severity: str
    subject: str
    amount: Money
    text: str


@dataclass(frozen=True)
class Report:
    """The whole report of one programme and period."""

    programme: str
    period: str
    total: Figures
    owners: tuple[PartyFigures, ...]
    firms: tuple[PartyFigures, ...]
    findings: tuple[Disagreement, ...]

    def document(self) -> dict[str, object]:
        """The JSON of `contract.md` §2b."""

        def rows(parties: Sequence[PartyFigures]) -> list[dict[str, object]]:
            return [{"code": p.code, "name": p.name, **p.figures.document()} for p in parties]

        findings = [
            {"code": f.code, "severity": f.severity, "subject": f.subject, "amount_fen": f.amount.fen, "text": f.text}
            for f in self.findings
        ]
        return {
            "programme": self.programme, "period": self.period, "total": self.total.document(), "owners": rows(self.owners),
            "firms": rows(self.firms), "findings": findings,
        }  # fmt: skip


def disagreements(whole: Figures, owners: Sequence[PartyFigures], firms: Sequence[PartyFigures]) -> list[Disagreement]:
    """Where the report does not add up: the identity of the stock, the rows, and the order of the claims.

    Units: whole fen; tolerance none.
    Rounding: none.
    Raises: nothing; none is the only good answer.
    Source: docs/rules.md#reconciliation (`contract.md` §2b, domain I14)
    """
    found = []
    expected = whole.opening + whole.issued - whole.captured - whole.expired - whole.revoked
    if expected != whole.closing:
        found.append(Disagreement("stock", "block", "closing", whole.closing - expected, "closing is not opening and movements"))
    for side, rows, names in (
        ("owners", owners, OWNER_FIGURES),
        ("firms", firms, FIGURES),
    ):
        for name in names:
            off = total(getattr(row.figures, name) for row in rows) - getattr(whole, name)
            if off:
                found.append(Disagreement("rows", "block", f"{side}.{name}", off, "rows do not add up to the total"))
    return found + out_of_order(whole)


def out_of_order(of: Figures) -> list[Disagreement]:
    """Whether more is claimed than was used, more approved than claimed or more paid than approved: of the whole, or of one owner.

    Units: whole fen; tolerance none.
    Rounding: none.
    Raises: nothing; none is the only good answer.
    Source: docs/rules.md#reconciliation (`contract.md` §2b)
    """
    if of.captured >= of.claimed >= of.approved >= of.paid:
        return []
    return [Disagreement("order", "block", "claims", of.claimed - of.captured, "more claimed, approved or paid than captured")]
