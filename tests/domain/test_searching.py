"""What was typed in pieces, for a search that finds nothing whole."""

from __future__ import annotations

import pytest

from equipment_share.domain.searching import parts_of


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("断口形貌", ["断口", "口形", "形貌"]),
        ("断口 12月3日", ["断口"]),
        ("Fracture surface", ["fracture", "surface"]),
        ("SU8010 断口", ["su8010", "断口"]),
        ("断口", []),
        ("xyz", []),
        ("", []),
    ],
)
def test_a_search_falls_into_pairs_of_characters_words_and_model_numbers(typed: str, parts: list[str]) -> None:
    assert parts_of(typed) == parts
