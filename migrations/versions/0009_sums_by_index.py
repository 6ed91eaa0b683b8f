"""Read every sum of a report out of an index.

Why:   over a million entries the budget report took three seconds, most of it rows fetched for one amount (performance.md, goal 9).
Data:  none is touched.
Locks: builds five indexes and drops three: about ten seconds a million entries, writers wait meanwhile.
Undo:  the three older, narrower indexes come back.
Check: select count(*) from ledger_transfer -- expect the count from before

Revision: 0009, follows 0008
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SUMS = {
    "ix_ledger_transfer_dr_id_sums": ["dr_id", "effective_at", "amount", "cr_id"],
    "ix_ledger_transfer_cr_id_sums": ["cr_id", "effective_at", "amount", "dr_id"],
}
BEFORE = {
    "ix_ledger_transfer_dr_id_effective_at": ["dr_id", "effective_at"],
    "ix_ledger_transfer_cr_id_effective_at": ["cr_id", "effective_at"],
    "ix_ledger_transfer_programme_code_effective_at": ["programme_code", "effective_at"],
}


def upgrade() -> None:
    """The wider indexes first, then the narrower ones go."""
    for name, columns in SUMS.items():
        op.create_index(name, "ledger_transfer", columns)
    by_phase = ["programme_code", "phase", "effective_at", "amount", "of_id"]
    op.create_index("ix_ledger_transfer_programme_sums", "ledger_transfer", by_phase, postgresql_include=["id"])
    op.create_index("ix_booking_used_to", "booking", ["used_to"])
    op.create_index("ix_claim_programme_code_completed_on", "claim", ["programme_code", "completed_on", "state", "amount"])
    for name in BEFORE:
        op.drop_index(name, "ledger_transfer")


def downgrade() -> None:
    """As it was."""
    for name, columns in BEFORE.items():
        op.create_index(name, "ledger_transfer", columns)
    op.drop_index("ix_claim_programme_code_completed_on", "claim")
    op.drop_index("ix_booking_used_to", "booking")
    for name in ("ix_ledger_transfer_programme_sums", *SUMS):
        op.drop_index(name, "ledger_transfer")
