"""What the calculation of public money takes and gives, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from equipment_share.domain.money import ZERO, Money


class Stage(StrEnum):
    """When the calculation is asked."""

    QUOTE = "quote"
    HOLD = "hold"
    CLAIM = "claim"


@dataclass(frozen=True)
class Line:
    """One line of a fee, as the programmes look at it."""

    kind: str
    category: str
    amount: Money
    vat_bp: int = 0
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Order:
    """What was ordered, when, and where the provider is."""

    ordered_on: date
    completed_on: date
    provider_region: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class FirmFacts:
    """What the programmes ask of a firm."""

    tags: frozenset[str] = frozenset()
    region: str = ""
    staff: int | None = None
    revenue: Money | None = None
    capital: Money | None = None
    related_to_owner: bool = False
    barred: bool = False


@dataclass(frozen=True)
class ProgrammeState:
    """What the caller counted, without this order's own hold; None means no limit."""

    annual_used: Money = ZERO
    period_base: Money = ZERO
    holding: Money = ZERO
    budget_left: Money | None = None
    joint_used: Money = ZERO
    held: Money | None = None
    voucher_left: Money | None = None
    voucher_valid_until: date | None = None
    period_open: bool = True
    tags: frozenset[str] | None = None
    """The firm's class as this programme looks at it (`tier_at`); None for the class of the order."""


@dataclass(frozen=True)
class Step:
    """One step of the explanation: a stable rule name and its facts; money in fen."""

    rule: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """A plain English sentence; people read the words of `wording`."""
        facts = ", ".join(f"{name.removesuffix('_fen')} {_yuan(name, value)}" for name, value in self.facts.items())
        return f"{self.rule}: {facts}" if facts else self.rule

    def document(self) -> dict[str, object]:
        """`{rule, text, facts}` for the API and the booking."""
        return {"rule": self.rule, "text": self.text, "facts": dict(self.facts)}


def _yuan(name: str, value: object) -> str:
    return str(Money(value)) if name.endswith("_fen") and isinstance(value, int) else str(value)


@dataclass(frozen=True)
class Award:
    """What one programme bears of one order, and why just that much."""

    programme: str
    base: Money
    raw: Money
    amount: Money
    binding: str
    sources: tuple[tuple[str, Money], ...] = ()
    steps: tuple[Step, ...] = ()

    def document(self) -> dict[str, object]:
        """The entry of `contract.md` §4."""
        return {
            "programme": self.programme,
            "base_fen": self.base.fen,
            "raw_fen": self.raw.fen,
            "amount_fen": self.amount.fen,
            "binding": self.binding,
            "sources": [{"code": code, "amount_fen": amount.fen} for code, amount in self.sources],
            "steps": [step.document() for step in self.steps],
        }
