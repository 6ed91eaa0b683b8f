"""Keep a file between its trial and its import, an owner's column mappings by name, and a small copy of each photo.

Why:   owners try a table by page before it is saved; the catalogue shows photos as thumbnails.
Data:  none; photos of before have no small copy and are shown as they are.
Locks: creates two tables; adds one empty column to `photo` (SQLite: copies that table, which is small).
Undo:  drops both tables and the column; saved mappings are gone, instruments and photos stay.
Check: select count(*) from import_draft -- expect 0

Revision: 0004, follows 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from equipment_share.models.base import UtcColumn

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables and a column."""
    op.create_table(
        "column_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcColumn(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_column_mapping_owner_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mapping")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_column_mapping_owner_id_name")),
    )
    op.create_table(
        "import_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(43), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=True),
        sa.Column("made_at", UtcColumn(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_import_draft_owner_id_organisation")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_import_draft_by_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_draft")),
        sa.UniqueConstraint("token", name=op.f("uq_import_draft_token")),
    )
    with op.batch_alter_table("photo") as photo:
        photo.add_column(sa.Column("thumb_id", sa.Integer(), nullable=True))
        photo.create_foreign_key(op.f("fk_photo_thumb_id_stored_file"), "stored_file", ["thumb_id"], ["id"])


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("photo") as photo:
        photo.drop_constraint(op.f("fk_photo_thumb_id_stored_file"), type_="foreignkey")
        photo.drop_column("thumb_id")
    op.drop_table("import_draft")
    op.drop_table("column_mapping")
