"""Let two persons change where an organisation's money goes.

Why:   one person of the bureau alone could write another bank account, and the next payment file went there.
Data:  none changes; accounts that are known stay, the new table begins empty.
Locks: a trigger on organisation (a short lock), creates one table.
Undo:  drops both; what was confirmed stays written in organisation.bank_account, who confirmed it stays in the history.
Check: select count(*) from account_change where state = 'confirmed' and (decided_by_id is null or decided_by_id = by_id) -- expect 0

Revision: 0012, follows 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from equipment_share.models.base import UtcColumn
from equipment_share.models.guards import ACCOUNTS

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("state = 'proposed'")


def _to(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_account_change_{column}_{target}"))


def upgrade() -> None:
    """The table, one undecided change at a time, and the guards."""
    op.create_table(
        "account_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("before", sa.String(60), nullable=False),
        sa.Column("account", sa.String(60), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("by_id", KEY, nullable=False),
        sa.Column("decided_by_id", KEY, nullable=True),
        sa.Column("made_at", UtcColumn(), nullable=False),
        sa.Column("decided_at", UtcColumn(), nullable=True),
        sa.CheckConstraint(
            "state <> 'confirmed' OR (decided_by_id IS NOT NULL AND decided_by_id <> by_id)", name=op.f("ck_account_change_two_hands")
        ),
        _to("organisation_id", "organisation"),
        _to("by_id", "user_account"),
        _to("decided_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_change")),
    )
    op.create_index("ix_account_change_organisation_id", "account_change", ["organisation_id"])
    op.create_index(
        "uq_account_change_waiting", "account_change", ["organisation_id"], unique=True, sqlite_where=WAITING, postgresql_where=WAITING
    )
    connection = op.get_bind()
    for guard in ACCOUNTS:
        for statement in guard.statements(connection.dialect.name):
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Take them away again."""
    connection = op.get_bind()
    for guard in ACCOUNTS:
        for statement in guard.undo(connection.dialect.name):
            connection.exec_driver_sql(statement)
    op.drop_table("account_change")
