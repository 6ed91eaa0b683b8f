"""What a test reads off a page's text."""

from __future__ import annotations

import re


def figures(page: str) -> dict[str, str]:
    """What the page marks as figures, by name."""
    return {name: " ".join(words.split()) for name, words in re.findall(r'data-figure="([a-z-]+)"[^>]*>([^<]*)<', page)}


def skipped_headings(page: str) -> list[str]:
    """The headings of a whole page that stand more than one rank below the one before: nobody who listens finds their way by them."""
    if not page.lstrip().lower().startswith("<!doctype"):
        return []
    found, before = [], 0
    for rank, words in re.findall(r"<h([1-6])\b[^>]*>(.*?)</h\1>", page, re.DOTALL):
        if int(rank) > before + 1:
            found.append(f"h{rank} {' '.join(re.sub('<[^>]*>', '', words).split())[:60]}")
        before = int(rank)
    return found
