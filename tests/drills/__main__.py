"""`python3 dev.py drill [kills]`: kill -9 the server in the middle of bookings; whatever was acknowledged must be there, whole."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any

from flask_migrate import upgrade

from equipment_share.adapters.clock import now
from equipment_share.app import create_app
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, VoucherUse
from equipment_share.models.people import User
from equipment_share.queries.journal import chain_state
from equipment_share.queries.ledger import mismatches
from equipment_share.services.demo import load_demo
from equipment_share.services.people.signin import make_token
from tests.support.servers import free_port, wait_for
from tests.support.stable import ROOT


def book(base: str, token: str, instrument: int, start: Any, told: list[str]) -> None:
    """One booking; what the server acknowledged is remembered."""
    body = {"instrument": str(instrument), "mode": "guided", "start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(base + "/api/v1/bookings", json.dumps(body).encode(), headers), timeout=10
        ) as answer:
            told.append(json.load(answer)["number"])
    except (urllib.error.URLError, ConnectionError, TimeoutError, json.JSONDecodeError):
        return  # refused, or killed in the middle: nothing was promised


def main() -> None:
    """Kill, start again, kill; then compare what was told with what is there."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    dice = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/drill.db"
        app = create_app({"DATABASE_URL": url, "SECRET_KEY": "test", "AUDIT_KEY": "test", "HASHING": "cheap"})
        with app.app_context():
            upgrade()
            load_demo(bookings=20, at=now())
            firm = db.session.query(User).filter_by(email="firm_admin@demo.example").one()
            token = make_token("drill", ["read", "write"], by=firm, at=now())
            db.session.remove()
        told: list[str] = []
        env = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": "test", "AUDIT_KEY": "test", "RATE_LIMITS": "off"}
        start = (now() + timedelta(days=20)).replace(hour=1, minute=0, second=0, microsecond=0)
        start += timedelta(days=-start.weekday() % 7)
        for _ in range(kills):
            port = free_port()
            options = [
                "-b",
                f"127.0.0.1:{port}",
                "-w",
                "1",
                "-k",
                "gthread",
                "--threads",
                "8",
                "--no-control-socket",
                "--log-level",
                "critical",
            ]
            server = subprocess.Popen([sys.executable, "-m", "gunicorn", *options, "wsgi:app"], cwd=ROOT, env=env, start_new_session=True)
            wait_for(f"http://127.0.0.1:{port}/healthz", lambda running=server: running.poll() is None)
            asks = [(dice.randrange(1, 331), start + timedelta(hours=dice.randrange(0, 8), days=dice.randrange(0, 5))) for _ in range(60)]
            threads = [threading.Thread(target=book, args=(f"http://127.0.0.1:{port}", token, n, at, told)) for n, at in asks]
            for thread in threads:
                thread.start()
            time.sleep(0.1 + dice.random() * 0.5)
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
            for thread in threads:
                thread.join()
        with app.app_context():
            there = {number for (number,) in db.session.query(Booking.number)}
            half = [
                b.number
                for b in db.session.query(Booking)
                if b.number in told and b.subsidy.fen and not db.session.query(VoucherUse).filter_by(booking_id=b.id).count()
            ]
            lost, off, chain = set(told) - there, mismatches(), chain_state()
        print(
            f"{kills} kills, {len(told)} acknowledged, {len(lost)} lost, {len(half)} half, {len(off)} balances off, chain broken at {chain.broken_at}"
        )
        sys.exit(bool(lost or half or off or chain.broken_at))


if __name__ == "__main__":
    main()
