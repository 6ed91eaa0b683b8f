"""Figures that the flags compare, read out of kept charges, price lists and specifications."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from equipment_share.domain.money import Money
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.quotes import SHARED_INSTRUMENT
from equipment_share.domain.settlement.flags.facts import Rates

MINUTES = {"hour": 60, "day": 1440}
_NOT_PRICES = ("minimum", "maximum")


def _lines(charge: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The lines of time and samples of a kept charge."""
    return [line for line in charge.get("lines", []) if line.get("kind") in ("machine_time", "sample") and line["label"] not in _NOT_PRICES]


def charged_minutes(charge: Mapping[str, Any]) -> int:
    """The hours and days that a charge counts, in minutes.

    Units: whole minutes. Rounding: down.
    Raises: nothing.
    Source: docs/rules.md#red-flags (X09, X20)
    """
    quantities = [Fraction(line["quantity"]) * MINUTES[line["unit"]] for line in _lines(charge) if line.get("unit") in MINUTES]
    return int(sum(quantities, Fraction(0)))


def unit_price(charge: Mapping[str, Any]) -> tuple[Money | None, str]:
    """The highest unit price of a charge and its unit; None and no unit where nothing was priced.

    Units: whole fen a unit. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (X11)
    """
    rows = [(int(line["unit_price_fen"]), str(line["unit"])) for line in _lines(charge)]
    return (Money(max(rows)[0]), max(rows)[1]) if rows else (None, "")


def highest_price(lists: Iterable[tuple[Sequence[Mapping[str, Any]], int, int]], mode: str, unit: str) -> Money | None:
    """The most that published lists asked for a unit: items, class multiplier and urgency in basis points.

    Units: whole fen a unit; a multiplier below the whole does not lower the most.
    Rounding: half up to the fen, as prices are.
    Raises: nothing.
    Source: docs/rules.md#red-flags (X11)
    """
    rows = list(lists)
    prices = [
        Money(int(item["unit_price_fen"]))
        for items, _, _ in rows
        for item in items
        if item.get("mode") == mode and item.get("unit") == unit and item.get("unit_price_fen") is not None
    ]
    if not prices:
        return None
    times = max(Fraction(max(multiplier, 10_000), 10_000) * Fraction(max(urgent, 10_000), 10_000) for _, multiplier, urgent in rows)
    return max(prices).times(times)


def most_samples(specs: Sequence[Mapping[str, Any]], units: Collection[str]) -> int | None:
    """How many samples an hour the instrument can take, where its specification says so.

    Units: pieces an hour. Rounding: up.
    Raises: nothing.
    Source: docs/rules.md#red-flags (X20)
    """
    for spec in specs:
        unit = str(spec.get("unit", "")).strip().casefold().replace(" / ", "/")
        most = spec.get("high") if spec.get("high") is not None else spec.get("low")
        if unit in units and isinstance(most, int | float) and most > 0:
            return -int(-most // 1)
    return None


def rates_of(programme: Programme, tags: frozenset[str], region: str, provider_region: str) -> Rates | None:
    """How a programme counts one order of this firm at this owner; None where no rule fits.

    Units: basis points, whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#split-contracts
    """
    facts = {"category": SHARED_INSTRUMENT, "region": region, "provider_region": provider_region}
    for rule in programme.rate_rules:
        if all(wanted in tags if key == "tag" else facts[key] == wanted for key, wanted in rule.when):
            return Rates(
                rule, programme.band_mode, programme.band_base, programme.per_order, programme.rounding_mode, programme.rounding_unit
            )
    return None
