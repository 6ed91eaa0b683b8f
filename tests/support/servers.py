"""The real server in its own processes, on a free port."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping

from tests.support.stable import fork_server


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
    server = fork_server(env, options)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(base + "/healthz", lambda: _lives(server))
        yield base
    finally:
        _end(server)


def _lives(server: int) -> bool:
    try:
        os.kill(server, 0)
    except ProcessLookupError:
        return False
    return True


def _end(server: int) -> None:
    """At once: what a browser still holds open would be waited for."""
    os.kill(server, signal.SIGINT)
    for _ in range(400):
        if not _lives(server):
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not end within 20 s")


def wait_for(address: str, lives: Callable[[], bool]) -> None:
    """Wait until a server answers.

    Raises: RuntimeError when it ends before that, or takes longer than half a minute.
    """
    for _ in range(600):
        if not lives():
            raise RuntimeError("the server ended while starting")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError), urllib.request.urlopen(address, timeout=2):
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not answer within 30 s")
