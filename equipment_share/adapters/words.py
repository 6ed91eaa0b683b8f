"""Words in tables beside the code, so that a bureau can lengthen them: statutory and batch tests, figures per hour, what an engineer says."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from equipment_share.domain.searching import Synonyms
from equipment_share.domain.specs import folded

_DATA = Path(__file__).resolve().parent.parent / "data"
_TABLE = _DATA / "flag_words.csv"


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


@lru_cache(maxsize=1)
def thesaurus() -> tuple[Synonyms, ...]:
    """What an engineer says, and what the instruments for it are called; words of one cell stand between bars."""
    with (_DATA / "search_words.csv").open(encoding="utf-8", newline="") as table:
        return tuple(
            Synonyms(tuple(folded(word) for word in _split(row["said"])), {"zh": _split(row["called_zh"]), "en": _split(row["called_en"])})
            for row in csv.DictReader(table)
        )


def _split(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split("|") if word.strip())
