"""Changes of the account to which an organisation's money goes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from equipment_share.models.base import Base
from equipment_share.models.people import Organisation, User

WAITING = text("state = 'proposed'")


class AccountChange(Base):
    """An account that somebody says an organisation has now; no money goes there before another person of the bureau has confirmed it."""

    __tablename__ = "account_change"
    __table_args__ = (
        CheckConstraint("state <> 'confirmed' OR (decided_by_id IS NOT NULL AND decided_by_id <> by_id)", name="two_hands"),
        Index("uq_account_change_waiting", "organisation_id", unique=True, sqlite_where=WAITING, postgresql_where=WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    before: Mapped[str] = mapped_column(String(60), default="")
    account: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10))
    """`proposed`, `confirmed`, `refused` or `withdrawn`."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    by: Mapped[User] = relationship(viewonly=True, foreign_keys=[by_id], lazy="joined", innerjoin=True)
    decided_by: Mapped[User | None] = relationship(viewonly=True, foreign_keys=[decided_by_id], lazy="joined")
