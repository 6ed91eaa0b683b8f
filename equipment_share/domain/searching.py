"""What a search that finds nothing falls back to: the pieces of what was typed. Pure."""

from __future__ import annotations

import re

from equipment_share.domain.specs import folded

_RUNS = re.compile("[\u4e00-\u9fff]+|[a-z][a-z-]{2,}|[a-z]*[0-9]+[a-z]+[0-9]*|[a-z]+[0-9]+")
_CHINESE = re.compile("[\u4e00-\u9fff]")
MOST_PARTS = 12


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
