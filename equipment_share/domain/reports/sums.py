"""What the ledger adds up to, as reports take it: sums by step of the street, before a period and inside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money, total

K, P = AccountKind, Phase
Step = tuple[Phase, AccountKind, AccountKind]


@dataclass(frozen=True)
class Street:
    """Sums by step; `given_back` is what a hold had beyond its capture."""

    before: dict[Step, Money]
    inside: dict[Step, Money]
    given_back_before: Money = ZERO
    given_back_inside: Money = ZERO

    def of(self, dr: AccountKind, cr: AccountKind, phase: Phase = P.DIRECT) -> Flowed:
        """What went one way."""
        step = (phase, dr, cr)
        return Flowed(self.before.get(step, ZERO), self.inside.get(step, ZERO))

    def figures(self) -> dict[str, Flowed]:
        """The budget's figures by name (domain §3.2, budget view).

        Units: whole fen. Rounding: none.
        Raises: nothing.
        Source: docs/rules.md#budget-view
        """
        held, captured = self.of(K.VOUCHER, K.PAYABLE, P.HOLD), self.of(K.VOUCHER, K.PAYABLE, P.CAPTURE)
        released = self.of(K.VOUCHER, K.PAYABLE, P.RELEASE) + Flowed(self.given_back_before, self.given_back_inside)
        used = captured - self.of(K.PAYABLE, K.VOUCHER, P.REFUND)
        return {
            "appropriated": self.of(K.TREASURY, K.PROGRAMME) - self.of(K.PROGRAMME, K.TREASURY),
            "issued": self.of(K.PROGRAMME, K.VOUCHER) - self.of(K.VOUCHER, K.PROGRAMME),
            "set_aside": held,
            "released": released,
            "held": held - captured - released,
            "used": used,
            "bonus": self.of(K.PROGRAMME, K.PAYABLE),
            "gathered": self.of(K.PAYABLE, K.BATCH) - self.of(K.BATCH, K.PAYABLE),
            "paid": self.of(K.BATCH, K.PAID),
            "paid_back": self.of(K.PAID, K.PAYABLE),
            "expired": self.of(K.VOUCHER, K.EXPIRED),
            "revoked": self.of(K.VOUCHER, K.REVOKED),
        }


@dataclass(frozen=True)
class Flowed:
    """An amount before a period and inside it."""

    before: Money = ZERO
    inside: Money = ZERO

    @property
    def at_end(self) -> Money:
        """Both together."""
        return self.before + self.inside

    def __add__(self, other: Flowed) -> Flowed:
        """Sum, part by part."""
        return Flowed(self.before + other.before, self.inside + other.inside)

    def __sub__(self, other: Flowed) -> Flowed:
        """Difference, part by part."""
        return Flowed(self.before - other.before, self.inside - other.inside)


@dataclass(frozen=True)
class VoucherSums:
    """What one voucher's journal adds up to at a period's end, and what moved inside the period."""

    issued: Money = ZERO
    used: Money = ZERO
    held: Money = ZERO
    expired: Money = ZERO
    revoked: Money = ZERO
    issued_inside: Money = ZERO
    used_inside: Money = ZERO

    @property
    def left(self) -> Money:
        """What is still free."""
        return self.issued - self.used - self.held - self.expired - self.revoked


@dataclass(frozen=True)
class Month:
    """One month of a programme: what was used and paid in it."""

    first_on: date
    used: Money
    paid: Money


@dataclass(frozen=True)
class BatchSums:
    """What went into a batch's account and out of it again."""

    gathered: Money = ZERO
    paid: Money = ZERO


@dataclass(frozen=True)
class Books:
    """Everything of the ledger that the reports of one programme and period need."""

    street: Street
    vouchers: dict[int, VoucherSums] = field(default_factory=dict)
    months: list[Month] = field(default_factory=list)
    batches: dict[int, BatchSums] = field(default_factory=dict)
    firms: dict[int, Money] = field(default_factory=dict)
    """Used inside the period, by the firm of the booking."""

    @property
    def used(self) -> Money:
        """What was used inside the period."""
        return self.street.figures()["used"].inside

    def vouchers_together(self, name: str) -> Money:
        """One figure over all vouchers."""
        return total(getattr(sums, name) for sums in self.vouchers.values())
