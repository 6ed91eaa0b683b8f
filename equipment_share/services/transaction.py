"""One use case, one transaction, one commit: the only file that commits (law 5), and the only one that seals the audit."""

from __future__ import annotations

import fcntl
import functools
import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import event, insert, select, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from equipment_share.adapters.seal import sealed
from equipment_share.domain.access import Actor
from equipment_share.domain.bookings.life import SlotTaken
from equipment_share.domain.errors import AlreadyDecided, Refusal
from equipment_share.domain.pricing import OverlappingPeriod
from equipment_share.domain.ratings import AlreadyRated
from equipment_share.domain.vouchers import VoucherInsufficient
from equipment_share.models.base import Base, db
from equipment_share.models.outbox import AuditHead, AuditRow, HistoryStep

P = ParamSpec("P")
T = TypeVar("T")

LOST_RACES: dict[str, type[Refusal]] = {
    "booking_no_overlap": SlotTaken,
    "no_overspend": VoucherInsufficient,
    "uq_ledger_transfer_resolved_once": AlreadyDecided,
    "ledger_transfer.of_id": AlreadyDecided,
    "uq_batch_live": AlreadyDecided,
    "batch_closed_stays": AlreadyDecided,
    "price_list_no_overlap": OverlappingPeriod,
    "uq_rating_booking_id": AlreadyRated,
    "rating.booking_id": AlreadyRated,
}
"""Guards that a race can run into although the rules had passed, and the refusal each one means."""

TRIES = 4
_writer = threading.Lock()
_acting: ContextVar[str] = ContextVar("acting", default="")
_joined: ContextVar[Session | None] = ContextVar("joined", default=None)


class Busy(Exception):
    """The database had no room within our patience: 503, try again."""


@event.listens_for(Engine, "connect")
def _on_connect(dbapi: Any, _record: object) -> None:
    """SQLite's settings of `reliability.md` §2.1: the driver must not start transactions itself."""
    if type(dbapi).__module__.startswith("sqlite3"):
        dbapi.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "recursive_triggers=ON"):
            dbapi.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _on_begin(conn: Connection) -> None:
    """Reads begin deferred, write units at once, so that none fails with a stale snapshot."""
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("BEGIN " + conn.get_execution_options().get("sqlite_begin", "DEFERRED"))


def use_case(act: Callable[P, T]) -> Callable[P, T]:
    """Mark a use case: it never runs inside another, and is tried anew when the database asks for it."""

    @functools.wraps(act)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        if _acting.get():
            raise RuntimeError(f"{act.__name__} inside {_acting.get()}: a use case never calls a use case")
        mark = _acting.set(act.__name__)
        try:
            return act(*args, **kwargs) if _joined.get() else _patiently(lambda: act(*args, **kwargs))
        finally:
            _acting.reset(mark)

    guarded.is_use_case = True  # type: ignore[attr-defined]
    return guarded


def _patiently(work: Callable[[], T]) -> T:
    """Run the whole unit again when it lost to a deadlock, a lock time-out or a busy file; never on a rule."""
    for attempt in range(TRIES):
        try:
            return work()
        except DBAPIError as error:
            if not _is_passing(error):
                raise
            if attempt == TRIES - 1:
                raise Busy from error
            time.sleep(random.random() * 0.01 * 2**attempt)  # noqa: S311 - spreads retries, guards nothing
    raise AssertionError("unreachable")


def _is_passing(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in ("40001", "40P01", "55P03") or "database is locked" in str(error.orig)


@contextmanager
def transaction(lost_race: type[Refusal] | None = None) -> Iterator[Session]:
    """A session that may write, committed when the block ends well and undone when it does not.

    Raises: what the block raises; `lost_race`, or the refusal of `LOST_RACES`, when a guard of the database says
    that somebody was faster.
    """
    outer = _joined.get()
    with _refusals(lost_race):
        if outer is not None:
            yield outer
            outer.flush()
        else:
            with _unit() as session:
                yield session


@contextmanager
def _unit() -> Iterator[Session]:
    session = db.session()
    session.rollback()  # ends the read transaction that the sign-in opened: it could not become a writing one
    lite = db.engine.dialect.name == "sqlite"
    with _one_writer(db.engine) if lite else _nothing():
        try:
            connection = session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
            if not lite:
                connection.execute(text("SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '10s'"))
            session.info["audit"], session.info["later"], session.info["accounts"] = [], {}, {}
            yield session
            session.flush()
            _seal(session)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("accounts", None)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _one_writer(engine: Engine) -> Iterator[None]:
    """SQLite's queue of writers: threads by a lock, processes by a lock on a file beside the database."""
    path = engine.url.database
    with _writer:
        if not path or path == ":memory:":
            yield
            return
        with Path(path + ".writer").open("a") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            yield


@contextmanager
def _refusals(lost_race: type[Refusal] | None) -> Iterator[None]:
    try:
        yield
    except StaleDataError as error:
        raise AlreadyDecided() from error
    except IntegrityError as error:
        raise (_meaning(error) or lost_race or _reraise(error))() from error


def _meaning(error: IntegrityError) -> type[Refusal] | None:
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None) or str(error.orig)
    return next((refusal for key, refusal in LOST_RACES.items() if key in name), None)


def _reraise(error: IntegrityError) -> type[Refusal]:
    raise error


def record(
    session: Session, kind: str, subject: Any, event: str, *, by: Actor, at: datetime, before: str = "", reason: str = "",
    facts: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """Write one step into an object's history and, when the transaction ends, into the audit chain."""
    if subject.id is None:
        session.flush()
    after = str(getattr(subject, "state", ""))
    told = dict(facts or {})
    later(
        session, HistoryStep, kind=kind, object_id=subject.id, at=at, by_id=by.id, event=event, from_state=before, to_state=after,
        reason=reason, facts=told,
    )  # fmt: skip
    note(session, f"{kind}.{event}", f"{kind}:{subject.id}", by=by, at=at, facts={"from": before, "to": after, "reason": reason, **told})


def later(session: Session, table: type[Base], **values: object) -> None:
    """Have a row that nobody reads in this unit (a step of history, a letter) written with its like, in one statement, when it ends."""
    session.info.setdefault("later", {}).setdefault(table, []).append(values)


def note(session: Session, action: str, subject: str, *, by: Actor, at: datetime, facts: Mapping[str, object] | None = None) -> None:
    """Have one line sealed into the audit chain when the transaction ends."""
    session.info.setdefault("audit", []).append(
        {"at": at.isoformat(), "actor": by.id, "role": by.role.value, "action": action, "object": subject, "facts": dict(facts or {})}
    )


def _seal(session: Session) -> None:
    """Append what was noted to the chain; the head's row is the last lock that anybody takes."""
    for table, rows in session.info.pop("later", {}).items():
        if rows:
            session.execute(insert(table), rows)
    lines = session.info.pop("audit", [])
    if not lines:
        return
    head = session.execute(select(AuditHead).with_for_update()).scalar_one()
    seq, last, rows = head.seq, head.h, []
    for line in lines:
        doc = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        h = sealed(last, doc)
        seq += 1
        rows.append({"seq": seq, "prev": last, "h": h, "doc": doc})
        last = h
    session.execute(insert(AuditRow), rows)
    head.seq, head.h = seq, last
    session.flush()


@contextmanager
def _keeping(session: Session) -> Iterator[None]:
    mark = _joined.set(session)
    try:
        yield
    finally:
        _joined.reset(mark)


@contextmanager
def _part(session: Session) -> Iterator[None]:
    """What may fail by itself inside a unit: its rows, its history, its letters and its audit lines go together."""
    audit, rows = session.info.setdefault("audit", []), session.info.setdefault("later", {})
    noted, kept = len(audit), {table: len(found) for table, found in rows.items()}
    try:
        with session.begin_nested():
            yield
    except BaseException:
        session.info.get("accounts", {}).clear()  # one that was opened in this part is no longer there
        del audit[noted:]
        for table, found in rows.items():
            del found[kept.get(table, 0) :]
        raise


def answered_in_one(work: Callable[[Session], T]) -> T:
    """Run a door's key, use case and kept answer as one transaction (`reliability.md` §2.7); inside another it is a part of that one."""
    outer = _joined.get()
    if outer is not None:
        with _refusals(None), _part(outer):
            return work(outer)

    def unit() -> T:
        with _refusals(None), _unit() as session, _keeping(session):
            return work(session)

    return _patiently(unit)
