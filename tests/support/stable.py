"""A process in which everything is loaded already: it forks real servers, which are at the door in a third of a second.

`python -m tests.support.stable` reads one JSON line an order (`env`, `options`) and answers with the process number of a
gunicorn that has read its own environment, as if it had been started from a shell.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def fork_server(env: Mapping[str, str], options: Sequence[str]) -> int:
    """Start a gunicorn over `wsgi:app`; answers its process number."""
    keeper = _keeper()
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    keeper.stdin.write(json.dumps({"env": dict(env), "options": list(options)}) + "\n")
    keeper.stdin.flush()
    return int(keeper.stdout.readline())


@cache
def _keeper() -> subprocess.Popen[str]:
    """One a test process; it ends when its orders end."""
    with tempfile.TemporaryDirectory() as figures:  # that there is one decides how the figures are kept; every server has its own
        env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": figures}
        keeper = subprocess.Popen(
            [sys.executable, "-m", __name__], cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert keeper.stdout is not None
        keeper.stdout.readline()
    atexit.register(keeper.terminate)
    return keeper


def _load() -> None:
    import gunicorn.app.wsgiapp
    import gunicorn.workers.gthread

    import equipment_share.app
    from tests.support.once import compile_once

    compile_once()
    del gunicorn, equipment_share
    gc.freeze()


def _serve(env: dict[str, str], options: list[str]) -> None:
    from gunicorn.app.wsgiapp import run

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["gunicorn", *options, "wsgi:app"]
    run()


def _main() -> None:
    _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a server that ended
    print("ready", flush=True)
    for order in sys.stdin:
        wanted = json.loads(order)
        number = os.fork()
        if not number:
            _serve(wanted["env"], wanted["options"])
        print(number, flush=True)


if __name__ == "__main__":
    _main()
