"""Rates by band: marginal or whole, on one order or on a period's running total."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from equipment_share.domain.money import Money
from equipment_share.domain.programmes.parts import Band, RateRule

Exact = int | Fraction
"""An exact amount of fen: whole, unless a tax was taken out of it. Whole numbers are quick, and stay whole."""


def raw_fen(groups: Sequence[tuple[RateRule, Exact]], *, mode: str, earlier: Money | None) -> Fraction:
    """What the rates give, exact and before any limit: the sum over the groups of lines under one rule.

    Units: fen, exact. `earlier` is the base already counted in the period (cumulative bands only).
    Rounding: none; the caller rounds once.
    Raises: nothing.
    Source: docs/rules.md#bands (W1, W4, W5, W19, W23)
    """
    if earlier is not None:
        parts = [_marginal(rule, earlier.fen + base) - _marginal(rule, earlier.fen) for rule, base in groups]
    else:
        of_mode = _whole if mode == "whole" else _marginal
        parts = [of_mode(rule, base) for rule, base in groups]
    return Fraction(sum(parts), 10_000)


def band_bp(rule: RateRule, band: Band) -> int:
    """A band's rate in basis points with the rule's uplift, held below its maximum."""
    bp = band.rate_bp + rule.uplift_bp
    return bp if rule.max_bp is None else min(bp, rule.max_bp)


def _marginal(rule: RateRule, base: Exact) -> Exact:
    """Each part at its own rate, in ten-thousandths of a fen; above the last number nothing."""
    total: Exact = 0
    start: Exact = 0
    for band in rule.bands:
        end = base if band.up_to is None or base <= band.up_to.fen else band.up_to.fen
        if end > start:
            total += (end - start) * band_bp(rule, band)
            start = end
    return total


def _whole(rule: RateRule, base: Exact) -> Exact:
    """The whole base at the rate of the band it falls in (a cliff, W23), in ten-thousandths of a fen; the end of a band belongs to it."""
    for band in rule.bands:
        if band.up_to is None or base <= band.up_to.fen:
            return base * band_bp(rule, band)
    return 0
