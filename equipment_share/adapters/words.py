"""What statutory and batch tests, and figures per hour, are called: a table beside the code, so that a bureau can lengthen it."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).resolve().parent.parent / "data" / "flag_words.csv"


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[str, str], ...]:
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return tuple((row["kind"], row["word"].strip().casefold()) for row in csv.DictReader(table) if row["word"].strip())


def units_per_hour() -> tuple[str, ...]:
    """How a specification says "samples an hour"."""
    return tuple(word for kind, word in _rows() if kind == "per_hour")


def statutory_words() -> tuple[str, ...]:
    """The words, folded, longest first."""
    return tuple(sorted((word for kind, word in _rows() if kind == "word"), key=len, reverse=True))


def negations() -> tuple[str, ...]:
    """What before such a word turns it round."""
    return tuple(word for kind, word in _rows() if kind == "not")
