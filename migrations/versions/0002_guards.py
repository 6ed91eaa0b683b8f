"""Let the database itself refuse what must never happen.

Why:   no overlap, append-only books, a street without short cuts, sums that follow transfers (reliability §2).
Data:  writes the head of the audit chain, 32 zero bytes; nothing else.
Locks: creates triggers and one exclusion constraint on tables that are still empty.
Undo:  drops them all; the rules above the database stay.
Check: insert two overlapping blocking bookings of one unit -- expect booking_no_overlap

Revision: 0002, follows 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from equipment_share.models.guards import FOUNDATION

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put every guard up."""
    connection = op.get_bind()
    connection.execute(sa.text("INSERT INTO audit_head (id, seq, h) VALUES (1, 0, :h)"), {"h": "0" * 64})
    for guard in FOUNDATION:
        for statement in guard.statements(connection.dialect.name):
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Take every guard down."""
    connection = op.get_bind()
    for guard in reversed(FOUNDATION):
        for statement in guard.undo(connection.dialect.name):
            connection.exec_driver_sql(statement)
    connection.execute(sa.text("DELETE FROM audit_head"))
