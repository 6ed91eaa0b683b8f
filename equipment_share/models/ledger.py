"""The ledger: accounts and immutable two-sided transfers. The database itself keeps the laws (`models/guards.py`)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, composite, mapped_column

from equipment_share.domain.ledger import AccountKind, Phase, Sums
from equipment_share.domain.money import Money
from equipment_share.models.base import Base


class LedgerAccount(Base):
    """One house on the street. Sums are stored for bounded accounts only, and moved by the database alone."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        CheckConstraint("NOT bounded OR dr_post + dr_pend <= cr_post", name="no_overspend"),
        CheckConstraint("dr_pend >= 0 AND dr_post >= 0 AND cr_pend >= 0 AND cr_post >= 0", name="sums_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AccountKind]
    key: Mapped[str] = mapped_column(String(120))
    """Who it belongs to: `programme:YH`, `voucher:17`, `payable:YH:42` (programme and payee), `batch:3`."""
    bounded: Mapped[bool]
    programme_code: Mapped[str | None] = mapped_column(String(40), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    """The firm of a voucher, the payee of a payable."""
    dr_pend: Mapped[Money] = mapped_column(default=Money(0))
    dr_post: Mapped[Money] = mapped_column(default=Money(0))
    cr_pend: Mapped[Money] = mapped_column(default=Money(0))
    cr_post: Mapped[Money] = mapped_column(default=Money(0))
    last_transfer_id: Mapped[int] = mapped_column(default=0)
    """The newest transfer already in the sums; each counts once."""

    sums: Mapped[Sums] = composite("dr_pend", "dr_post", "cr_pend", "cr_post")


class LedgerTransfer(Base):
    """One step on the street: one debit, one credit, one amount; never changed, never deleted."""

    __tablename__ = "ledger_transfer"
    __table_args__ = (
        CheckConstraint("dr_id <> cr_id", name="two_sides"),
        CheckConstraint("amount BETWEEN 0 AND 1000000000000 AND (amount > 0 OR phase = 'capture')", name="amount"),
        Index(
            "uq_ledger_transfer_resolved_once",
            "of_id",
            unique=True,
            sqlite_where=text("phase IN ('capture', 'release')"),
            postgresql_where=text("phase IN ('capture', 'release')"),
        ),
        CheckConstraint("(of_id IS NULL) = (phase IN ('direct', 'hold'))", name="of_when_needed"),
        # every sum of a report is read out of one of these alone: the table has ten times their bytes
        Index("ix_ledger_transfer_dr_id_sums", "dr_id", "effective_at", "amount", "cr_id"),
        Index("ix_ledger_transfer_cr_id_sums", "cr_id", "effective_at", "amount", "dr_id"),
        Index("ix_ledger_transfer_programme_sums", "programme_code", "phase", "effective_at", "amount", "of_id", postgresql_include=["id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dr_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"))
    cr_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"))
    amount: Mapped[Money]
    phase: Mapped[Phase]
    of_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_transfer.id"), index=True)
    programme_code: Mapped[str] = mapped_column(String(40))
    booking_id: Mapped[int | None] = mapped_column(index=True)
    made_at: Mapped[datetime]
    effective_at: Mapped[datetime]
    """The instant that decides in which period it counts."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")
