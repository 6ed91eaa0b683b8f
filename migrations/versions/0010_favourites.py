"""Keep which instruments a person comes back to, and how a firm rates a use that is over.

Why:   people look for the same few instruments again and again, and others ask how a use went (rules.md, "Ratings").
Data:  none; nobody has kept or rated anything before.
Locks: creates two new tables.
Undo:  drops them; what people kept and how they rated is lost, no booking and no money with it.
Check: select count(*) from rating -- expect 0

Revision: 0010, follows 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from equipment_share.models.base import Id, UtcColumn

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "favourite",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("instrument_id", Id, nullable=False),
        sa.Column("made_at", UtcColumn(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_favourite_user_id_user_account")),
        sa.ForeignKeyConstraint(["instrument_id"], ["instrument.id"], name=op.f("fk_favourite_instrument_id_instrument")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_favourite")),
        sa.UniqueConstraint("user_id", "instrument_id", name=op.f("uq_favourite_user_id_instrument_id")),
    )
    op.create_table(
        "rating",
        sa.Column("id", Id, nullable=False),
        sa.Column("booking_id", Id, nullable=False),
        sa.Column("instrument_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("stars", Id, nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("made_at", UtcColumn(), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_rating_stars")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_rating_booking_id_booking")),
        sa.ForeignKeyConstraint(["instrument_id"], ["instrument.id"], name=op.f("fk_rating_instrument_id_instrument")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_rating_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_rating_booking_id")),
    )
    op.create_index("ix_rating_instrument_id", "rating", ["instrument_id"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("rating")
    op.drop_table("favourite")
