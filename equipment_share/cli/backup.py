"""`flask backup` and `flask restore`: the embedded database with its uploads, as one file."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade

from equipment_share.adapters.backup import NoSoundCopy, copy_in, copy_out
from equipment_share.adapters.clock import now
from equipment_share.models.base import db
from equipment_share.models.people import SYSTEM
from equipment_share.queries.journal import chain_state
from equipment_share.queries.ledger import mismatches
from equipment_share.queries.people import is_empty
from equipment_share.services.people.signin import end_all_sign_ins

FILE = click.Path(dir_okay=False, path_type=Path)


def _database() -> Path:
    if db.engine.dialect.name != "sqlite" or not db.engine.url.database:
        raise click.ClickException("this installation keeps its data in PostgreSQL: use pg_dump -Fc and pg_restore (docs/operations.md)")
    return Path(db.engine.url.database)


@click.command("backup")
@click.argument("file", type=FILE)
@with_appcontext
def backup(file: Path) -> None:
    """Copy the embedded database to FILE while it is in use."""
    size = copy_out(_database(), file)
    click.echo(f"wrote {file} ({size} bytes), checked")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Also over a database that is not empty.")
@with_appcontext
def restore(file: Path, force: bool) -> None:
    """Put FILE in the place of the embedded database, migrate it, end all sign-ins and tokens, and check the books."""
    target = _database()
    if target.exists() and _is_filled() and not force:
        raise click.ClickException("there is something here already: --force puts the copy in its place")
    db.session.remove()
    db.engine.dispose()
    try:
        copy_in(file, target)
    except NoSoundCopy as fault:
        raise click.ClickException(f"{file} is no sound copy: {fault}") from fault
    upgrade()
    ended = end_all_sign_ins(by=SYSTEM, at=now())
    off, chain = mismatches(), chain_state()
    click.echo(
        f"restored {file}; {ended} sign-ins and tokens ended; {chain.length} audit rows; ledger {'adds up' if not off else 'IS OFF'}"
    )
    raise SystemExit(bool(off) or chain.broken_at is not None)


def _is_filled() -> bool:
    """Whether the database in place holds anything; one that was never migrated does not."""
    tables = db.inspect(db.engine).get_table_names()
    return "organisation" in tables and not is_empty()
