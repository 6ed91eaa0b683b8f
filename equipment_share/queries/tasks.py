"""Long work: one's own, all of it for the administrator, and what a worker may take."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select

from equipment_share.domain.access import Actor, Role
from equipment_share.domain.errors import Forbidden, NotFound
from equipment_share.domain.tasks import SILENT, TaskKind, TaskState
from equipment_share.models.base import db, utc
from equipment_share.models.people import User
from equipment_share.models.tasks import Task


def task_seen_by(task_id: int, by: Actor) -> Task:
    """One's own task; any for the administrator.

    Raises: NotFound.
    """
    found = db.session.get(Task, task_id)
    if found is None or not (by.role is Role.ADMIN or (found.asked_by_id is not None and found.asked_by_id == by.id)):
        raise NotFound()
    return found


def task_locked(task_id: int, by: Actor) -> Task:
    """The same, held until the unit ends.

    Raises: NotFound.
    """
    task_seen_by(task_id, by)
    return db.session.scalars(
        select(Task).where(Task.id == task_id).with_for_update(of=Task).execution_options(populate_existing=True)
    ).one()


def tasks_of(by: Actor, limit: int = 50) -> list[Task]:
    """What somebody asked for, the newest first."""
    return list(db.session.scalars(select(Task).where(Task.asked_by_id == by.id).order_by(Task.id.desc()).limit(limit)))


def newest_tasks(limit: int = 50) -> list[Task]:
    """What anybody asked for, the newest first."""
    return list(db.session.scalars(select(Task).where(Task.kind != TaskKind.ROUND).order_by(Task.id.desc()).limit(limit)))


def newest_rounds(limit: int = 20) -> list[Task]:
    """The worker's rounds, the newest first."""
    return list(db.session.scalars(select(Task).where(Task.kind == TaskKind.ROUND).order_by(Task.id.desc()).limit(limit)))


def round_ended_at() -> datetime | None:
    """When the worker last ended a round; one question."""
    found = db.session.scalar(select(func.max(Task.ended_at)).where(Task.kind == TaskKind.ROUND))
    return utc(found) if found else None


def task_free_locked(at: datetime) -> Task | None:
    """The oldest task that waits, or whose worker has died; held until the unit ends."""
    abandoned = (Task.state == TaskState.RUNNING) & or_(Task.beat_at.is_(None), Task.beat_at < at - SILENT)
    query = select(Task).where(or_(Task.state == TaskState.WAITING, abandoned)).order_by(Task.id).limit(1)
    return db.session.scalar(query.with_for_update(skip_locked=True, of=Task))


def is_work_free(at: datetime) -> bool:
    """Whether a worker would find something: one look that writes nothing."""
    abandoned = (Task.state == TaskState.RUNNING) & or_(Task.beat_at.is_(None), Task.beat_at < at - SILENT)
    found = db.session.scalar(select(Task.id).where(or_(Task.state == TaskState.WAITING, abandoned)).limit(1)) is not None
    db.session.rollback()
    return found


def held_task(task_id: int, claim: str) -> Task | None:
    """The task while this claim still holds it, locked; None when it was cancelled, ended or taken over."""
    query = select(Task).where(Task.id == task_id, Task.claim == claim, Task.state == TaskState.RUNNING)
    return db.session.scalar(query.with_for_update(of=Task).execution_options(populate_existing=True))


def asker_of(user_id: int | None) -> User:
    """Who asked, as long as that person is active.

    Raises: Forbidden.
    """
    found = db.session.get(User, user_id) if user_id is not None else None
    if found is None or not found.active:
        raise Forbidden()
    return found
