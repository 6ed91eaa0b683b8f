"""Letters that wait for the post, the history of every object, and the chained audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from equipment_share.models.base import Base
from equipment_share.models.people import User


class Letter(Base):
    """One message to one person, written in the transaction it tells of and posted later."""

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_sent_at", "sent_at"), Index("ix_letter_user_id_made_at", "user_id", "made_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(viewonly=True, lazy="joined", innerjoin=True)


class HistoryStep(Base):
    """One step in the life of a booking, voucher, claim, batch, programme or organisation; append-only."""

    __tablename__ = "history_step"
    __table_args__ = (Index("ix_history_step_kind_object_id", "kind", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    event: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[str] = mapped_column(String(32), default="")
    to_state: Mapped[str] = mapped_column(String(32), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    by: Mapped[User | None] = relationship(viewonly=True, lazy="joined")


class AuditRow(Base):
    """One sealed line of the audit chain: h = HMAC(key, prev + doc) (`contract.md` §2b)."""

    __tablename__ = "audit_row"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    prev: Mapped[str] = mapped_column(String(64))
    h: Mapped[str] = mapped_column(String(64))
    doc: Mapped[str] = mapped_column(Text)


class AuditHead(Base):
    """The end of the chain; locked last in every writing transaction."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    h: Mapped[str] = mapped_column(String(64))


class Fact(Base):
    """What the installation knows of itself: that it was made for demonstration, when jobs last ran."""

    __tablename__ = "fact"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(400))
