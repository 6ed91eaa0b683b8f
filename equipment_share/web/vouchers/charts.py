"""Bars for pages: whole numbers for an inline picture; each picture stands beside its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, FOOT = 720, 220, 24
HALF = 60
"""Half the width of a bar that goes both ways."""


@dataclass(frozen=True)
class Bar:
    """One bar; `of` says whose: `life`, `a`, `b`."""

    x: int
    y: int
    width: int
    height: int
    of: str
    fen: int


@dataclass(frozen=True)
class Chart:
    """Bars with their labels and the figure at the top line."""

    bars: Sequence[Bar]
    labels: Sequence[tuple[int, str]]
    most_fen: int


def burn(months: Sequence[Mapping[str, Any]]) -> Chart:
    """Month by month, side by side: what was given in life, and under each draft."""
    rows = [[row["life_fen"], *row["draft_fen"]] for row in months]
    most = max((max(row) for row in rows), default=0)
    step = WIDTH // max(1, len(rows))
    thick = max(2, min(28, (step - 6) // max(1, len(rows[0]) if rows else 1)))
    bars, labels = [], []
    for index, row in enumerate(rows):
        left = index * step + (step - thick * len(row)) // 2
        labels.append((index * step + step // 2, str(months[index]["month"])))
        for place, fen in enumerate(row):
            height = (HEIGHT - FOOT - 10) * fen // most if most else 0
            bars.append(Bar(left + place * thick, HEIGHT - FOOT - height, thick - 1, height, ("life", "a", "b")[place], fen))
    return Chart(bars, _thinned(labels), most)


def _thinned(labels: Sequence[tuple[int, str]]) -> Sequence[tuple[int, str]]:
    """At most twelve labels, so that they never run into each other."""
    return labels[:: max(1, -(-len(labels) // 12))]


def both_ways(differences: Sequence[int]) -> list[Bar]:
    """One bar a row from the middle: gains to the right, losses to the left."""
    most = max((abs(fen) for fen in differences), default=0)
    widths = [HALF * abs(fen) // most if most else 0 for fen in differences]
    return [
        Bar(HALF if fen >= 0 else HALF - width, 2, width, 10, "more" if fen >= 0 else "less", fen)
        for fen, width in zip(differences, widths, strict=True)
    ]
