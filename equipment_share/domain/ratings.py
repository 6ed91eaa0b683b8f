"""How a use is rated: one to five stars and some words, once, when the use is over. Pure."""

from __future__ import annotations

from equipment_share.domain.bookings.life import CHARGED, BookingState
from equipment_share.domain.errors import Conflict, Invalid, Problem, Refused

BEST, LONGEST_WORDS = 5, 500


class UseNotOver(Refused):
    """Only a use that both sides have confirmed can be rated."""

    code = "use_not_over"


class AlreadyRated(Conflict):
    """A use is rated once."""

    code = "already_rated"


def check_rating(state: BookingState, stars: int, words: str) -> None:
    """Whether a use may be rated like this.

    Units: whole stars, 1 to 5. Rounding: none.
    Raises: UseNotOver, Invalid.
    Source: docs/rules.md#ratings
    """
    if state not in CHARGED:
        raise UseNotOver(state=state.value)
    problems = []
    if not 1 <= stars <= BEST:
        problems.append(Problem("out_of_range", "stars", {"low": 1, "high": BEST}))
    if len(words) > LONGEST_WORDS:
        problems.append(Problem("too_long_text", "words", {"most": LONGEST_WORDS}))
    if problems:
        raise Invalid(problems)


def mean_in_tenths(stars: int, count: int) -> int:
    """The mean of some ratings that have so many stars together.

    Units: tenths of a star; 43 is 4.3. Rounding: half up to the tenth.
    Raises: nothing; of no rating the mean is 0.
    Source: docs/rules.md#ratings
    """
    return (20 * stars + count) // (2 * count) if count else 0
