"""What a search that finds nothing falls back to: other words for what was typed, then its pieces. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from equipment_share.domain.specs import folded

_RUNS = re.compile("[\u4e00-\u9fff]+|[a-z][a-z-]{2,}|[a-z]*[0-9]+[a-z]+[0-9]*|[a-z]+[0-9]+")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile("[a-z]")
MOST_PARTS = 12
SHORT = 4
"""A Latin word of so many letters is looked for whole: `eds` is no beginning of another word."""


def parts_of(typed: str) -> list[str]:
    """The pieces that may fit where the whole does not: two characters of a Chinese run, words and model numbers of the rest.

    Units: none. Rounding: none; the first dozen pieces, each once, and none where the whole is one piece only.
    Raises: nothing.
    Source: docs/rules.md#specs
    """
    found: list[str] = []
    for run in _RUNS.findall(folded(typed)):
        found += [run[i : i + 2] for i in range(len(run) - 1)] if _CHINESE.match(run) else [run]
    parts = list(dict.fromkeys(found))[:MOST_PARTS]
    return [] if parts == [folded(typed).strip()] else parts


@dataclass(frozen=True)
class Synonyms:
    """What people say for what they want to know, and what the instruments that tell it are called, in both languages."""

    said: tuple[str, ...]
    called: Mapping[str, tuple[str, ...]]
    """By language, `zh` and `en`; each as written for a reader."""


@dataclass(frozen=True)
class Widened:
    """A search in other words: any of the names, and all that was typed beside what they stand for."""

    names: Mapping[str, tuple[str, ...]]
    """By language, as written for a reader; both are searched."""
    beside: tuple[str, ...] = ()

    @property
    def folded(self) -> tuple[str, ...]:
        """Every name as the search text has it."""
        return tuple(dict.fromkeys(folded(name) for names in self.names.values() for name in names))


def in_other_words(typed: str, thesaurus: Sequence[Synonyms]) -> Widened | None:
    """The instruments that what was typed may ask for; None where the thesaurus knows none of its words.

    The longest words are looked for first, and each takes what it stands on: `metallography` is not `metal`. A Latin word is found where a
    word begins, one of four letters or fewer only as a whole word.
    Units: none. Rounding: none; each name once, in the order of the thesaurus.
    Raises: nothing.
    Source: docs/rules.md#specs
    """
    rest = folded(typed)
    hits: set[int] = set()
    for phrase, group in sorted(((phrase, i) for i, row in enumerate(thesaurus) for phrase in row.said), key=lambda pair: -len(pair[0])):
        rest, count = _standing(phrase).subn(" ", rest)
        hits |= {group} if count else set()
    if not hits:
        return None
    names = {
        language: tuple(dict.fromkeys(name for i in sorted(hits) for name in thesaurus[i].called.get(language, ())))
        for language in ("zh", "en")
    }
    return Widened(names, tuple(term for term in rest.split() if _LATIN.search(term)))


@lru_cache(maxsize=1024)
def _standing(phrase: str) -> re.Pattern[str]:
    """Where a phrase stands in a text, to the end of its word."""
    if not _LATIN.search(phrase):
        return re.compile(re.escape(phrase))
    end = r"s?(?![a-z0-9])" if len(phrase) <= SHORT else "[a-z]*"
    return re.compile(rf"(?<![a-z0-9]){re.escape(phrase)}{end}")
