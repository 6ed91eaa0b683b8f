"""What was typed in pieces, for a search that finds nothing whole."""

from __future__ import annotations

import pytest

from equipment_share.adapters.words import thesaurus
from equipment_share.domain.searching import Synonyms, in_other_words, parts_of

TWO = (
    Synonyms(
        ("断口", "失效分析", "fracture", "failure analysis"), {"zh": ("扫描电镜", "金相"), "en": ("scanning electron", "metallograph")}
    ),
    Synonyms(("eds", "metal"), {"zh": ("扫描电镜", "电子探针"), "en": ("scanning electron", "microprobe")}),
    Synonyms(("metallograph",), {"zh": ("显微镜",), "en": ("microscope",)}),
)


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


@pytest.mark.parametrize(
    ("typed", "names", "beside"),
    [
        ("看断口", ("扫描电镜", "金相"), ()),
        ("失效分析", ("扫描电镜", "金相"), ()),
        ("Fractures", ("扫描电镜", "金相"), ()),
        ("failure analysis Zeiss", ("扫描电镜", "金相"), ("zeiss",)),
        ("断口 EDS", ("扫描电镜", "金相", "电子探针"), ()),
        ("断口 12月3日", ("扫描电镜", "金相"), ()),
        ("metallography", ("显微镜",), ()),
    ],
)
def test_what_an_engineer_says_becomes_what_instruments_are_called(typed: str, names: tuple[str, ...], beside: tuple[str, ...]) -> None:
    found = in_other_words(typed, TWO)

    assert found is not None
    assert (found.names["zh"], found.beside) == (names, beside)


@pytest.mark.parametrize("typed", ["天平", "needs", "infracture", "SU8010", ""])
def test_a_word_that_the_thesaurus_does_not_know_stays_as_it_is(typed: str) -> None:
    assert in_other_words(typed, TWO) is None


def test_the_thesaurus_has_sixty_groups_each_said_and_called_in_both_languages_and_says_nothing_twice() -> None:
    groups = thesaurus()
    said = [word for group in groups for word in group.said]

    assert len(groups) == 60
    assert all(group.called["zh"] and group.called["en"] for group in groups)
    assert all(any(word.isascii() for word in group.said) and any(not word.isascii() for word in group.said) for group in groups)
    assert sorted(said) == sorted(set(said))
