"""Keep who may use an instrument that needs training, and who asked to be trained.

Why:   an owner may require that a person has been trained before booking (contract §2a `authorisation_required`).
Data:  none; no instrument requires it yet.
Locks: creates two new tables.
Undo:  drops them; instruments that require training can then be booked by nobody until the rule is switched off.
Check: select count(*) from authorisation -- expect 0

Revision: 0006, follows 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from equipment_share.models.base import UtcColumn

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "authorisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcColumn(), nullable=False),
        sa.ForeignKeyConstraint(["instrument_id"], ["instrument.id"], name=op.f("fk_authorisation_instrument_id_instrument")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_authorisation_user_id_user_account")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_authorisation_by_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation")),
    )
    op.create_index("ix_authorisation_instrument_id_user_id", "authorisation", ["instrument_id", "user_id"])
    op.create_table(
        "training_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("made_at", UtcColumn(), nullable=False),
        sa.Column("decided_at", UtcColumn(), nullable=True),
        sa.ForeignKeyConstraint(["instrument_id"], ["instrument.id"], name=op.f("fk_training_request_instrument_id_instrument")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_training_request_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_request")),
    )
    waiting = sa.text("state = 'asked'")
    op.create_index(
        "uq_training_request_waiting",
        "training_request",
        ["instrument_id", "user_id"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("training_request")
    op.drop_table("authorisation")
