"""Rules that an owner types as lines, and lines that the form shows."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HORIZON = re.compile(r"([a-z][a-z0-9_]{0,39})[ :=]+([1-9][0-9]{0,2})")


def horizon_rows(text: str) -> dict[str, int]:
    """`tech_sme 180`, one class a line, as `rules.class_horizon_days`."""
    found = [_HORIZON.fullmatch(line.strip()) for line in text.splitlines()]
    return {row[1]: int(row[2]) for row in found if row}


def bad_horizons(text: str) -> list[str]:
    """The lines that say nothing."""
    return [line for line in text.splitlines() if line.strip() and not _HORIZON.fullmatch(line.strip())]


def horizons_text(horizons: Mapping[str, int]) -> str:
    """`rules.class_horizon_days` as lines."""
    return "\n".join(f"{tag} {days}" for tag, days in horizons.items())
