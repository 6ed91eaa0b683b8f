"""How words are kept: by kind and code, each kind in one file; `words.py` joins them."""

from __future__ import annotations

from typing import Any

Words = dict[str, dict[str, Any]]
"""The words of some kinds: by kind, then by code."""

FREE = frozenset({"class", "region", "service_category", "source", "finding", "audit_object", "figure_basis", "table_basis"})
"""Kinds whose codes the bureau may name itself, or that an old log may carry."""


class NoWords(KeyError):
    """A code without words: a fault of ours that a test finds (law 8)."""


class NamedTwice(ValueError):
    """Two files have words of one kind, and one would hide the other: a fault of ours that stops the start."""


def together(*files: Words) -> Words:
    """The kinds of all files.

    Raises: NamedTwice.
    """
    kinds: Words = {}
    for words in files:
        if twice := kinds.keys() & words.keys():
            raise NamedTwice(", ".join(sorted(twice)))
        kinds |= words
    return kinds


def word_of(words: Words, kind: str, value: object) -> str:
    """The word for a state, role, mode or reason; a free value of the bureau (a tag, a class) stands for itself.

    Raises: NoWords.
    """
    known = words[kind]
    key = str(getattr(value, "value", value))
    if key not in known and kind not in FREE:
        raise NoWords(f"{kind}.{key}")
    return str(known.get(key, key))
