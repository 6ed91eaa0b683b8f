"""What a guard is: one law of the database in both dialects, with the way back; and the two shapes that many guards have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Guard:
    """One law of the database in both dialects, with the way back."""

    name: str
    sqlite: Sequence[str]
    postgresql: Sequence[str]
    sqlite_undo: Sequence[str]
    postgresql_undo: Sequence[str]

    def statements(self, dialect: str) -> Sequence[str]:
        """The DDL that puts the guard up."""
        return self.sqlite if dialect == "sqlite" else self.postgresql

    def undo(self, dialect: str) -> Sequence[str]:
        """The DDL that takes it down."""
        return self.sqlite_undo if dialect == "sqlite" else self.postgresql_undo


def refuse_pg(name: str) -> str:
    """PL/pgSQL that refuses in class 23 under a constraint's name, so that the driver reports an integrity error."""
    return f"RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';"


def append_only(table: str) -> Guard:
    """Rows of a table are written once: no update, no delete, no truncate, no re-used key (I7, R11)."""
    name = f"{table}_append_only"
    key = "seq" if table == "audit_row" else "id"
    return Guard(
        name,
        sqlite=[
            f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{name}'); END",
            f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{name}'); END",
            # INSERT OR REPLACE would otherwise take a row away: a taken key is refused before it can.
            (
                f"CREATE TRIGGER {name}_replace BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) BEGIN SELECT RAISE(ABORT, '{name}'); END"
            ),
        ],
        postgresql=[
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuse_pg(name)} END $$",
            f"CREATE TRIGGER {name}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
            f"CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        ],
        sqlite_undo=[f"DROP TRIGGER {name}_{what}" for what in ("update", "delete", "replace")],
        postgresql_undo=[
            f"DROP TRIGGER {name}_rows ON {table}",
            f"DROP TRIGGER {name}_truncate ON {table}",
            f"DROP FUNCTION {name}()",
        ],
    )


def row_guard(name: str, table: str, bad: str) -> Guard:
    """Rows are never deleted, and never changed where `bad` holds."""
    return Guard(
        name,
        sqlite=[
            f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} WHEN {bad} BEGIN SELECT RAISE(ABORT, '{name}'); END",
            f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{name}'); END",
        ],
        postgresql=[
            (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF TG_OP = 'UPDATE' AND NOT ({bad}) THEN RETURN NEW; END IF; {refuse_pg(name)} END $$"
            ),
            f"CREATE TRIGGER {name}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
        sqlite_undo=[f"DROP TRIGGER {name}_update", f"DROP TRIGGER {name}_delete"],
        postgresql_undo=[f"DROP TRIGGER {name}_rows ON {table}", f"DROP FUNCTION {name}()"],
    )
