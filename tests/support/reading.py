"""What a test reads off a page's text."""

from __future__ import annotations

import re


def figures(page: str) -> dict[str, str]:
    """What the page marks as figures, by name."""
    return {name: " ".join(words.split()) for name, words in re.findall(r'data-figure="([a-z-]+)"[^>]*>([^<]*)<', page)}
