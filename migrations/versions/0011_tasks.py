"""Keep long work beside the requests: who asked for what, how far it is, what came of it.

Why:   a replay of a year and an import of thousands of rows ran inside the request: no progress, no way to stop, lost with the connection.
Data:  nothing; the table begins empty.
Locks: none on what is there.
Undo:  drops the table; what was imported or replayed stays.
Check: select count(*) from task where state = 'running' and claim = '' -- expect 0

Revision: 0011, follows 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from equipment_share.models.base import UtcColumn

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The table and its two indexes."""
    op.create_table(
        "task",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("done", KEY, nullable=False),
        sa.Column("total", KEY, nullable=False),
        sa.Column("asked_by_id", KEY, nullable=True),
        sa.Column("asked_at", UtcColumn(), nullable=False),
        sa.Column("began_at", UtcColumn(), nullable=True),
        sa.Column("beat_at", UtcColumn(), nullable=True),
        sa.Column("ended_at", UtcColumn(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("tries", KEY, nullable=False),
        sa.Column("claim", sa.String(43), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_task_asked_by_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_state", "task", ["state"])
    op.create_index("ix_task_asked_by_id", "task", ["asked_by_id"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_task_asked_by_id", "task")
    op.drop_index("ix_task_state", "task")
    op.drop_table("task")
