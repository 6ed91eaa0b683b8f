"""Keep series, waiting lists, proposals, baskets, questions, closures, faults and calendar links.

Why:   the booking engine of "Slots people can trust": changes, proposals, series, offers, owner defaults (contract §2, §2a).
Data:  none changes; new columns start empty, and a booking without `free_until` has the cut-off of its own slot.
Locks: adds columns with constant defaults (no rewrite), creates new tables.
Undo:  drops them; series, waiting lists and open faults are forgotten, the bookings they made stay.
Check: select count(*) from series -- expect 0

Revision: 0007, follows 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from equipment_share.models.base import UtcColumn

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EMPTY_TEXT, EMPTY_OBJECT, EMPTY_LIST = sa.text("''"), sa.text("'{}'"), sa.text("'[]'")
COLUMNS = {
    "booking": [
        sa.Column("free_until", UtcColumn(), nullable=True),
        sa.Column("proposed_from", UtcColumn(), nullable=True),
        sa.Column("proposed_to", UtcColumn(), nullable=True),
        sa.Column("basket", sa.String(43), nullable=False, server_default=EMPTY_TEXT),
        sa.Column("answers", sa.JSON(), nullable=False, server_default=EMPTY_OBJECT),
        sa.Column("sample_state", sa.String(12), nullable=False, server_default=EMPTY_TEXT),
    ],
    "instrument": [
        sa.Column("questions", sa.JSON(), nullable=False, server_default=EMPTY_LIST),
        sa.Column("linked", sa.JSON(), nullable=False, server_default=EMPTY_LIST),
    ],
    "organisation": [sa.Column("rules", sa.JSON(), nullable=False, server_default=EMPTY_OBJECT)],
    "maintenance": [sa.Column("series", sa.String(43), nullable=False, server_default=EMPTY_TEXT)],
}


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def upgrade() -> None:
    """Columns, then tables."""
    for table, columns in COLUMNS.items():
        for column in columns:
            op.add_column(table, column._copy())
    op.create_index("ix_booking_change_of_id", "booking", ["change_of_id"])
    op.create_table(
        "series",
        sa.Column("id", KEY, nullable=False),
        sa.Column("instrument_id", KEY, nullable=False),
        sa.Column("firm_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("rule", sa.String(300), nullable=False),
        sa.Column("made_at", UtcColumn(), nullable=False),
        _to("series", "instrument_id", "instrument"),
        _to("series", "firm_id", "organisation"),
        _to("series", "user_id", "user_account"),
        _key("series"),
    )
    op.create_index("ix_series_firm_id", "series", ["firm_id"])
    op.create_table(
        "series_date",
        sa.Column("id", KEY, nullable=False),
        sa.Column("series_id", KEY, nullable=False),
        sa.Column("named", sa.String(40), nullable=False),
        sa.Column("starts_at", UtcColumn(), nullable=True),
        sa.Column("ends_at", UtcColumn(), nullable=True),
        sa.Column("booking_id", KEY, nullable=True),
        _to("series_date", "series_id", "series"),
        _to("series_date", "booking_id", "booking"),
        _key("series_date"),
    )
    op.create_index("ix_series_date_series_id", "series_date", ["series_id"])
    op.create_index("ix_series_date_booking_id", "series_date", ["booking_id"])
    op.create_table(
        "waiting",
        sa.Column("id", KEY, nullable=False),
        sa.Column("instrument_id", KEY, nullable=False),
        sa.Column("firm_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("starts_at", UtcColumn(), nullable=False),
        sa.Column("ends_at", UtcColumn(), nullable=False),
        sa.Column("samples", KEY, nullable=False),
        sa.Column("purpose", sa.String(500), nullable=False),
        sa.Column("programmes", sa.JSON(), nullable=False),
        sa.Column("was_displaced", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("booking_id", KEY, nullable=True),
        sa.Column("made_at", UtcColumn(), nullable=False),
        sa.Column("ended_at", UtcColumn(), nullable=True),
        _to("waiting", "instrument_id", "instrument"),
        _to("waiting", "firm_id", "organisation"),
        _to("waiting", "user_id", "user_account"),
        _to("waiting", "booking_id", "booking"),
        _key("waiting"),
    )
    op.create_index("ix_waiting_instrument_id_state", "waiting", ["instrument_id", "state"])
    op.create_index("ix_waiting_firm_id", "waiting", ["firm_id"])
    op.create_index("ix_waiting_booking_id", "waiting", ["booking_id"])
    op.create_table(
        "closure",
        sa.Column("id", KEY, nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("ended_at", UtcColumn(), nullable=True),
        sa.Column("made_at", UtcColumn(), nullable=False),
        sa.Column("by_id", KEY, nullable=True),
        _to("closure", "owner_id", "organisation"),
        _to("closure", "by_id", "user_account"),
        _key("closure"),
    )
    op.create_index("ix_closure_owner_id", "closure", ["owner_id"])
    op.create_table(
        "fault",
        sa.Column("id", KEY, nullable=False),
        sa.Column("instrument_id", KEY, nullable=False),
        sa.Column("booking_id", KEY, nullable=True),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("maintenance_id", KEY, nullable=True),
        sa.Column("made_at", UtcColumn(), nullable=False),
        sa.Column("closed_at", UtcColumn(), nullable=True),
        _to("fault", "instrument_id", "instrument"),
        _to("fault", "booking_id", "booking"),
        _to("fault", "user_id", "user_account"),
        _to("fault", "maintenance_id", "maintenance"),
        _key("fault"),
    )
    op.create_index("ix_fault_instrument_id_state", "fault", ["instrument_id", "state"])
    op.create_table(
        "calendar_link",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("instrument_id", KEY, nullable=True),
        sa.Column("made_at", UtcColumn(), nullable=False),
        sa.Column("ended_at", UtcColumn(), nullable=True),
        _to("calendar_link", "user_id", "user_account"),
        _to("calendar_link", "instrument_id", "instrument"),
        _key("calendar_link"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_link_token_hash")),
    )
    op.create_index("ix_calendar_link_user_id", "calendar_link", ["user_id"])


def downgrade() -> None:
    """Take them away again."""
    for table in ("calendar_link", "fault", "closure", "waiting", "series_date", "series"):
        op.drop_table(table)
    op.drop_index("ix_booking_change_of_id", "booking")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column.name)
