"""Claims, the batches that pay them, and the findings that a check leaves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from equipment_share.domain.money import Money
from equipment_share.domain.periods import last_day
from equipment_share.domain.settlement.adjustments import AdjustmentKind, AdjustmentState
from equipment_share.domain.settlement.claims import BatchState, ClaimState
from equipment_share.models.base import Base
from equipment_share.models.bookings import Booking
from equipment_share.models.people import Organisation
from equipment_share.models.vouchers import ProgrammeVersion


class Batch(Base):
    """The claims of one programme, period and payee side that are paid together."""

    __tablename__ = "batch"
    __table_args__ = (
        Index(
            "uq_batch_live",
            "programme_code",
            "period_first_on",
            "period_last_on",
            "payee",
            unique=True,
            sqlite_where=text("state NOT IN ('refused', 'closed')"),
            postgresql_where=text("state NOT IN ('refused', 'closed')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(120), unique=True)
    programme_code: Mapped[str] = mapped_column(String(40), index=True)
    period_first_on: Mapped[date]
    period_last_on: Mapped[date]
    payee: Mapped[str] = mapped_column(String(10))
    state: Mapped[BatchState]
    total: Mapped[Money] = mapped_column(default=Money(0))
    file_hash: Mapped[str] = mapped_column(String(64), default="")
    payment_file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    paid_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Claim(Base):
    """The request that one programme pays its part of one confirmed use."""

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("booking_id", "programme_code"),
        Index("ix_claim_programme_code_state", "programme_code", "state"),
        Index("ix_claim_programme_code_completed_on", "programme_code", "completed_on", "state", "amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(120), unique=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    programme_code: Mapped[str] = mapped_column(String(40))
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"))
    claimant_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    payee_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    amount: Mapped[Money]
    asked: Mapped[Money]
    """What the use earned; `amount` is less after a pro-rata cut."""
    state: Mapped[ClaimState]
    completed_on: Mapped[date]
    """The day that decides its period (completion basis)."""
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    booking: Mapped[Booking] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    programme: Mapped[ProgrammeVersion] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    claimant: Mapped[Organisation] = relationship(viewonly=True, foreign_keys=[claimant_id])
    payee: Mapped[Organisation] = relationship(viewonly=True, foreign_keys=[payee_id])

    @property
    def used_on(self) -> date:
        """The last day of the use; it stays whatever period the claim counts in."""
        return last_day(self.booking.used_to or self.booking.ends_at)

    __mapper_args__ = {"version_id_col": version}


class Adjustment(Base):
    """Money beside a claim as an entry of its own: a cut after payment, a claw-back, an owner's bonus; signed, decided by two persons."""

    __tablename__ = "adjustment"
    __table_args__ = (Index("ix_adjustment_programme_code_state", "programme_code", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[AdjustmentKind]
    programme_code: Mapped[str] = mapped_column(String(40))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"), index=True)
    payee_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    amount: Mapped[Money]
    """Below zero what the payee gives back."""
    state: Mapped[AdjustmentState]
    reason: Mapped[str] = mapped_column(String(500), default="")
    appeal: Mapped[str] = mapped_column(String(500), default="")
    """What the payee said against it."""
    period_first_on: Mapped[date | None]
    period_last_on: Mapped[date | None]
    """The period of a bonus."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_transfer.id"))
    """The repayment, when the payee paid it back."""
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    claim: Mapped[Claim | None] = relationship(viewonly=True)
    payee: Mapped[Organisation] = relationship(viewonly=True, lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}


class ProRataRun(Base):
    """The one cut of a period's approved claims to what the programme has (W7), with every share."""

    __tablename__ = "pro_rata_run"
    __table_args__ = (UniqueConstraint("programme_code", "period_first_on", "period_last_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_code: Mapped[str] = mapped_column(String(40))
    period_first_on: Mapped[date]
    period_last_on: Mapped[date]
    budget: Mapped[Money]
    shares: Mapped[list[Any]]
    """`[{"claim": 1, "number": "…", "asked_fen": …, "amount_fen": …}]`."""
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class BatchLine(Base):
    """One claim or adjustment in one locked batch, and what the bank answered."""

    __tablename__ = "batch_line"
    __table_args__ = (UniqueConstraint("batch_id", "line"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    line: Mapped[int]
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"), index=True)
    """Of a bonus there is none."""
    adjustment_id: Mapped[int | None] = mapped_column(ForeignKey("adjustment.id"), index=True)
    payee_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    amount: Mapped[Money]
    adjusts_id: Mapped[int | None] = mapped_column(ForeignKey("batch_line.id"))
    result: Mapped[str] = mapped_column(String(10), default="")
    """Empty, `paid` or `failed`."""
    paid_on: Mapped[date | None]
    reference: Mapped[str | None] = mapped_column(String(60), unique=True)
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_transfer.id"))

    batch: Mapped[Batch] = relationship(viewonly=True)
    claim: Mapped[Claim | None] = relationship(viewonly=True)
    adjustment: Mapped[Adjustment | None] = relationship(viewonly=True)
    adjusts: Mapped[BatchLine | None] = relationship(viewonly=True, remote_side="BatchLine.id")
    payee: Mapped[Organisation] = relationship(viewonly=True, lazy="joined", innerjoin=True)


class FindingLine(Base):
    """A disagreement or red flag (X01-X20) with its evidence and what was decided about it."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("claim_id", "code", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(10))
    """`block` or `warn`."""
    subject: Mapped[str] = mapped_column(String(120), default="")
    amount: Mapped[Money | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    disposition: Mapped[str] = mapped_column(String(10), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    disposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    disposed_at: Mapped[datetime | None]


class Inspection(Base):
    """A random draw of paid claims 抽查: from the stored seed anybody draws the same ones again."""

    __tablename__ = "inspection"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_code: Mapped[str] = mapped_column(String(40), index=True)
    period_first_on: Mapped[date]
    period_last_on: Mapped[date]
    seed: Mapped[str] = mapped_column(String(64))
    share_bp: Mapped[int]
    population: Mapped[int]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]


class InspectionLine(Base):
    """One claim that was drawn, and what was found."""

    __tablename__ = "inspection_line"
    __table_args__ = (UniqueConstraint("inspection_id", "claim_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    result: Mapped[str] = mapped_column(String(10), default="")
    """Empty, `in_order` or `faulty`."""
    note: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime | None]

    claim: Mapped[Claim] = relationship(viewonly=True, lazy="joined", innerjoin=True)


class KeptReport(Base):
    """A report as it was when its batch was closed; made again it must have the same bytes."""

    __tablename__ = "kept_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    """`batch:7:payment_list.csv`."""
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime]


class LaboratoryRun(Base):
    """One replay of recorded uses under one or two drafts; the books know nothing of it."""

    __tablename__ = "laboratory_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    drafts: Mapped[list[Any]]
    """The programme documents, as they were replayed."""
    first_on: Mapped[date]
    last_on: Mapped[date]
    result: Mapped[dict[str, Any]]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
