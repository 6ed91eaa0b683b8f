"""The real server in its own processes, on a free port."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(url: str, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve a migrated database: SQLite by one process of many threads, PostgreSQL by four workers."""
    port = free_port()
    env = {
        **os.environ, "DATABASE_URL": url, "SECRET_KEY": "test", "AUDIT_KEY": "test", "RATE_LIMITS": "off", "SERVER_WORKERS": "4",
        "WORKER": "off", **(settings or {}),
    }  # fmt: skip
    options = ["-c", "python:equipment_share.server", "-b", f"127.0.0.1:{port}", "--log-level", "warning"]
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", *options, "wsgi:app"], cwd=ROOT, env=env)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base + "/healthz", server)
        yield base
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        if server.poll() is not None:
            raise RuntimeError("the server ended while starting")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError), urllib.request.urlopen(address, timeout=2):
            return
        time.sleep(0.2)
    raise RuntimeError("the server did not answer within 30 s")
