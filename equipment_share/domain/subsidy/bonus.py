"""What an owner gets for opening its instruments, beside every firm's subsidy."""

from __future__ import annotations

from equipment_share.domain.money import BasisPoints, Money


def owner_bonus(services: Money, rate_bp: int, cap: Money | None) -> tuple[Money, str]:
    """An owner's bonus on the services of a period, and what bound it (`RATE` or `BONUS_CAP`).

    Units: whole fen; `services` is the gross of the supported uses; rate in basis points.
    Rounding: down to the fen, once.
    Raises: nothing.
    Source: docs/rules.md#owner-bonus (W26)
    """
    raw = services.share(BasisPoints(rate_bp))
    return (raw, "RATE") if cap is None or raw <= cap else (cap, "BONUS_CAP")
