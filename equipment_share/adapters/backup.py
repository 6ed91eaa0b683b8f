"""Online copies of the embedded database: one file, one instant, uploads included (`reliability.md` §2.9)."""

from __future__ import annotations

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path


class NoSoundCopy(Exception):
    """The file is no whole database of ours."""


def copy_out(source: Path, target: Path) -> int:
    """Copy a living database in one step; answers its bytes. The copy is checked before it gets its name."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as living, closing(sqlite3.connect(part)) as copy:
        living.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        _check(copy)
    part.replace(target)
    return target.stat().st_size


def copy_in(source: Path, target: Path) -> None:
    """Put a copy in the place of a database, the queue of writers held meanwhile.

    Raises: NoSoundCopy; the target is untouched then.
    """
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy:
        _check(copy)
        with Path(f"{target}.writer").open("a") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            with closing(sqlite3.connect(target)) as living:
                copy.backup(living)


def _check(database: sqlite3.Connection) -> None:
    try:
        found = database.execute("PRAGMA integrity_check").fetchone()[0]
        version = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise NoSoundCopy(str(error)) from error
    if found != "ok" or version is None:
        raise NoSoundCopy(found)
