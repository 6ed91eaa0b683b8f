"""What an owner gets beside the fee for serving firms: kept apart from every firm's limit (domain W26)."""

from __future__ import annotations

from dataclasses import dataclass

from equipment_share.domain.money import BasisPoints, Money


@dataclass(frozen=True)
class Bonus:
    """An owner's bonus of one period, and what bound it: `RATE` or `BONUS_CAP`."""

    amount: Money
    binding: str


def owner_bonus(services: Money, rate_bp: int, cap: Money | None) -> Bonus:
    """A share of the services that an owner gave in a period, up to its limit.

    Units: whole fen; the rate in basis points; no limit when `cap` is None.
    Rounding: down to the fen, once.
    Raises: nothing.
    Source: docs/rules.md#owner-bonus (domain W26)
    """
    raw = services.share(BasisPoints(rate_bp))
    if cap is not None and cap < raw:
        return Bonus(cap, "BONUS_CAP")
    return Bonus(raw, "RATE")
