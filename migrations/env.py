"""How Alembic meets the house: its engine, its tables, and SQLite's foreign keys asleep while tables are rebuilt."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

import equipment_share.models  # noqa: F401 - every table must be known
from equipment_share.models.base import Base


def _migrate(connection: Connection) -> None:
    lite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        if not lite:  # two instances that start together migrate one after the other
            connection.execute(text("SELECT pg_advisory_xact_lock(7000, 1)"))
        context.run_migrations()
    if lite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise RuntimeError(f"the migration left rows without their parents: {broken[:5]}")


def run() -> None:
    """Migrate over a connection of our own. A batch rebuild drops the table: with foreign keys on, its children too."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.rollback()
            connection.connection.execute("PRAGMA foreign_keys=OFF")
        try:
            _migrate(connection)
        finally:
            if connection.dialect.name == "sqlite":
                connection.rollback()
                connection.connection.execute("PRAGMA foreign_keys=ON")


run()
