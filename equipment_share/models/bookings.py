"""Bookings, what was used, which vouchers bear a part, and the papers that prove it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.bookings.samples import samples_came
from equipment_share.domain.money import Money
from equipment_share.domain.timeslots import Slot
from equipment_share.models.base import Base
from equipment_share.models.instruments import Instrument, StoredFile, Unit
from equipment_share.models.people import Organisation, User
from equipment_share.models.vouchers import ProgrammeVersion, Voucher

BLOCKING = text("blocking")
"""As the partial index says it: SQLite knows the index only by these very words, and `blocking = 1` reads every booking there is."""


class Booking(Base):
    """One firm's use of one unit for one slot. The busy interval, buffers included, is what the database guards."""

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at AND busy_from <= starts_at AND busy_to > busy_from", name="times"),
        CheckConstraint("gross = subsidy + net AND gross >= 0 AND subsidy >= 0 AND net >= 0", name="three_numbers"),
        Index("ix_booking_unit_busy", "unit_id", "busy_from", "busy_to", sqlite_where=BLOCKING, postgresql_where=BLOCKING),
        Index("ix_booking_firm_id_starts_at", "firm_id", "starts_at"),
        Index("ix_booking_owner_id_state", "owner_id", "state", "starts_at"),
        Index("ix_booking_state_answer_by", "state", "answer_by"),
        Index("ix_booking_used_to", "used_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[BookingState]
    blocking: Mapped[bool]
    mode: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    busy_from: Mapped[datetime]
    busy_to: Mapped[datetime]
    samples: Mapped[int] = mapped_column(default=0)
    purpose: Mapped[str] = mapped_column(String(500), default="")
    user_class: Mapped[str] = mapped_column(String(20), default="external")
    tariff: Mapped[dict[str, Any]]
    """The prices in force at submission (`domain/pricing.Tariff`): a later price never moves an existing quote."""
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was ordered beside the time: `{"urgent": true, "add_ons": {"STAFF": 2}}`."""
    quotation_id: Mapped[int | None]
    """The formal quotation whose prices it has; no foreign key, for the quotation may name the booking's instrument only."""
    rules: Mapped[dict[str, Any]]
    """The instrument's rules at submission: cut-off, fees and charge basis stay what the firm was shown."""
    quote: Mapped[dict[str, Any]]
    charge: Mapped[dict[str, Any] | None]
    gross: Mapped[Money]
    subsidy: Mapped[Money]
    net: Mapped[Money]
    """The charge once there is one, else the quote."""
    late_fee: Mapped[Money] = mapped_column(default=Money(0))
    answer_by: Mapped[datetime | None]
    """When an unanswered request expires; after use, when silence confirms."""
    reminded_at: Mapped[datetime | None]
    checked_in_at: Mapped[datetime | None]
    checked_out_at: Mapped[datetime | None]
    used_from: Mapped[datetime | None]
    used_to: Mapped[datetime | None]
    used_samples: Mapped[int | None]
    used_lines: Mapped[list[Any]] = mapped_column(default=list)
    """Add-ons as they were used: `[{"code": "STAFF", "quantity": 1}]`."""
    confirmed_at: Mapped[datetime | None]
    change_of_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    """The booking that this one moves, lengthens or shortens."""
    free_until: Mapped[datetime | None]
    """Until when stepping back is free: the cut-off of the first slot stays through every change."""
    proposed_from: Mapped[datetime | None]
    proposed_to: Mapped[datetime | None]
    """Another time that the owner proposes; it blocks nothing."""
    basket: Mapped[str] = mapped_column(String(43), default="")
    """What was asked for together carries the same word."""
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the firm answered to the instrument's questions; for the firm and the owner alone."""
    sample_state: Mapped[str] = mapped_column(String(12), default="")
    """Where a commissioned sample is: `awaited`, `received`, `measured`, `delivered`."""
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    slot: Mapped[Slot] = composite("starts_at", "ends_at")
    instrument: Mapped[Instrument] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    unit: Mapped[Unit] = relationship(viewonly=True)
    firm: Mapped[Organisation] = relationship(viewonly=True, foreign_keys=[firm_id], lazy="joined", innerjoin=True)
    owner: Mapped[Organisation] = relationship(viewonly=True, foreign_keys=[owner_id])
    user: Mapped[User] = relationship(viewonly=True)
    change_of: Mapped[Booking | None] = relationship(viewonly=True, remote_side="Booking.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def proposed(self) -> Slot | None:
        """The other time that the owner proposed and the firm has not answered."""
        is_open = self.state in (BookingState.SUBMITTED, BookingState.APPROVED)
        return Slot(self.proposed_from, self.proposed_to) if is_open and self.proposed_from and self.proposed_to else None

    @property
    def samples_came(self) -> bool:
        """Whether samples were handed in for it."""
        return samples_came(self.sample_state)

    @property
    def waits_as_change(self) -> bool:
        """Whether this is a change that nobody has decided: its old booking still stands."""
        old = self.change_of if self.state is BookingState.SUBMITTED and self.change_of_id is not None else None
        return old is not None and old.state is not BookingState.RESCHEDULED


class VoucherUse(Base):
    """The part of one booking that one programme bears: what is expected, held, and in the end captured."""

    __tablename__ = "voucher_use"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    position: Mapped[int]
    programme_code: Mapped[str] = mapped_column(String(40))
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"))
    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"), index=True)
    held: Mapped[Money]
    hold_id: Mapped[int] = mapped_column(ForeignKey("ledger_transfer.id"))
    base: Mapped[Money] = mapped_column(default=Money(0))
    """The eligible base that the period counts (`band_base: period_cumulative`)."""
    counts_on: Mapped[date]
    """The day that decides its period (`period_basis`)."""
    resolved_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_transfer.id"))
    """The capture or release of the hold."""
    captured: Mapped[Money] = mapped_column(default=Money(0))

    booking: Mapped[Booking] = relationship(viewonly=True)
    programme: Mapped[ProgrammeVersion] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    voucher: Mapped[Voucher] = relationship(viewonly=True, lazy="joined", innerjoin=True)


class Promise(Base):
    """What a programme that moves money only at the claim (`issue_mode: none`, `reserve_at: claim`) is expected to bear of a booking."""

    __tablename__ = "promise"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    position: Mapped[int]
    programme_code: Mapped[str] = mapped_column(String(40), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"))
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"), index=True)
    """The voucher whose quota it counts against; none where nothing is issued beforehand."""
    amount: Mapped[Money]
    base: Mapped[Money] = mapped_column(default=Money(0))
    counts_on: Mapped[date]
    ended: Mapped[str] = mapped_column(String(8), default="")
    """Empty while it stands, `kept` when the claim was approved, `dropped` when there was no use or no claim."""

    programme: Mapped[ProgrammeVersion] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    voucher: Mapped[Voucher | None] = relationship(viewonly=True, lazy="joined")


class UsageRecord(Base):
    """What the keeper, the firm or the bureau said was used; a correction is a new record."""

    __tablename__ = "usage_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    samples: Mapped[int] = mapped_column(default=0)
    lines: Mapped[list[Any]] = mapped_column(default=list)
    """Add-ons that were used: `[{"code": "STAFF", "quantity": 1}]`."""
    note: Mapped[str] = mapped_column(String(500), default="")
    said_by: Mapped[str] = mapped_column(String(10))
    """`owner`, `firm` (a dispute) or `bureau` (adjudication)."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]


class Document(Base):
    """A contract, invoice, payment proof or result of one booking."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    leg: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(String(60), default="")
    number_key: Mapped[str] = mapped_column(String(60), default="", index=True)
    """The number without width, case, blanks and dashes, so that a second use of one invoice is seen."""
    dated_on: Mapped[date | None]
    amount: Mapped[Money | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]

    file: Mapped[StoredFile | None] = relationship(viewonly=True, lazy="joined")


class Quotation(Base):
    """A formal offer of prices to one firm until a day; never changed. A booking that names it has its prices."""

    __tablename__ = "quotation"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), index=True)
    wish: Mapped[dict[str, Any]]
    tariff: Mapped[dict[str, Any]]
    user_class: Mapped[str] = mapped_column(String(20))
    quote: Mapped[dict[str, Any]]
    valid_until: Mapped[date]
    """The last good day, at the bureau."""
    made_at: Mapped[datetime]

    firm: Mapped[Organisation] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    instrument: Mapped[Instrument] = relationship(viewonly=True, lazy="joined", innerjoin=True)


class AnswerFile(Base):
    """A file that a firm gave as an answer to an instrument's question; seen by the firm and the owner alone."""

    __tablename__ = "answer_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    made_at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship(viewonly=True, lazy="joined", innerjoin=True)
