"""Keep past uses that had no booking, from machine logs.

Why:   utilisation counts what the machines did, not only what was booked through us.
Data:  none.
Locks: creates one new table.
Undo:  drops it; bookings and money never hang on it.
Check: select count(*) from machine_use -- expect 0

Revision: 0005, follows 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from equipment_share.models.base import UtcColumn

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "machine_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcColumn(), nullable=False),
        sa.Column("ends_at", UtcColumn(), nullable=True),
        sa.Column("person", sa.String(120), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("made_at", UtcColumn(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["instrument_id"], ["instrument.id"], name=op.f("fk_machine_use_instrument_id_instrument")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_machine_use_by_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_use")),
        sa.UniqueConstraint("instrument_id", "starts_at", name=op.f("uq_machine_use_instrument_id_starts_at")),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("machine_use")
