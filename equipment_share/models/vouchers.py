"""Programmes in their versions, and the vouchers of firms."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from equipment_share.domain.money import Money
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.base import Base
from equipment_share.models.instruments import StoredFile
from equipment_share.models.ledger import LedgerAccount
from equipment_share.models.people import Organisation


class VersionState(StrEnum):
    """A published version never changes."""

    DRAFT = "draft"
    PUBLISHED = "published"


class ProgrammeVersion(Base):
    """One version of a programme's rules as data (`domain/programmes.Programme`)."""

    __tablename__ = "programme_version"
    __table_args__ = (UniqueConstraint("code", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), index=True)
    number: Mapped[int]
    state: Mapped[VersionState] = mapped_column(default=VersionState.DRAFT)
    document: Mapped[dict[str, Any]]
    appropriated: Mapped[Money] = mapped_column(default=Money(0))
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    drafted_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Voucher(Base):
    """An issued quota of one firm in one programme and period; its money stands in its own account."""

    __tablename__ = "voucher"
    __table_args__ = (Index("ix_voucher_firm_id_programme_code", "firm_id", "programme_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(120), unique=True)
    programme_code: Mapped[str] = mapped_column(String(40), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[VoucherState]
    wanted: Mapped[Money]
    """What the firm asked for, or what was granted without asking."""
    period_first_on: Mapped[date]
    period_last_on: Mapped[date]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    """The last good day, at the bureau."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_account.id"))
    auto_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    """`programme:firm:first day` of a voucher granted without application: granted once, whoever asks first."""
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"))
    """The voucher of the period before whose rest this one carries on."""
    tier: Mapped[list[Any]] = mapped_column(default=list)
    """The firm's tags on the day of issue, for programmes with `tier_at: issue`."""
    warned_at: Mapped[datetime | None]
    """When the firm was told that it will end soon."""
    waits_since: Mapped[datetime | None]
    """Since when an approved application waits for budget (`budget.waitlist`)."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    firm: Mapped[Organisation] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    programme: Mapped[ProgrammeVersion] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    account: Mapped[LedgerAccount | None] = relationship(viewonly=True, lazy="joined")

    __mapper_args__ = {"version_id_col": version}


class EligibilityProof(Base):
    """The evidence that a firm belongs to a class, with its last good day; the bureau accepts or refuses it."""

    __tablename__ = "eligibility_proof"

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    tag: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(60), default="")
    valid_until: Mapped[date | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    state: Mapped[str] = mapped_column(String(10))
    """`submitted`, `accepted` or `refused`."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    firm: Mapped[Organisation] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    file: Mapped[StoredFile | None] = relationship(viewonly=True, lazy="joined")
