"""A batch as a guided list: its six steps in order, whose each is, and why the present one cannot go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from equipment_share.domain.access import Act, Actor, Role, may
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.settlement.claims import BatchState


class Place(StrEnum):
    """Where a step stands."""

    DONE = "done"
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True)
class Task:
    """One step of every batch: its act, whose it is, from which states it goes on, and what the history calls it."""

    code: str
    act: Act
    role: Role
    states: tuple[BatchState, ...]
    event: str


T = BatchState
TASKS = (
    Task("lock", Act.LOCK_BATCH, Role.BUREAU_CLERK, (T.OPEN,), "locked"),
    Task("review", Act.REVIEW_BATCH, Role.BUREAU_REVIEWER, (T.LOCKED,), "reviewed"),
    Task("approve", Act.APPROVE_BATCH, Role.BUREAU_LEADER, (T.REVIEWED,), "approved"),
    Task("send", Act.LOCK_BATCH, Role.BUREAU_CLERK, (T.APPROVED,), "sent"),
    Task("bank_return", Act.RECORD_BANK_RETURN, Role.FINANCE, (T.SENT, T.PART_FAILED), "paid"),
    Task("close", Act.REVIEW_BATCH, Role.BUREAU_REVIEWER, (T.PAID,), "closed"),
)


def next_task(state: BatchState) -> Task | None:
    """The step that a batch waits for; none once it is closed or refused.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#batch-guide
    """
    return next((task for task in TASKS if state in task.states), None)


@dataclass(frozen=True)
class Step:
    """One step of one batch for one reader: `why_not` says what keeps this reader from it, empty when nothing does."""

    task: Task
    place: Place
    why_not: str = ""


def guide(state: BatchState, *, by: Actor, hands: Mapping[str, tuple[int | None, ...]], stopped: Mapping[str, str]) -> list[Step]:
    """The six steps of a batch; a refused one has none left.

    `hands` names per step the persons who may not do it, `stopped` what stands in its way whoever comes.
    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#batch-guide
    """
    if state is BatchState.REFUSED:
        return []
    task_now = next_task(state)
    now = TASKS.index(task_now) if task_now is not None else len(TASKS)
    steps = []
    for at, task in enumerate(TASKS):
        place = Place.DONE if at < now else Place.NOW if at == now else Place.LATER
        steps.append(Step(task, place, _why_not(task, by, hands, stopped) if place is Place.NOW else ""))
    return steps


def _why_not(task: Task, by: Actor, hands: Mapping[str, tuple[int | None, ...]], stopped: Mapping[str, str]) -> str:
    if not may(by.role, task.act):
        return "not_yours"
    if by.id is not None and by.id in hands.get(task.code, ()):
        return "other_hand"
    return stopped.get(task.code, "")


def notice_until(approved_at: datetime | None, days: int) -> date | None:
    """The last day of a claim's public notice; none where nothing is put up.

    Units: whole bureau days; the day of approval does not count.
    Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#batch-guide
    """
    return bureau_day(approved_at) + timedelta(days=days) if days and approved_at is not None else None
