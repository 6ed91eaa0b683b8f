"""Rates by band: marginal or whole, on one order or on a period's running total."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from equipment_share.domain.money import Money
from equipment_share.domain.programmes.parts import Band, RateRule


def raw_fen(groups: Sequence[tuple[RateRule, Fraction]], *, mode: str, earlier: Money | None) -> Fraction:
    """What the rates give, exact and before any limit: the sum over the groups of lines under one rule.

    Units: fen, exact. `earlier` is the base already counted in the period (cumulative bands only).
    Rounding: none; the caller rounds once.
    Raises: nothing.
    Source: docs/rules.md#bands (W1, W4, W5, W19, W23)
    """
    if earlier is not None:
        before = Fraction(earlier.fen)
        return sum((_marginal(rule, before + base) - _marginal(rule, before) for rule, base in groups), Fraction(0))
    of_mode = _whole if mode == "whole" else _marginal
    return sum((of_mode(rule, base) for rule, base in groups), Fraction(0))


def band_bp(rule: RateRule, band: Band) -> int:
    """A band's rate in basis points with the rule's uplift, held below its maximum."""
    bp = band.rate_bp + rule.uplift_bp
    return bp if rule.max_bp is None else min(bp, rule.max_bp)


def _rate(rule: RateRule, band: Band) -> Fraction:
    return Fraction(band_bp(rule, band), 10_000)


def _marginal(rule: RateRule, base: Fraction) -> Fraction:
    """Each part at its own rate; above the last number nothing."""
    total, start = Fraction(0), Fraction(0)
    for band in rule.bands:
        end = base if band.up_to is None else min(base, Fraction(band.up_to.fen))
        total += max(Fraction(0), end - start) * _rate(rule, band)
        start = max(start, end)
    return total


def _whole(rule: RateRule, base: Fraction) -> Fraction:
    """The whole base at the rate of the band it falls in (a cliff, W23); the end of a band belongs to it."""
    for band in rule.bands:
        if band.up_to is None or base <= band.up_to.fen:
            return base * _rate(rule, band)
    return Fraction(0)
