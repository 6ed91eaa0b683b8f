"""Organisations, the people in them, and how they get in."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from equipment_share.domain.access import Kind, Role
from equipment_share.domain.money import Money
from equipment_share.models.base import Base


class OrganisationState(StrEnum):
    """Only a verified organisation books, lists or applies."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


class Organisation(Base):
    """A firm, an owner, the bureau or the platform, known by its 统一社会信用代码 or a short code."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(400), default="")
    kind: Mapped[Kind] = mapped_column(index=True)
    state: Mapped[OrganisationState] = mapped_column(default=OrganisationState.UNVERIFIED)
    region: Mapped[str] = mapped_column(String(60), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    contact_name: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    bank_account: Mapped[str] = mapped_column(String(60), default="")
    staff: Mapped[int | None]
    revenue: Mapped[Money | None]
    capital: Mapped[Money | None]
    barred: Mapped[bool] = mapped_column(default=False)
    barred_until: Mapped[date | None]
    """The last day of a bar after a claw-back; `barred` alone has no end."""
    controller: Mapped[str] = mapped_column(String(60), default="", index=True)
    """The actual controller 实际控制人: firms that share one are counted together where a programme says so."""
    legal_rep: Mapped[str] = mapped_column(String(60), default="")
    shareholders: Mapped[list[Any]] = mapped_column(default=list)
    """`[{"name": "…", "share_bp": 3000}]`, as far as the bureau knows."""
    founded_on: Mapped[date | None]
    insured_staff: Mapped[int | None]
    research_spend: Mapped[Money | None]
    credit_list: Mapped[str] = mapped_column(String(12), default="")
    """`abnormal` 经营异常 or `dishonest` 严重违法失信 when the firm is on such a list."""
    credit_since: Mapped[date | None]
    tags: Mapped[list[Any]] = mapped_column(default=list)
    """`[{"tag": "tech_sme", "valid_until": "2027-03-31" | null}]`, set by the bureau."""
    related: Mapped[list[Any]] = mapped_column(default=list)
    """Codes of organisations with an ownership or control link, set by the bureau."""
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """An owner's own defaults, which its instruments inherit key by key."""
    is_sample: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class User(UserMixin, Base):
    """A person with one role in one organisation."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(60), default="")
    role: Mapped[Role]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(8), default="zh")
    sign_in_epoch: Mapped[int] = mapped_column(default=1)
    """Raised by a change of password, role or organisation: every older session and token ends with it."""
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(viewonly=True, lazy="joined")

    __mapper_args__ = {"version_id_col": version}

    @property
    def called(self) -> str:
        """The name, or the address of somebody who gave none."""
        return self.name or self.email

    @property
    def joined(self) -> bool:
        """Whether the person ever took the invitation up: whoever did has a password."""
        return self.password_hash is not None


class SignIn(Base):
    """One signed-in browser; the cookie carries only its token."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    epoch: Mapped[int]
    address: Mapped[str] = mapped_column(String(60), default="")
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(viewonly=True, lazy="joined")


class SignInTry(Base):
    """One attempt to sign in, kept for the lock-out (5 in 15 minutes) and for the auditor."""

    __tablename__ = "sign_in_try"
    __table_args__ = (
        Index("ix_sign_in_try_email_made_at", "email", "made_at"),
        Index("ix_sign_in_try_address_made_at", "address", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(60))
    succeeded: Mapped[bool]
    made_at: Mapped[datetime]


class OneTimeLink(Base):
    """An invitation, a first sign-in or a password reset: used once, kept as a hash."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    epoch: Mapped[int]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(viewonly=True, lazy="joined")


class ApiToken(Base):
    """A program's key: never more than its person's role, kept as a hash, shown once."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    epoch: Mapped[int]
    scopes: Mapped[list[Any]]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(viewonly=True, lazy="joined")


class KeptAnswer(Base):
    """The first answer to an Idempotency-Key, written in the transaction that it answers."""

    __tablename__ = "kept_answer"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    key: Mapped[str] = mapped_column(String(255))
    route: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(default=0)
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    location: Mapped[str] = mapped_column(String(300), default="")
    made_at: Mapped[datetime]


class HouseActor:
    """The house itself, acting on time or for an operator at the terminal."""

    id: int | None = None
    role: Role = Role.SYSTEM
    organisation_id: int | None = None
    email: str = "system"


SYSTEM = HouseActor()
