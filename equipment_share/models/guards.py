"""What the database itself refuses, whoever asks: each guard once, its two dialects side by side.

Used by the migrations; `reliability.md` §2.2-2.6 measured the recipes. A violation carries the guard's name, as
constraint name on PostgreSQL and as text on SQLite, so that `services/transaction.py` maps both alike.
"""

from __future__ import annotations

from equipment_share.models.guarding import Guard, append_only, refuse_pg, row_guard
from equipment_share.models.ledger_guards import street, sums_follow

APPEND_ONLY = ("ledger_transfer", "history_step", "audit_row", "usage_record", "price_list", "document")
"""Tables whose rows are never changed and never deleted."""
LATER_APPEND_ONLY = ("quotation", "kept_report")
"""The same, of tables that "Public money" brought."""


def no_overlap() -> Guard:
    """No two blocking bookings of one unit overlap in their busy intervals (I1)."""
    name = "booking_no_overlap"
    check = f"""
        SELECT RAISE(ABORT, '{name}') WHERE EXISTS (
            SELECT 1 FROM booking b WHERE b.unit_id = NEW.unit_id AND b.blocking AND b.id IS NOT NEW.id
            AND b.busy_from < NEW.busy_to AND b.busy_to > NEW.busy_from
            AND b.busy_from > datetime(NEW.busy_from, '-15 days'));"""
    return Guard(
        name,
        sqlite=[
            f"CREATE TRIGGER {name}_insert BEFORE INSERT ON booking WHEN NEW.blocking BEGIN {check} END",
            (
                f"CREATE TRIGGER {name}_update BEFORE UPDATE OF unit_id, busy_from, busy_to, blocking ON booking "
                f"WHEN NEW.blocking BEGIN {check} END"
            ),
        ],
        postgresql=[
            "CREATE EXTENSION IF NOT EXISTS btree_gist",
            (
                f"ALTER TABLE booking ADD CONSTRAINT {name} EXCLUDE USING gist "
                "(unit_id WITH =, tstzrange(busy_from, busy_to, '[)') WITH &&) WHERE (blocking)"
            ),
            "ALTER TABLE booking ADD CONSTRAINT booking_longest CHECK (busy_to - busy_from <= interval '14 days 1 hour')",
        ],
        sqlite_undo=[f"DROP TRIGGER {name}_insert", f"DROP TRIGGER {name}_update"],
        postgresql_undo=[f"ALTER TABLE booking DROP CONSTRAINT {name}", "ALTER TABLE booking DROP CONSTRAINT booking_longest"],
    )


def published_stays() -> Guard:
    """A published programme version never changes (I12)."""
    name = "programme_published_stays"
    bad = (
        "OLD.state = 'published' AND (NEW.state <> 'published' OR CAST(NEW.document AS TEXT) <> CAST(OLD.document AS TEXT) "
        "OR NEW.code <> OLD.code OR NEW.number <> OLD.number OR NEW.appropriated <> OLD.appropriated)"
    )
    return row_guard(name, "programme_version", bad)


def closed_stays() -> Guard:
    """A closed batch's bytes never change (I7)."""
    return row_guard("batch_closed_stays", "batch", "OLD.state = 'closed'")


def lines_stay() -> Guard:
    """What a batch pays is fixed when it is locked: the bank's answer is written beside a line, and nothing else ever (I7)."""
    name = "batch_line_stays"
    same = " OR ".join(
        f"coalesce(NEW.{column}, 0) <> coalesce(OLD.{column}, 0)"
        for column in ("id", "batch_id", "line", "claim_id", "adjustment_id", "payee_id", "amount", "adjusts_id")
    )
    settled = "OLD.result = 'paid' OR (SELECT b.state FROM batch b WHERE b.id = OLD.batch_id) IN ('closed', 'refused')"
    late = "(SELECT b.state FROM batch b WHERE b.id = NEW.batch_id) NOT IN ('open', 'locked')"
    made = row_guard(name, "batch_line", f"({same} OR {settled})")
    return Guard(
        name,
        sqlite=[
            *made.sqlite,
            f"CREATE TRIGGER {name}_insert BEFORE INSERT ON batch_line WHEN {late} BEGIN SELECT RAISE(ABORT, '{name}'); END",
        ],
        postgresql=[
            *made.postgresql,
            (
                f"CREATE FUNCTION {name}_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {late} THEN {refuse_pg(name)} END IF; RETURN NEW; END $$"
            ),
            f"CREATE TRIGGER {name}_insert BEFORE INSERT ON batch_line FOR EACH ROW EXECUTE FUNCTION {name}_insert()",
        ],
        sqlite_undo=[*made.sqlite_undo, f"DROP TRIGGER {name}_insert"],
        postgresql_undo=[*made.postgresql_undo, f"DROP TRIGGER {name}_insert ON batch_line", f"DROP FUNCTION {name}_insert()"],
    )


def prices_apart() -> Guard:
    """No two price lists of one instrument and class claim the same day; an open end gives way to the list that begins later."""
    name = "price_list_no_overlap"
    meets = (
        "SELECT 1 FROM price_list p WHERE p.instrument_id = NEW.instrument_id AND p.user_class = NEW.user_class AND ("
        "p.valid_from = NEW.valid_from OR (p.valid_from < NEW.valid_from AND p.valid_to >= NEW.valid_from) "
        "OR (p.valid_from > NEW.valid_from AND NEW.valid_to >= p.valid_from))"
    )
    return Guard(
        name,
        sqlite=[f"CREATE TRIGGER {name} BEFORE INSERT ON price_list WHEN EXISTS ({meets}) BEGIN SELECT RAISE(ABORT, '{name}'); END"],
        postgresql=[
            (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                # two lists that are saved at once do not see each other: the second waits until the first is there
                f"PERFORM pg_advisory_xact_lock(7002, NEW.instrument_id::int); "
                f"IF EXISTS ({meets}) THEN {refuse_pg(name)} END IF; RETURN NEW; END $$"
            ),
            f"CREATE TRIGGER {name} BEFORE INSERT ON price_list FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
        sqlite_undo=[f"DROP TRIGGER {name}"],
        postgresql_undo=[f"DROP TRIGGER {name} ON price_list", f"DROP FUNCTION {name}()"],
    )


def accounts_by_two() -> Guard:
    """Money goes to another account only after a change of it was confirmed, and a decided change stays."""
    name = "bank_account_by_two"
    bad = (
        "NEW.bank_account <> OLD.bank_account AND NOT EXISTS (SELECT 1 FROM account_change c "
        "WHERE c.organisation_id = NEW.id AND c.account = NEW.bank_account AND c.state = 'confirmed')"
    )
    decided = row_guard("account_change_stays", "account_change", "OLD.state <> 'proposed'")
    return Guard(
        name,
        sqlite=[
            *decided.sqlite,
            f"CREATE TRIGGER {name} BEFORE UPDATE OF bank_account ON organisation WHEN {bad} BEGIN SELECT RAISE(ABORT, '{name}'); END",
        ],
        postgresql=[
            *decided.postgresql,
            (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {bad} THEN {refuse_pg(name)} END IF; RETURN NEW; END $$"
            ),
            f"CREATE TRIGGER {name} BEFORE UPDATE OF bank_account ON organisation FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
        sqlite_undo=[*decided.sqlite_undo, f"DROP TRIGGER {name}"],
        postgresql_undo=[*decided.postgresql_undo, f"DROP TRIGGER {name} ON organisation", f"DROP FUNCTION {name}()"],
    )


FOUNDATION: tuple[Guard, ...] = (
    no_overlap(),
    *(append_only(table) for table in APPEND_ONLY),
    street(),
    sums_follow(),
    published_stays(),
    closed_stays(),
)
"""Those of the first tables (migration 0002)."""
PUBLIC_MONEY: tuple[Guard, ...] = (*(append_only(table) for table in LATER_APPEND_ONLY), lines_stay(), prices_apart())
"""Those that came with the tables of migration 0008."""
ACCOUNTS: tuple[Guard, ...] = (accounts_by_two(),)
"""Those that came with the table of migration 0012."""
GUARDS: tuple[Guard, ...] = (*FOUNDATION, *PUBLIC_MONEY, *ACCOUNTS)
"""All of them, in the order they are put up."""
