"""When the machine itself needs a person: a worker that is silent, post that does not go out, a disk that fills. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

QUIET = timedelta(minutes=10)
"""A worker that has not ended a round for so long is not there."""
LATE = timedelta(hours=1)
"""A letter that waits longer says that the post is not set up."""
POST_TRIES = 8
"""So often a letter is handed to the post; then it waits for a person."""
TIGHT = 10
"""Per cent of the disk below which somebody should act."""


def is_silent(round_ended_at: datetime | None, at: datetime) -> bool:
    """Whether the worker has to be looked for: it never ended a round, or not for ten minutes.

    Units: instants. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#needs
    """
    return round_ended_at is None or at - round_ended_at >= QUIET


def is_late(letter_made_at: datetime | None, at: datetime) -> bool:
    """Whether the oldest letter that waits has waited for an hour; none waits, none is late.

    Units: instants. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#needs
    """
    return letter_made_at is not None and at - letter_made_at >= LATE
