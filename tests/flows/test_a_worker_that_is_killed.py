"""A real worker, killed without warning in the middle of a long import: the next one ends it, and every row is there once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import func, select, text

from equipment_share.domain.tasks import TaskState
from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument
from equipment_share.queries.instruments.exchange import draft_of
from equipment_share.queries.tasks import task_seen_by
from equipment_share.services.instruments.catalogue_import import keep_draft
from equipment_share.services.tasks import ask_import
from tests.builders import NOW, an_owner
from tests.support.stable import ROOT

ROWS = 900


@contextmanager
def a_worker(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """`flask worker` in a process of its own."""
    env = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": "test", "AUDIT_KEY": "test", "TASK_PAUSE": "0.05", "WORKER_PAUSE": "600"}
    worker = subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT, env=env)
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def rows() -> int:
    """How many instruments are saved."""
    found = db.session.scalar(select(func.count(Instrument.id))) or 0
    db.session.rollback()
    return found


def until(enough: int, task_id: int) -> int:
    """Wait until so many rows are there or the task has ended."""
    for _ in range(2400):
        state = db.session.execute(text("SELECT state FROM task WHERE id = :id"), {"id": task_id}).scalar_one()
        if (found := rows()) >= enough or state not in ("waiting", "running"):
            return found
        time.sleep(0.025)
    raise AssertionError("the worker did nothing for a minute")


def test_a_killed_import_is_ended_by_the_next_worker_and_saves_every_row_once(app: Flask, engine_url: str) -> None:
    owner = an_owner()
    content = "仪器名称,本单位编号\n" + "".join(f"镜{row},C{row:04}\n" for row in range(1, ROWS + 1))
    token = keep_draft("list.csv", content.encode(), None, by=owner, at=NOW)
    task = ask_import(token, draft_of(token, owner).document or {}, rows=ROWS, strict=False, by=owner, at=NOW)
    task_id = task.id
    db.session.rollback()

    with a_worker(engine_url) as first:
        until(100, task_id)
        first.send_signal(signal.SIGKILL)
        first.wait()
    saved = rows()
    db.session.execute(text("UPDATE task SET beat_at = :long_ago"), {"long_ago": "2026-01-01 00:00:00.000000"})
    db.session.commit()
    with a_worker(engine_url):
        until(ROWS + 1, task_id)

    found = task_seen_by(task_id, owner)
    codes = list(db.session.scalars(select(Instrument.inner_code).order_by(Instrument.inner_code)))
    assert 100 <= saved < ROWS
    assert saved % 100 == 0
    assert (found.state, found.tries, found.result["created"], found.result["unchanged"]) == (TaskState.DONE, 2, ROWS, 0)
    assert codes == [f"C{row:04}" for row in range(1, ROWS + 1)]
