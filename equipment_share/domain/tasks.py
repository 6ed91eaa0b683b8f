"""Long work: its life, when somebody else takes it over, and how long it still takes."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from equipment_share.domain.errors import AlreadyDecided


class TaskKind(StrEnum):
    """What may be done beside a request: work that takes long and may be cut between two rows."""

    LABORATORY = "laboratory"
    CATALOGUE = "catalogue"
    ROUND = "round"
    """One round of the house's own due jobs, kept so that one sees what ran."""


class TaskState(StrEnum):
    """Where a piece of long work stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (TaskState.WAITING, TaskState.RUNNING)
SILENT = timedelta(seconds=60)
"""Whoever has not been heard of for so long has died; another takes the work over."""

MOST_TRIES = 3
"""Work that took three workers with it is given up."""


def check_cancellable(state: TaskState) -> None:
    """What has ended cannot be cancelled.

    Units: none. Rounding: none.
    Raises: AlreadyDecided.
    Source: docs/rules.md#tasks
    """
    if state not in OPEN:
        raise AlreadyDecided(state=state.value)


def is_abandoned(beat_at: datetime | None, at: datetime) -> bool:
    """Whether running work has lost its worker.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#tasks
    """
    return beat_at is None or at - beat_at > SILENT


def time_left(done: int, total: int, began_at: datetime | None, at: datetime) -> timedelta | None:
    """How long the rest takes at the pace so far; None while there is no pace yet.

    Units: rows done of all.
    Rounding: up to whole seconds, so that it never promises too little.
    Raises: nothing.
    Source: docs/rules.md#tasks
    """
    if began_at is None or not 0 < done <= total or at <= began_at:
        return None
    spent = (at - began_at) // timedelta(microseconds=1)
    return timedelta(seconds=-(-spent * (total - done) // (done * 1_000_000)))
