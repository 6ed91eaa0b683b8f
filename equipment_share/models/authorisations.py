"""Who may use an instrument that needs training, until when, and who asked to be trained."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from equipment_share.models.base import Base
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import User


class Authorisation(Base):
    """One person may use one instrument up to and including a day; the newest one counts, an earlier day ends it."""

    __tablename__ = "authorisation"
    __table_args__ = (Index("ix_authorisation_instrument_id_user_id", "instrument_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    valid_until: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]

    user: Mapped[User] = relationship(viewonly=True, foreign_keys=[user_id], lazy="joined", innerjoin=True)


class TrainingRequest(Base):
    """A person of a firm asks an owner for training; one waits at a time."""

    __tablename__ = "training_request"
    __table_args__ = (
        Index(
            "uq_training_request_waiting", "instrument_id", "user_id", unique=True,
            sqlite_where=text("state = 'asked'"), postgresql_where=text("state = 'asked'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(String(8), default="asked")
    """`asked`, `granted` or `refused`."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    instrument: Mapped[Instrument] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    user: Mapped[User] = relationship(viewonly=True, lazy="joined", innerjoin=True)
