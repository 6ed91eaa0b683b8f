"""Instruments, their units, prices and closed times, and the calendar of the country."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from equipment_share.domain.money import Money
from equipment_share.models.base import Base
from equipment_share.models.people import Organisation


class Listing(StrEnum):
    """Whether an instrument is in the pool."""

    DRAFT = "draft"
    OPEN = "open"
    WITHDRAWN = "withdrawn"


class InstrumentClass(Base):
    """One class of the two-level table; an administrator may replace it."""

    __tablename__ = "instrument_class"

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("instrument_class.code"))


class Instrument(Base):
    """One set (台/套) that an owner opens to firms; the fields of `domain.md` §2.2."""

    __tablename__ = "instrument"
    __table_args__ = (UniqueConstraint("owner_id", "inner_code"), Index("ix_instrument_listing_name_key_id", "listing", "name_key", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    inner_code: Mapped[str] = mapped_column(String(80))
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(100), default="")
    name_en: Mapped[str] = mapped_column(String(100), default="")
    name_key: Mapped[str] = mapped_column(String(400))
    """Pinyin of the name, the key that sorts."""
    search_text: Mapped[str] = mapped_column(Text)
    """Everything a person may search by, folded: names, maker, model, class, functions, pinyin and its initials."""
    class_code: Mapped[str | None] = mapped_column(ForeignKey("instrument_class.code"), index=True)
    manufacturer: Mapped[str] = mapped_column(String(100), default="")
    model: Mapped[str] = mapped_column(String(100), default="")
    serial_no: Mapped[str] = mapped_column(String(100), default="")
    origin_country: Mapped[str] = mapped_column(String(60), default="")
    original_value: Mapped[Money | None]
    in_service_on: Mapped[date | None]
    tech_spec: Mapped[str] = mapped_column(String(500), default="")
    functions: Mapped[str] = mapped_column(String(300), default="")
    services: Mapped[str] = mapped_column(String(200), default="")
    run_status: Mapped[str] = mapped_column(String(20), default="normal")
    share_mode: Mapped[str] = mapped_column(String(20), default="external")
    open_rule: Mapped[str] = mapped_column(String(500), default="")
    fee_text: Mapped[str] = mapped_column(String(500), default="")
    location: Mapped[str] = mapped_column(String(150), default="")
    region: Mapped[str] = mapped_column(String(60), default="haining")
    contact_name: Mapped[str] = mapped_column(String(20), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    modes: Mapped[list[Any]] = mapped_column(default=list)
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What differs from the defaults of `domain/bookings.Rules`."""
    hours: Mapped[list[Any]] = mapped_column(default=list)
    """`[{"weekday": 1, "from": "08:00", "to": "18:00"}]`; none means always open."""
    questions: Mapped[list[Any]] = mapped_column(default=list)
    """What a firm is asked about its samples when it books (`domain/bookings/questions.py`)."""
    specs: Mapped[list[Any]] = mapped_column(default=list)
    """What can be found by figures: `[{"name": "…", "low": 1, "high": 5, "unit": "nm"}]` (`domain/instruments.py`)."""
    linked: Mapped[list[Any]] = mapped_column(default=list)
    """Instruments that are booked together with this one, by id."""
    keeps_holidays: Mapped[bool] = mapped_column(default=True)
    time_zone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    takes_vouchers: Mapped[bool] = mapped_column(default=True)
    listing: Mapped[Listing] = mapped_column(default=Listing.OPEN)
    price_from: Mapped[Money | None]
    """The lowest unit price in force, kept for sorting and filtering; the price lists are the truth."""
    price_unit: Mapped[str] = mapped_column(String(10), default="")
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    owner: Mapped[Organisation] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    category: Mapped[InstrumentClass | None] = relationship(viewonly=True, lazy="joined")

    __mapper_args__ = {"version_id_col": version}

    @property
    def whereabouts(self) -> str:
        """Where somebody goes who has booked it: its owner's street, then building and room, as far as they are known."""
        return " · ".join(part for part in (self.owner.address, self.location) if part)


class Unit(Base):
    """The bookable thing: an instrument with three equal places is three units."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("instrument_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)


class PriceList(Base):
    """One version of the prices of one instrument for one class of users; never changed, only followed."""

    __tablename__ = "price_list"
    __table_args__ = (Index("ix_price_list_instrument_id_valid_from", "instrument_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    user_class: Mapped[str] = mapped_column(String(20), default="external")
    items: Mapped[list[Any]]
    """Of a class: its own prices; none means everybody's, times `multiplier_bp`."""
    multiplier_bp: Mapped[int] = mapped_column(default=10_000)
    urgent_bp: Mapped[int | None]
    """What an urgent order costs, of the ordinary fee; none means that nothing is done urgently."""
    vat_bp: Mapped[int] = mapped_column(default=0)
    """The tax inside the prices."""
    made_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class Maintenance(Base):
    """A planned closure of one instrument; ended rather than deleted."""

    __tablename__ = "maintenance"
    __table_args__ = (Index("ix_maintenance_instrument_id_starts_at", "instrument_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200), default="")
    series: Mapped[str] = mapped_column(String(43), default="")
    """Closures that were planned by one rule carry the same word."""
    ended_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class CalendarDay(Base):
    """A day off or a worked weekend day of the country; kept by the administrator, never computed."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(4))
    """`off` or `work`."""
    name: Mapped[str] = mapped_column(String(60), default="")


class StoredFile(Base):
    """A photo or a piece of evidence, kept in the database so that one backup holds one instant of all."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class Photo(Base):
    """A picture or a manual (PDF) of an instrument, open to all."""

    __tablename__ = "photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    thumb_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    caption: Mapped[str] = mapped_column(String(100), default="")

    file: Mapped[StoredFile] = relationship(viewonly=True, foreign_keys=[file_id], lazy="joined", innerjoin=True)
    thumb: Mapped[StoredFile | None] = relationship(viewonly=True, foreign_keys=[thumb_id], lazy="joined")


class ColumnMapping(Base):
    """How one owner's table is read, under a name, so that it need not be said twice."""

    __tablename__ = "column_mapping"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(60))
    document: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]


class ImportDraft(Base):
    """A file between its trial and its import; forgotten after a day."""

    __tablename__ = "import_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    document: Mapped[dict[str, Any] | None]
    made_at: Mapped[datetime]


class MachineUse(Base):
    """A past use that had no booking, out of a machine's log; an open end was still going on."""

    __tablename__ = "machine_use"
    __table_args__ = (UniqueConstraint("instrument_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    person: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
