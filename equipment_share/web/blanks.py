"""Between two sentences English has a blank and Chinese none: a full-width mark brings its own room.

A template sets sentences side by side with a blank or on lines of their own; where they are put together, the blank is the language's.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate

from flask_babel import get_locale

MARKS = "\u3002\uff1b\uff1a\uff0c\u3001\uff09\uff01\uff1f"
"""The full-width stop, semicolon, colon, comma, list comma, closing bracket, exclamation mark and question mark."""
BLANK = re.compile(rf"([{MARKS}](?:</?(?:a|abbr|bdi|code|em|small|span|strong|time)\b[^<>]*>)*)\s+")
"""What stands after a mark, and after the tags that a sentence runs through."""


def put_together(pieces: Iterable[str]) -> str:
    """What a template says, as one text: between two pieces no blank follows a full-width mark; inside of a piece nothing is changed."""
    given = list(pieces)
    text = "".join(given)
    if BLANK.search(text) is None or ((locale := get_locale()) is not None and locale.language != "zh"):
        return text
    ends = list(accumulate(map(len, given)))

    def closed_up(found: re.Match[str]) -> str:
        end_of_piece = ends[bisect_left(ends, found.start() + 1)]
        return found[1] if end_of_piece <= found.end(1) else found[0]

    return BLANK.sub(closed_up, text)


def side_by_side(*sentences: object) -> str:
    """Sentences that code puts together: with a blank in English, without one in Chinese."""
    return put_together(piece for sentence in sentences for piece in (str(sentence), " ")).rstrip()
