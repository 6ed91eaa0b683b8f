"""What the application's own PostgreSQL login may do: read and add everywhere, change what has a life, remove next to nothing.

The owner of the tables migrates; the application serves as another login, so that nobody who takes the application over
can rewrite what was decided (`reliability.md` §2.6). The functions that move sums belong to the owner.
"""

from __future__ import annotations

import re

from equipment_share.models.base import Base
from equipment_share.models.guards import APPEND_ONLY, LATER_APPEND_ONLY

NEVER_CHANGED = (*APPEND_ONLY, *LATER_APPEND_ONLY, "fact", "unit", "instrument_class", "machine_use", "stored_file", "series", "inspection",
                 "laboratory_run", "answer_file", "photo", "sign_in_try", "favourite", "rating")  # fmt: skip
"""Tables whose rows the product writes once."""
LOCKED_ONLY = ("ledger_account",)
"""Tables whose rows the product locks and never changes: PostgreSQL asks for the right to update one column, and the guard refuses its use."""
FIXED = {
    "audit_head": {"id"},
    "batch": {"number", "programme_code", "period_first_on", "period_last_on", "payee", "opened_by_id", "made_at"},
    "batch_line": {"batch_id", "line", "claim_id", "adjustment_id", "payee_id", "amount", "adjusts_id"},
    "booking": {"number", "instrument_id", "owner_id", "firm_id", "user_id", "mode", "user_class", "tariff", "change_of_id", "made_at"},
    "claim": {"number", "booking_id", "programme_code", "claimant_id", "payee_id", "made_at"},
    "account_change": {"organisation_id", "before", "account", "by_id", "made_at"},
    "adjustment": {"number", "kind", "programme_code", "claim_id", "payee_id", "period_first_on", "period_last_on", "made_at"},
    "voucher": {"number", "programme_code", "firm_id", "period_first_on", "period_last_on", "auto_key", "carried_from_id", "made_at"},
    "voucher_use": {"booking_id", "programme_code", "version_id", "voucher_id"},
    "promise": {"booking_id", "programme_code"},
    "programme_version": {"code", "number"},
    "pro_rata_run": {"programme_code", "period_first_on", "period_last_on", "made_at"},
    "finding": {"claim_id", "batch_id", "code", "subject", "made_at"},
    "inspection_line": {"inspection_id", "claim_id"},
    "organisation": {"kind", "made_at"},
    "user_account": {"made_at"},
    "kept_answer": {"user_id", "key", "route", "fingerprint", "made_at"},
    "api_token": {"user_id", "token_hash", "scopes", "made_at"},
    "one_time_link": {"user_id", "purpose", "token_hash", "made_at"},
    "sign_in": {"user_id", "token_hash", "made_at"},
    "calendar_link": {"user_id", "instrument_id", "token_hash", "made_at"},
    "letter": {"user_id", "kind", "facts", "made_at"},
    "instrument": {"owner_id", "made_at"},
    "task": {"kind", "arguments", "asked_by_id", "asked_at"},
}
"""Columns that are said once, when the row is made; a key is one everywhere."""
REMOVED = ("calendar_day", "photo", "stored_file", "answer_file", "import_draft", "voucher_use", "promise", "favourite")
"""Tables from which the product takes rows away."""
_LOGIN = re.compile("[a-z_][a-z0-9_]{0,62}")


class BadLogin(ValueError):
    """A name that no login of ours has."""


def changeable() -> dict[str, list[str]]:
    """The columns that the product may change, by table."""
    return {
        table.name: [column.name for column in table.columns if not column.primary_key and column.name not in FIXED.get(table.name, ())]
        for table in Base.metadata.sorted_tables
        if table.name not in (*NEVER_CHANGED, *LOCKED_ONLY)
    }


def grants(login: str, database: str) -> list[str]:
    """The statements that give a login what serving needs and nothing more; saying them twice changes nothing.

    Raises: BadLogin.
    """
    if not _LOGIN.fullmatch(login):
        raise BadLogin(login)
    tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
    quoted = '"' + database.replace('"', '""') + '"'
    return [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"REVOKE TEMPORARY ON DATABASE {quoted} FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {login}",
        f"GRANT CONNECT ON DATABASE {quoted} TO {login}",
        f"GRANT USAGE ON SCHEMA public TO {login}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {login}",
        f"GRANT SELECT ON alembic_version TO {login}",
        f"GRANT SELECT, INSERT ON {tables} TO {login}",
        *(f"GRANT UPDATE (id) ON {table} TO {login}" for table in LOCKED_ONLY),
        *(f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {login}" for table, columns in changeable().items()),
        f"GRANT DELETE ON {', '.join(REMOVED)} TO {login}",
    ]
