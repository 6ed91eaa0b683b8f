"""What lies around bookings: series, waiting lists, closures of an owner, faults, and links into one's own calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from equipment_share.domain.timeslots import Slot
from equipment_share.models.base import Base
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import Organisation, User


class Series(Base):
    """A wish that repeats by an RFC 5545 rule; each of its dates is a booking of its own."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    wish: Mapped[dict[str, Any]]
    """The wish of the first date, without its times: mode, samples, purpose, programmes, answers."""
    rule: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime]

    instrument: Mapped[Instrument] = relationship(viewonly=True, lazy="joined", innerjoin=True)


class SeriesDate(Base):
    """One date of a series; one that does not exist has a name and no time."""

    __tablename__ = "series_date"

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), index=True)
    named: Mapped[str] = mapped_column(String(40))
    """The local date as the rule names it, `2027-02-31` included."""
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)

    booking: Mapped[Booking | None] = relationship(viewonly=True)


class Waiting(Base):
    """A firm that waits for a taken slot; `state` is `waiting`, `offered`, `taken`, `lapsed` or `withdrawn`."""

    __tablename__ = "waiting"
    __table_args__ = (Index("ix_waiting_instrument_id_state", "instrument_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    mode: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    samples: Mapped[int] = mapped_column(default=0)
    purpose: Mapped[str] = mapped_column(String(500), default="")
    programmes: Mapped[list[Any]] = mapped_column(default=list)
    was_displaced: Mapped[bool] = mapped_column(default=False)
    """Whether the owner took a booking of this instrument from the firm: such a firm is first in line."""
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    instrument: Mapped[Instrument] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    firm: Mapped[Organisation] = relationship(viewonly=True)
    user: Mapped[User] = relationship(viewonly=True)

    @property
    def slot(self) -> Slot:
        """What it waits for."""
        return Slot(self.starts_at, self.ends_at)


class Closure(Base):
    """Whole days on which nothing of an owner can be had; ended rather than deleted."""

    __tablename__ = "closure"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200), default="")
    ended_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class Fault(Base):
    """Something that does not work, said by whoever found it; `state` is `open` or `closed`."""

    __tablename__ = "fault"
    __table_args__ = (Index("ix_fault_instrument_id_state", "instrument_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    words: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(8), default="open")
    maintenance_id: Mapped[int | None] = mapped_column(ForeignKey("maintenance.id"))
    """The outage it opened, if it opened one."""
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    instrument: Mapped[Instrument] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    user: Mapped[User] = relationship(viewonly=True)


class CalendarLink(Base):
    """A secret address of one's bookings, or of an instrument's, for a calendar program; only its hash is kept."""

    __tablename__ = "calendar_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    instrument_id: Mapped[int | None] = mapped_column(ForeignKey("instrument.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(viewonly=True)
    instrument: Mapped[Instrument | None] = relationship(viewonly=True)
