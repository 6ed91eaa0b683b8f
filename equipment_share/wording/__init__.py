"""The words people read for every code and state, in one place, for all three doors."""

from equipment_share.wording.words import (
    HEADLINES,
    READY_REASONS,
    REFUSALS,
    WORDS,
    act_words,
    award_words,
    no_words,
    refusal_words,
    status_words,
    step_words,
    word,
)

__all__ = [
    "HEADLINES",
    "READY_REASONS",
    "REFUSALS",
    "WORDS",
    "act_words",
    "award_words",
    "no_words",
    "refusal_words",
    "status_words",
    "step_words",
    "word",
]
