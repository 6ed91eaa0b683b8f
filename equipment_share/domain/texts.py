"""Words of people: how they are kept, and what cannot be kept. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Named:
    """A name in both languages; what is called only one thing has it in both."""

    name_zh: str
    name_en: str

    @classmethod
    def of(cls, text: str) -> Named:
        """A name that is not translated."""
        return cls(text, text)

    @classmethod
    def read(cls, document: Mapping[str, object], key: str = "name", *, blank: str = "") -> Named:
        """A name as a document keeps it: under `key`, its English counterpart under `key_en`."""
        return cls.given(str(document.get(key) or ""), str(document.get(f"{key}_en") or ""), blank=blank)

    @classmethod
    def given(cls, own: str, english: str, *, blank: str = "") -> Named:
        """A name and its English counterpart, each for the other where only one was given; `blank` where neither was."""
        return cls(own or english or blank, english or own or blank)

    def says(self, text: str) -> bool:
        """Whether a text, in any case, is a part of either name."""
        return any(text.casefold() in name.casefold() for name in (self.name_zh, self.name_en))


NAMELESS = Named("", "")
"""What is called by what it is about."""
