"""Use cases of long work: ask for it, stop it; and the worker's: take it, tell how far it is, end it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from equipment_share.adapters.tokens import fresh_token
from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.periods import Period
from equipment_share.domain.tasks import MOST_TRIES, TaskKind, TaskState, check_cancellable
from equipment_share.models.tasks import Task
from equipment_share.queries.instruments.exchange import draft_of
from equipment_share.queries.simulation import uses_within
from equipment_share.queries.tasks import held_task, newest_rounds, task_free_locked, task_locked
from equipment_share.services.laboratory import read_drafts
from equipment_share.services.transaction import transaction, use_case
from equipment_share.services.watching import Watch


class TaskLost(Exception):
    """Somebody else has the task by now, or it has ended: what was about to be written is not."""


class TaskStopped(Exception):
    """Whoever asked for it wants it no more."""


@dataclass(frozen=True)
class Taken:
    """A task in the hands of one worker."""

    id: int
    kind: TaskKind
    claim: str
    arguments: Mapping[str, Any]
    asked_by_id: int | None
    result: Mapping[str, Any]


class TaskWatch(Watch):
    """Keeps a task: its thread tells how far it is, the transaction of its effect ends it."""

    def __init__(self, taken: Taken, clock: Callable[[], datetime]) -> None:
        self.taken, self.clock = taken, clock
        self.done, self.total, self.is_over = 0, 0, False

    def step(self, done: int, total: int) -> None:
        """So far of so much.

        Raises: TaskStopped when it is wanted no more, or belongs to another worker.
        """
        self.done, self.total = done, total
        if self.is_over:
            raise TaskStopped

    def settle(self, session: Session, found: Mapping[str, Any]) -> None:
        """What came of it; with it the task is done.

        Raises: TaskLost.
        """
        task = self.held()
        task.result, task.state, task.ended_at, task.done = dict(found), TaskState.DONE, self.clock(), task.total

    def held(self) -> Task:
        """The task's row, locked.

        Raises: TaskLost.
        """
        task = held_task(self.taken.id, self.taken.claim)
        if task is None:
            raise TaskLost
        return task


@use_case
def ask_replay(drafts: Sequence[Mapping[str, object]], period: Period, *, name: str = "", by: Actor, at: datetime) -> Task:
    """Have a long replay of the laboratory done beside the request.

    Raises: Forbidden, Invalid.
    """
    require(by, Act.RUN_LABORATORY)
    read_drafts(drafts)
    total = uses_within(period)
    with transaction() as session:
        arguments = {"drafts": [dict(draft) for draft in drafts], "period": str(period), "name": name}
        return _asked(session, TaskKind.LABORATORY, arguments, total, by=by, at=at)


@use_case
def ask_import(token: str, document: Mapping[str, Any], *, rows: int, strict: bool, by: Actor, at: datetime) -> Task:
    """Have the rows of a waiting file saved beside the request.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.EDIT_INSTRUMENT)
    with transaction() as session:
        draft = draft_of(token, by)
        arguments = {"draft": draft.token, "file": draft.name, "document": dict(document), "strict": strict}
        return _asked(session, TaskKind.CATALOGUE, arguments, rows, by=by, at=at)


def _asked(session: Session, kind: TaskKind, arguments: dict[str, Any], total: int, *, by: Actor, at: datetime) -> Task:
    task = Task(kind=kind, arguments=arguments, total=total, asked_by_id=by.id, asked_at=at)
    session.add(task)
    session.flush()
    return task


@use_case
def cancel_task(task_id: int, *, by: Actor, at: datetime) -> None:
    """What waits is not begun; what runs stops at the next place where that is safe.

    Raises: NotFound, AlreadyDecided.
    """
    with transaction():
        task = task_locked(task_id, by)
        check_cancellable(task.state)
        task.cancel_asked = True
        if task.state is TaskState.WAITING:
            task.state, task.ended_at = TaskState.CANCELLED, at


@use_case
def take_task(*, by: Actor, at: datetime) -> Taken | None:
    """The next task for this worker; one whose worker died is taken over, at most three times in all."""
    with transaction():
        task = task_free_locked(at)
        if task is None:
            return None
        if task.cancel_asked or task.tries >= MOST_TRIES:
            task.state = TaskState.CANCELLED if task.cancel_asked else TaskState.FAILED
            task.ended_at, task.result = at, {**task.result, "code": "server_error"} if not task.cancel_asked else task.result
            return None
        task.state, task.claim, task.tries = TaskState.RUNNING, fresh_token(), task.tries + 1
        task.began_at, task.beat_at = task.began_at or at, at
        return Taken(task.id, task.kind, task.claim, dict(task.arguments), task.asked_by_id, dict(task.result))


@use_case
def beat_task(taken: Taken, done: int, total: int, *, by: Actor, at: datetime) -> bool:
    """Note that the worker lives and how far it is; whether it should go on."""
    with transaction():
        task = held_task(taken.id, taken.claim)
        if task is None:
            return False
        task.beat_at = at
        if total:
            task.done, task.total = done, total
        return not task.cancel_asked


@use_case
def end_task(taken: Taken, state: TaskState, result: Mapping[str, Any] | None = None, *, by: Actor, at: datetime) -> None:
    """How it ended, unless somebody else has it by now."""
    with transaction():
        task = held_task(taken.id, taken.claim)
        if task is not None:
            task.state, task.ended_at = state, at
            task.result = {**task.result, **(result or {})}
            if state is TaskState.DONE:
                task.done = task.total


@use_case
def note_round(counts: Mapping[str, int], began_at: datetime, *, by: Actor, at: datetime) -> None:
    """Keep that a round of due jobs ran and what it did; rounds in which nothing was due make one row."""
    did = {name: count for name, count in counts.items() if count}
    with transaction() as session:
        last = next(iter(newest_rounds(1)), None)
        if last is not None and not did and not last.result:
            last.ended_at = last.beat_at = at
            return
        state = TaskState.DONE
        session.add(Task(kind=TaskKind.ROUND, state=state, result=did, asked_at=began_at, began_at=began_at, beat_at=at, ended_at=at))
