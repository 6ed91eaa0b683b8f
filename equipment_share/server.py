"""What gunicorn is told (`-c python:equipment_share.server`): processes, threads, and the worker's loop beside an embedded database."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
import threading
from typing import Any

from prometheus_client import multiprocess

EMBEDDED = os.environ.get("DATABASE_URL", "sqlite").startswith("sqlite")
workers = 1 if EMBEDDED else int(os.environ.get("SERVER_WORKERS", "2"))
"""SQLite has one writer: one process, whose threads queue for it."""
worker_class = "gthread"
threads = 16 if EMBEDDED else 4
control_socket_disable = True
preload_app = True
"""Loaded once and shared by all processes: a quick start and one copy in memory. New code wants a restart, not a reload."""
_figures = os.environ.get("PROMETHEUS_MULTIPROC_DIR") or tempfile.mkdtemp(prefix="equipment_share-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _figures  # every process counts for itself, `/metrics` adds them up
_main = os.getpid()


def _swept() -> None:
    if os.getpid() == _main:
        shutil.rmtree(_figures, ignore_errors=True)


atexit.register(_swept)


def pre_fork(_server: Any, _worker: Any) -> None:
    """What is loaded stays: the collector need not look through it again, nor copy its pages into every process."""
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Beside an embedded database due jobs run in a thread; PostgreSQL has `flask worker` in a process of its own."""
    if EMBEDDED and os.environ.get("WORKER", "on") != "off":
        from equipment_share.cli.house import work_until  # after the folder of the figures is named

        threading.Thread(target=work_until, args=(worker.app.callable, threading.Event()), name="worker", daemon=True).start()


def child_exit(_server: Any, worker: Any) -> None:
    """A process that ended no longer counts as alive."""
    multiprocess.mark_process_dead(worker.pid)
