"""What people keep and say of instruments: favourites, and ratings of uses that are over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from equipment_share.models.base import Base


class Favourite(Base):
    """An instrument that one person wants to find again."""

    __tablename__ = "favourite"
    __table_args__ = (UniqueConstraint("user_id", "instrument_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    made_at: Mapped[datetime]


class Rating(Base):
    """How one use went, said once by the firm that had it."""

    __tablename__ = "rating"
    __table_args__ = (CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), unique=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    stars: Mapped[int]
    words: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime]
