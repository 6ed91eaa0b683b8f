"""Random inspection: which paid claims are drawn, so that anybody can draw them again."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

FULL = 10_000
USUAL_BP = 500
"""Where neither the programme nor the officer says a share: the 5 % that is usual (domain §3.4)."""


def sample_size(population: int, share_bp: int) -> int:
    """How many claims of a population are looked at.

    Units: claims; the share in basis points.
    Rounding: up, and at least one where there is any.
    Raises: nothing.
    Source: docs/rules.md#inspection (domain §3.4, at least 5 % of paid claims)
    """
    return min(population, max(1, -(-population * share_bp // FULL))) if population else 0


def share_drawn(asked_bp: int | None, programme_bps: Iterable[int]) -> int:
    """The share that is drawn: what the programme says, or more where the officer asks for more; where nobody says one, the usual 5 %.

    Units: basis points. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#inspection (domain §3.4, at least 5 % of paid claims)
    """
    return max(asked_bp or 0, *programme_bps, 0) or USUAL_BP


def place(seed: str, number: str) -> str:
    """Where a claim stands in the order of a seed: `sha256(seed + number)`.

    Units: 64 hexadecimal digits. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#inspection
    """
    return hashlib.sha256((seed + number).encode()).hexdigest()


def drawn(seed: str, numbers: Collection[str], share_bp: int) -> list[str]:
    """The claims that a seed draws, in its order.

    Units: claim numbers; the share in basis points.
    Rounding: the size up.
    Raises: nothing.
    Source: docs/rules.md#inspection
    """
    return sorted(numbers, key=lambda number: (place(seed, number), number))[: sample_size(len(numbers), share_bp)]
