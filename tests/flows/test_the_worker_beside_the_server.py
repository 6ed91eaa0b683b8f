"""On SQLite the server runs due jobs itself, in a thread; on PostgreSQL `flask worker` does."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from equipment_share.adapters.clock import now
from equipment_share.models.base import db
from tests.builders import a_booking, a_firm, an_instrument, an_owner
from tests.support.servers import serving


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_request_that_nobody_answered_expires_while_the_embedded_server_runs(app: Flask, engine_url: str) -> None:
    start = (now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    booking = a_booking(a_firm(), an_instrument(an_owner()), start, start + timedelta(hours=1), at=now())
    db.session.execute(text("UPDATE booking SET answer_by = :past"), {"past": "2026-01-01 00:00:00.000000"})
    db.session.commit()
    number, db_state = booking.id, "submitted"
    db.session.remove()

    with serving(engine_url, {"WORKER": "on", "WORKER_PAUSE": "0.2"}):
        for _ in range(100):
            db_state = db.session.execute(text("SELECT state FROM booking WHERE id = :id"), {"id": number}).scalar_one()
            db.session.remove()
            if db_state != "submitted":
                break
            time.sleep(0.1)

    assert db_state == "expired"
