"""A small town to look at: the demonstration pool at a fixed moment, and the few things that it leaves for people to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from equipment_share.app import create_app
from equipment_share.domain.errors import Refused
from equipment_share.domain.periods import Period
from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import User
from equipment_share.models.settlement import Batch
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.people import person_by_email
from equipment_share.services.bookings.quotations import make_quotation
from equipment_share.services.demo import load_demo
from equipment_share.services.instruments.catalogue_import import keep_draft
from equipment_share.services.laboratory import run_laboratory
from equipment_share.services.settlement.inspections import draw_inspection
from equipment_share.services.tasks import ask_replay
from tests.builders import HALF
from tests.support.pages import STATES, Example

NOON = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
"""A Thursday at noon in Shanghai; the town's clock stands still."""
TABLE = "仪器名称,本单位编号,放置地点\n场发射扫描电镜,A1,材料楼 101\n,A2,\n"


def build_town(folder: Path, *, instruments: int = 12, bookings: int = 60) -> tuple[str, dict[str, str], list[Example]]:
    """Make it; answers the database, the settings to serve it with, and the states worth a look."""
    clock = folder / "clock"
    clock.write_text(NOON.isoformat())
    settings = {"CLOCK_FILE": str(clock), "SECRET_KEY": "test", "AUDIT_KEY": "test", "RATE_LIMITS": "off"}
    url = f"sqlite:///{folder}/town.db"
    app = create_app({**settings, "TESTING": True, "HASHING": "cheap", "DATABASE_URL": url})
    with app.app_context():
        upgrade()
        load_demo(instruments=instruments, bookings=bookings, at=NOON)
        states = [*STATES, *_furnish(app)]
        db.session.remove()
        db.engine.dispose()
    return url, settings, states


def _furnish(app: Flask) -> list[Example]:
    """What only people do, once each; addresses that stand in a letter or an answer alone."""
    firm, owner, clerk = (_person(part) for part in ("firm_admin", "owner_admin", "bureau_clerk"))
    instrument = db.session.query(Instrument).first()
    assert instrument is not None
    start = NOON + timedelta(days=6)
    make_quotation(BookingWish(instrument.id, instrument.modes[0], start, start + timedelta(hours=2)), by=firm, at=NOON)
    draft = keep_draft("own.csv", TABLE.encode(), None, by=owner, at=NOON)
    run_laboratory([HALF], Period.parse("2026"), by=clerk, at=NOON)
    ask_replay([HALF], Period.parse("2026"), by=clerk, at=NOON)
    for batch in db.session.query(Batch).all():
        try:
            draw_inspection(batch.programme_code, Period.parse("2026"), by=clerk, at=NOON)
        except Refused:
            continue  # nothing paid yet, or drawn before
    return [Example("exchange.trial", f"/desk/instruments/files/{draft}", "owner_admin")]


def _person(part: str) -> User:
    person = person_by_email(f"{part}@demo.example")
    assert person is not None
    return person
