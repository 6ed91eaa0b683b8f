"""Long work that runs beside the requests: what, for whom, how far, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from equipment_share.domain.tasks import TaskKind, TaskState
from equipment_share.models.base import Base
from equipment_share.models.people import User


class Task(Base):
    """One piece of long work; `claim` is the secret of the worker that has it, and it alone may end it."""

    __tablename__ = "task"
    __table_args__ = (Index("ix_task_state", "state"), Index("ix_task_asked_by_id", "asked_by_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TaskKind]
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[TaskState] = mapped_column(default=TaskState.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    began_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str] = mapped_column(String(43), default="")

    asked_by: Mapped[User | None] = relationship(viewonly=True, lazy="joined")
