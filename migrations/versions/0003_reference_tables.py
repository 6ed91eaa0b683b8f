"""Fill the two tables that a fresh installation cannot do without: classes of instruments, days off.

Why:   the catalogue's classes and the working calendar; both are the administrator's to change.
Data:  90 classes (two levels), 108 days of 2024 to 2026; a year without rows is not announced yet.
Locks: inserts only.
Undo:  deletes what it wrote, where nothing points at it.
Check: select count(*) from instrument_class -- expect 90

Revision: 0003, follows 0002
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic import op

import equipment_share

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DATA = Path(equipment_share.__file__).parent / "data"


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def upgrade() -> None:
    """Write the rows."""
    kinds = sa.table("instrument_class", *(sa.column(name) for name in ("code", "parent_code", "name_zh", "name_en")))
    rows = sorted(_rows("instrument_classes.csv"), key=lambda row: len(row["code"]))
    op.bulk_insert(kinds, [{**row, "parent_code": row["parent_code"] or None} for row in rows])
    days = sa.table("calendar_day", sa.column("day", sa.Date), sa.column("kind"), sa.column("name"))
    op.bulk_insert(days, [{**row, "day": date.fromisoformat(row["day"])} for row in _rows("calendar_days.csv")])


def downgrade() -> None:
    """Take them away again."""
    op.execute("DELETE FROM calendar_day")
    op.execute("DELETE FROM instrument_class WHERE parent_code IS NOT NULL")
    op.execute("DELETE FROM instrument_class")
