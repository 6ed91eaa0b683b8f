"""Keep tariffs, promises, adjustments, pro-rata runs, quotations, proofs, inspections and kept reports.

Why:   "Public money, to the fen": whole tariffs, every parameter of a programme, corrections after payment (contract §2a, §4a, §5).
Data:  a booking's one price becomes a tariff of one item; a use counts on the last day of its slot; what a claim asked is its amount.
       Rows of a year: seconds.
Locks: rebuilds voucher, voucher_use, batch_line and instrument on SQLite; on PostgreSQL adds columns and takes away NOT NULL.
Undo:  drops the tables and columns; promises, adjustments and lines without a claim are refused before anything is dropped.
Check: select count(*) from claim where asked <> amount -- expect 0

Revision: 0008, follows 0007
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from equipment_share.domain.ledger import FLOWS, AccountKind
from equipment_share.models.base import UtcColumn
from equipment_share.models.guarding import Guard
from equipment_share.models.guards import PUBLIC_MONEY
from equipment_share.models.ledger_guards import street, sums_follow

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EMPTY_TEXT, EMPTY_OBJECT, EMPTY_LIST, ZERO = sa.text("''"), sa.text("'{}'"), sa.text("'[]'"), sa.text("0")
COLUMNS = {
    "organisation": [
        sa.Column("barred_until", sa.Date(), nullable=True),
        sa.Column("controller", sa.String(60), nullable=False, server_default=EMPTY_TEXT),
        sa.Column("legal_rep", sa.String(60), nullable=False, server_default=EMPTY_TEXT),
        sa.Column("shareholders", sa.JSON(), nullable=False, server_default=EMPTY_LIST),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("insured_staff", KEY, nullable=True),
        sa.Column("research_spend", sa.BigInteger(), nullable=True),
        sa.Column("credit_list", sa.String(12), nullable=False, server_default=EMPTY_TEXT),
        sa.Column("credit_since", sa.Date(), nullable=True),
    ],
    "price_list": [
        sa.Column("multiplier_bp", KEY, nullable=False, server_default=sa.text("10000")),
        sa.Column("urgent_bp", KEY, nullable=True),
        sa.Column("vat_bp", KEY, nullable=False, server_default=ZERO),
    ],
    "booking": [
        sa.Column("options", sa.JSON(), nullable=False, server_default=EMPTY_OBJECT),
        sa.Column("quotation_id", KEY, nullable=True),
        sa.Column("used_lines", sa.JSON(), nullable=False, server_default=EMPTY_LIST),
    ],
    "usage_record": [sa.Column("lines", sa.JSON(), nullable=False, server_default=EMPTY_LIST)],
    "claim": [sa.Column("asked", sa.BigInteger(), nullable=False, server_default=ZERO)],
    "instrument": [sa.Column("specs", sa.JSON(), nullable=False, server_default=EMPTY_LIST)],
}
NEW_TABLES = (
    "laboratory_run", "kept_report", "inspection_line", "inspection", "pro_rata_run", "adjustment", "eligibility_proof", "answer_file", "promise",
    "quotation",
)  # fmt: skip
"""In the order they are dropped."""


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _table(
    name: str, *columns: sa.Column[object], to: dict[str, str], unique: Sequence[Sequence[str]] = (), index: Sequence[Sequence[str]] = ()
) -> None:
    """A table with its key, its foreign keys, its unique sets and its indexes, named as the house names them."""
    constraints = [_to(name, column, target) for column, target in to.items()]
    sets = [sa.UniqueConstraint(*part, name=op.f(f"uq_{name}_{'_'.join(part)}")) for part in unique]
    op.create_table(
        name, sa.Column("id", KEY, nullable=False), *columns, *constraints, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")), *sets
    )
    for part in index:
        op.create_index(f"ix_{name}_{'_'.join(part)}", name, list(part))


def _need(name: str) -> sa.Column[object]:
    return sa.Column(name, KEY, nullable=False)


def _maybe(name: str) -> sa.Column[object]:
    return sa.Column(name, KEY, nullable=True)


def _text(name: str, size: int) -> sa.Column[object]:
    return sa.Column(name, sa.String(size), nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _day(name: str, *, needed: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=not needed)


def _instant(name: str, *, needed: bool = True) -> sa.Column[object]:
    return sa.Column(name, UtcColumn(), nullable=not needed)


def _tables() -> None:
    _table(
        "quotation",
        _text("number", 40),
        _need("firm_id"),
        _need("user_id"),
        _need("instrument_id"),
        _json("wish"),
        _json("tariff"),
        _text("user_class", 20),
        _json("quote"),
        _day("valid_until"),
        _instant("made_at"),
        to={"firm_id": "organisation", "user_id": "user_account", "instrument_id": "instrument"},
        unique=[["number"]],
        index=[["firm_id"], ["instrument_id"]],
    )
    _table(
        "answer_file",
        _need("firm_id"),
        _maybe("booking_id"),
        _need("file_id"),
        _instant("made_at"),
        to={"firm_id": "organisation", "booking_id": "booking", "file_id": "stored_file"},
        index=[["firm_id"], ["booking_id"]],
    )
    _table(
        "promise",
        _need("booking_id"),
        _need("position"),
        _text("programme_code", 40),
        _need("version_id"),
        _maybe("voucher_id"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        _day("counts_on"),
        _text("ended", 8),
        to={"booking_id": "booking", "version_id": "programme_version", "voucher_id": "voucher"},
        index=[["booking_id"], ["programme_code"], ["voucher_id"]],
    )
    _table(
        "eligibility_proof",
        _need("firm_id"),
        _text("tag", 40),
        _text("number", 60),
        _day("valid_until", needed=False),
        _maybe("file_id"),
        _text("state", 10),
        _text("reason", 500),
        _maybe("by_id"),
        _maybe("decided_by_id"),
        _instant("made_at"),
        _instant("decided_at", needed=False),
        to={"firm_id": "organisation", "file_id": "stored_file", "by_id": "user_account", "decided_by_id": "user_account"},
        index=[["firm_id"]],
    )
    _table(
        "adjustment",
        _text("number", 120),
        _text("kind", 32),
        _text("programme_code", 40),
        _maybe("claim_id"),
        _need("payee_id"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _text("state", 32),
        _text("reason", 500),
        _text("appeal", 500),
        _day("period_first_on", needed=False),
        _day("period_last_on", needed=False),
        _json("facts"),
        _maybe("batch_id"),
        _maybe("transfer_id"),
        _maybe("prepared_by_id"),
        _maybe("decided_by_id"),
        _instant("made_at"),
        _instant("decided_at", needed=False),
        _need("version"),
        to={
            "claim_id": "claim",
            "payee_id": "organisation",
            "batch_id": "batch",
            "transfer_id": "ledger_transfer",
            "prepared_by_id": "user_account",
            "decided_by_id": "user_account",
        },
        unique=[["number"]],
        index=[["claim_id"], ["payee_id"], ["batch_id"], ["programme_code", "state"]],
    )
    _table(
        "pro_rata_run",
        _text("programme_code", 40),
        _day("period_first_on"),
        _day("period_last_on"),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        _json("shares"),
        _maybe("prepared_by_id"),
        _maybe("decided_by_id"),
        _instant("made_at"),
        _instant("decided_at", needed=False),
        to={"prepared_by_id": "user_account", "decided_by_id": "user_account"},
        unique=[["programme_code", "period_first_on", "period_last_on"]],
    )
    _table(
        "inspection",
        _text("programme_code", 40),
        _day("period_first_on"),
        _day("period_last_on"),
        _text("seed", 64),
        _need("share_bp"),
        _need("population"),
        _maybe("by_id"),
        _instant("made_at"),
        to={"by_id": "user_account"},
        index=[["programme_code"]],
    )
    _table(
        "inspection_line",
        _need("inspection_id"),
        _need("claim_id"),
        _text("result", 10),
        _text("note", 500),
        _maybe("by_id"),
        _instant("at", needed=False),
        to={"inspection_id": "inspection", "claim_id": "claim", "by_id": "user_account"},
        unique=[["inspection_id", "claim_id"]],
        index=[["claim_id"]],
    )
    _table(
        "kept_report",
        _text("key", 160),
        _maybe("batch_id"),
        _text("sha256", 64),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _instant("made_at"),
        to={"batch_id": "batch"},
        unique=[["key"]],
        index=[["batch_id"]],
    )
    _table("laboratory_run", _text("name", 120), _json("drafts"), _day("first_on"), _day("last_on"), _json("result"), _maybe("by_id"),
           _instant("made_at"), to={"by_id": "user_account"})  # fmt: skip


def _put(guards: Sequence[Guard], *, up: bool) -> None:
    connection = op.get_bind()
    for guard in guards:
        for statement in guard.statements(connection.dialect.name) if up else guard.undo(connection.dialect.name):
            connection.exec_driver_sql(statement)


def _lite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _rebuilt() -> None:
    """Columns that point at rows, and those that may now be empty."""
    with op.batch_alter_table("voucher") as table:
        table.add_column(_maybe("carried_from_id"))
        table.add_column(sa.Column("tier", sa.JSON(), nullable=False, server_default=EMPTY_LIST))
        table.add_column(_instant("warned_at", needed=False))
        table.add_column(_instant("waits_since", needed=False))
        table.create_foreign_key(op.f("fk_voucher_carried_from_id_voucher"), "voucher", ["carried_from_id"], ["id"])
    with op.batch_alter_table("voucher_use") as table:
        table.add_column(sa.Column("base", sa.BigInteger(), nullable=False, server_default=ZERO))
        table.add_column(_day("counts_on", needed=False))
    day = (
        "date(b.ends_at, '-1 second', '+8 hours')"
        if _lite()
        else "((b.ends_at - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date"
    )
    op.execute(f"UPDATE voucher_use SET counts_on = (SELECT {day} FROM booking b WHERE b.id = voucher_use.booking_id)")
    with op.batch_alter_table("voucher_use") as table:
        table.alter_column("counts_on", existing_type=sa.Date(), nullable=False)
    with op.batch_alter_table("batch_line") as table:
        table.alter_column("claim_id", existing_type=KEY, nullable=True)
        table.add_column(_maybe("adjustment_id"))
        table.create_foreign_key(op.f("fk_batch_line_adjustment_id_adjustment"), "adjustment", ["adjustment_id"], ["id"])
        table.create_index("ix_batch_line_adjustment_id", ["adjustment_id"])
    with op.batch_alter_table("instrument") as table:
        table.alter_column("inner_code", existing_type=sa.String(60), type_=sa.String(80), existing_nullable=False)


def upgrade() -> None:
    """Columns, tables, what the new columns say of old rows, guards."""
    _put([street(FLOWS), sums_follow()], up=False)
    for name, columns in COLUMNS.items():
        for column in columns:
            op.add_column(name, column._copy())
    op.create_index("ix_organisation_controller", "organisation", ["controller"])
    _tables()
    _rebuilt()
    op.execute("UPDATE claim SET asked = amount")
    op.execute("ALTER TABLE booking RENAME COLUMN price_item TO tariff")
    one = "json_object('items', json_array(json(tariff)))" if _lite() else "json_build_object('items', json_build_array(tariff))"
    op.execute(f"UPDATE booking SET tariff = {one}")
    _put([street(FLOWS), sums_follow(), *PUBLIC_MONEY], up=True)


def downgrade() -> None:
    """Take them away again."""
    paid_back = (AccountKind.PAID, AccountKind.PAYABLE)
    older = frozenset(flow for flow in FLOWS if flow[:2] != paid_back)
    _put([street(FLOWS), *reversed(PUBLIC_MONEY)], up=False)
    first = "json_extract(tariff, '$.items[0]')" if _lite() else "tariff -> 'items' -> 0"
    op.execute(f"UPDATE booking SET tariff = {first}")
    op.execute("ALTER TABLE booking RENAME COLUMN tariff TO price_item")
    with op.batch_alter_table("instrument") as table:
        table.alter_column("inner_code", existing_type=sa.String(80), type_=sa.String(60), existing_nullable=False)
    with op.batch_alter_table("batch_line") as table:
        table.drop_index("ix_batch_line_adjustment_id")
        table.drop_constraint(op.f("fk_batch_line_adjustment_id_adjustment"), type_="foreignkey")
        table.drop_column("adjustment_id")
        table.alter_column("claim_id", existing_type=KEY, nullable=False)
    with op.batch_alter_table("voucher_use") as table:
        table.drop_column("counts_on")
        table.drop_column("base")
    with op.batch_alter_table("voucher") as table:
        table.drop_constraint(op.f("fk_voucher_carried_from_id_voucher"), type_="foreignkey")
        for column in ("waits_since", "warned_at", "tier", "carried_from_id"):
            table.drop_column(column)
    for name in NEW_TABLES:
        op.drop_table(name)
    op.drop_index("ix_organisation_controller", "organisation")
    for name, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(name, column.name)
    _put([street(older)], up=True)
