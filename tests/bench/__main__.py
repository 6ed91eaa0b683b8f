"""`python3 dev.py bench [seconds]`: the catalogue page and the booking path beside the minimal app, in turn, as ratios."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from flask_migrate import upgrade

from equipment_share.adapters.clock import now
from equipment_share.app import create_app
from equipment_share.models.base import db
from equipment_share.models.people import User
from equipment_share.services.demo import load_demo
from equipment_share.services.people.signin import make_token
from tests.support.servers import free_port, serving, wait_for
from tests.support.stable import ROOT

SHARED = Path(os.environ.get("SHARED", ROOT.parent / "shared")) / "bench"
ROUNDS = 3
POOL_WEEK_MS = 500.0
"""What the pool's week of 330 instruments with a year of bookings may take (acceptance 30)."""


@contextmanager
def minimal_app(folder: str) -> Iterator[str]:
    """The minimal app of the ratios, under the same server."""
    env = {**os.environ, "BENCH_DSN": f"sqlite:///{folder}/mini.db"}
    subprocess.run([sys.executable, str(SHARED / "mini_app.py"), "init"], env=env, check=True)
    port = free_port()
    options = ["-b", f"127.0.0.1:{port}", "-w", "1", "-k", "gthread", "--threads", "16", "--no-control-socket", "--log-level", "warning"]
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", *options, "mini_app:app"], cwd=SHARED, env=env)
    try:
        wait_for(f"http://127.0.0.1:{port}/json", lambda: server.poll() is None)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def median_ms(ask: Callable[[http.client.HTTPConnection, int], int], host: str, seconds: float) -> float:
    """The median of as many calls as fit into some seconds, one client; every answer must be good."""
    connection, times, index = http.client.HTTPConnection(host, timeout=30), [], 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.perf_counter()
        status = ask(connection, index)
        times.append((time.perf_counter() - began) * 1000)
        index += 1
        if status not in (200, 201):
            raise RuntimeError(f"{host} answered {status}")
    return statistics.median(times)


def page(path: str) -> Callable[[http.client.HTTPConnection, int], int]:
    """One GET."""

    def ask(connection: http.client.HTTPConnection, _index: int) -> int:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    return ask


def booking(token: str, instruments: list[int], start: datetime) -> Callable[[http.client.HTTPConnection, int], int]:
    """One booking each, spread over instruments and hours."""
    offset = [0]

    def ask(connection: http.client.HTTPConnection, _index: int) -> int:
        at = start + timedelta(hours=offset[0] // len(instruments))
        body = {"instrument": str(instruments[offset[0] % len(instruments)]), "mode": "guided", "start": at.isoformat()}
        offset[0] += 1
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/bookings", json.dumps({**body, "end": (at + timedelta(hours=1)).isoformat()}), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    return ask


def minimal_booking(connection: http.client.HTTPConnection, index: int) -> int:
    """One booking in the minimal app."""
    minimal_booking.count += 1  # type: ignore[attr-defined]
    start = minimal_booking.count * 7200  # type: ignore[attr-defined]
    form = f"item_id={index % 300 + 1}&start={start}&end={start + 3600}"
    connection.request("POST", "/book", form, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


minimal_booking.count = 0  # type: ignore[attr-defined]


def main() -> None:
    """Measure in turn and print medians with their ratios."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 4.0
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        app = create_app({"DATABASE_URL": url, "SECRET_KEY": "test", "AUDIT_KEY": "test", "HASHING": "cheap"})
        with app.app_context():
            upgrade()
            load_demo(at=now())
            firm = db.session.query(User).filter_by(email="firm_admin@demo.example").one()
            token = make_token("bench", ["read", "write"], by=firm, at=now())
            db.session.remove()
        start = (now() + timedelta(days=20)).replace(hour=1, minute=0, second=0, microsecond=0)
        start += timedelta(days=-start.weekday() % 7)
        with serving(url) as ours, minimal_app(folder) as theirs:
            host = ours.removeprefix("http://")
            week = median_ms(page("/calendar"), host, seconds)
            print(f"pool week        ours {week:8.2f} ms   stated {POOL_WEEK_MS:8.2f} ms   {'kept' if week <= POOL_WEEK_MS else 'MISSED'}")
            book = booking(token, [n for n in range(1, 331) if n % 5], start)
            pairs = {"catalogue page": (page("/instruments"), page("/page_orm")), "booking": (book, minimal_booking)}
            for name, (mine, minimal) in pairs.items():
                rows = [(median_ms(mine, host, seconds), median_ms(minimal, theirs, seconds)) for _ in range(ROUNDS)]
                ratio = statistics.median(a / b for a, b in rows)
                mine_ms, minimal_ms = (statistics.median(row[index] for row in rows) for index in (0, 1))
                print(f"{name:<16} ours {mine_ms:8.2f} ms   minimal {minimal_ms:8.2f} ms   ratio {ratio:6.1f}")


if __name__ == "__main__":
    main()
