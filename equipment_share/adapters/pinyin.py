"""Chinese by sound: the key that sorts, and the initials people type."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def pinyin_key(text: str) -> str:
    """The full pinyin of a text, other letters as they are, folded."""
    from pypinyin import lazy_pinyin  # loaded when first needed: its tables are large

    return "".join(lazy_pinyin(text)).casefold()


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """The first letter of every Chinese character, other letters as they are, folded."""
    from pypinyin import Style, lazy_pinyin  # as above

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).casefold()
