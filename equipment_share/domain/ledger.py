"""The street: accounts, two-phase transfers, and which step may lead from where to where.

`treasury -> programme -> voucher -> payable -> batch -> paid`, and the back lanes `expired` and `revoked`
(`contract.md` §5). One transfer is one debit account, one credit account, one amount: it cannot be unbalanced.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from equipment_share.domain.money import Money


class AccountKind(StrEnum):
    """The houses on the street."""

    TREASURY = "treasury"
    PROGRAMME = "programme"
    VOUCHER = "voucher"
    PAYABLE = "payable"
    BATCH = "batch"
    PAID = "paid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Phase(StrEnum):
    """How a transfer moves money: at once, in two steps, or back."""

    DIRECT = "direct"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    REFUND = "refund"


K, P = AccountKind, Phase
FLOWS: frozenset[tuple[AccountKind, AccountKind, Phase]] = frozenset(
    {
        (K.TREASURY, K.PROGRAMME, P.DIRECT),  # appropriation
        (K.PROGRAMME, K.TREASURY, P.DIRECT),  # unused budget goes home
        (K.PROGRAMME, K.VOUCHER, P.DIRECT),  # issue
        (K.VOUCHER, K.PROGRAMME, P.DIRECT),  # reserve_at hold: what is free returns
        (K.PROGRAMME, K.PAYABLE, P.DIRECT),  # owner bonus
        (K.VOUCHER, K.EXPIRED, P.DIRECT),
        (K.VOUCHER, K.REVOKED, P.DIRECT),
        (K.VOUCHER, K.PAYABLE, P.HOLD),
        (K.VOUCHER, K.PAYABLE, P.CAPTURE),
        (K.VOUCHER, K.PAYABLE, P.RELEASE),
        (K.PAYABLE, K.VOUCHER, P.REFUND),
        (K.PAYABLE, K.BATCH, P.DIRECT),  # batch lock
        (K.BATCH, K.PAYABLE, P.DIRECT),  # batch refused
        (K.BATCH, K.PAID, P.DIRECT),  # payment
        (K.PAID, K.PAYABLE, P.DIRECT),  # a payee pays back what was clawed back
    }
)
"""Every step that exists. The database refuses all others (`models/guards.py`)."""

BOUNDED = frozenset({K.PROGRAMME, K.VOUCHER})
"""Accounts that keep their sums and may never be overspent."""


@dataclass(frozen=True)
class Sums:
    """The four stored sums of a bounded account."""

    dr_pend: Money
    dr_post: Money
    cr_pend: Money
    cr_post: Money

    @property
    def available(self) -> Money:
        """What may still be spent: credited, less debited, less held."""
        return self.cr_post - self.dr_post - self.dr_pend


def change_of(phase: Phase, amount: Money, held: Money) -> tuple[Money, Money]:
    """What one transfer does to an account on its side: (pending, posted).

    Units: whole fen. `held` is the amount of the hold that a capture or release resolves.
    Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#street
    """
    match phase:
        case Phase.HOLD:
            return amount, Money(0)
        case Phase.CAPTURE:
            return -held, amount
        case Phase.RELEASE:
            return -held, Money(0)
        case Phase.DIRECT | Phase.REFUND:
            return Money(0), amount
