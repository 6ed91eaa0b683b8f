"""Words of people: how they are kept, and what cannot be kept. Pure."""

from __future__ import annotations

import re
import unicodedata

_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0"
"""Letters by their kind that are drawn as nothing."""


def clean_text(text: str) -> str:
    """A text as it is kept: outer blanks cut, NFC."""
    return unicodedata.normalize("NFC", text.strip())


def clean_name(text: str) -> str:
    """A name as it is kept: clean, and without what nobody sees, so that two that look alike are alike."""
    return clean_text("".join(char for char in text if unicodedata.category(char) != "Cf" and char not in _BLANK_LETTERS))


def has_hidden(text: str) -> bool:
    """Whether a text holds characters that cannot be kept or would turn the line around."""
    return bool(_HIDDEN.search(text))
