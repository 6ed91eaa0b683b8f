"""`python -m tests.bench.laboratory [uses]`: the laboratory replays a generated year under two programmes; prints seconds and peak memory."""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import insert

from equipment_share.adapters.samples import sample_programmes
from equipment_share.app import create_app
from equipment_share.domain.access import Kind, Role
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import Period
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Unit
from equipment_share.models.people import Organisation
from equipment_share.queries.simulation import replayed
from tests.builders import a_person, an_instrument, an_organisation, an_owner

FIRMS, INSTRUMENTS, AT_ONCE = 200, 30, 5000
YEAR = Period.parse("2026")
TAGS = ("tech_sme", "hnte", "team", "small_micro")


def generated(uses: int, seed: int = 7) -> None:
    """Firms, instruments, and many confirmed uses spread over a year, written without ceremony."""
    dice, owner = random.Random(seed), an_owner()
    firms = [an_organisation(Kind.FIRM) for _ in range(FIRMS)]
    user = a_person(Role.FIRM_USER, firms[0])
    instruments = [an_instrument(owner, hourly=10_000 + 1000 * index) for index in range(INSTRUMENTS)]
    for index, firm in enumerate(firms):
        db.session.get_one(Organisation, firm.id).tags = [{"tag": TAGS[index % len(TAGS)], "valid_until": None}]
    db.session.commit()
    units = {unit.instrument_id: unit.id for unit in db.session.query(Unit)}
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    places = [(row.id, units[row.id], row.owner_id, 10_000 + 1000 * index) for index, row in enumerate(instruments)]
    firm_ids, user_id = [firm.id for firm in firms], user.id
    for start in range(0, uses, AT_ONCE):
        rows = [_row(dice, number, begun, places, firm_ids, user_id) for number in range(start, min(uses, start + AT_ONCE))]
        db.session.execute(insert(Booking), rows)
        db.session.commit()
        db.session.expunge_all()


def _row(dice: random.Random, number: int, begun: datetime, places: list[Any], firms: list[int], user_id: int) -> dict[str, Any]:
    instrument_id, unit_id, owner_id, hourly = dice.choice(places)
    start = begun + timedelta(minutes=15 * dice.randrange(4 * 24 * 360))
    end = start + timedelta(minutes=15 * dice.randrange(1, 33))
    fee = Money(int((end - start).total_seconds()) * hourly // 3600)
    charge = {"lines": [{"kind": "machine_time", "label": "machine_time", "amount_fen": fee.fen, "vat_bp": 0}]}
    tariff = {"items": [{"mode": "guided", "unit": "hour", "unit_price_fen": hourly}]}
    return {
        "number": f"B{number}", "instrument_id": instrument_id, "unit_id": unit_id, "owner_id": owner_id, "firm_id": dice.choice(firms),
        "user_id": user_id, "state": "completed", "blocking": False, "mode": "guided", "starts_at": start, "ends_at": end, "busy_from": start,
        "busy_to": end, "tariff": tariff, "rules": {"charge_basis": "used"}, "quote": {}, "charge": charge, "gross": fee, "subsidy": ZERO, "net": fee,
        "used_from": start, "used_to": end, "used_samples": 0, "confirmed_at": end, "made_at": start - timedelta(days=3),
    }  # fmt: skip


def main(uses: int) -> None:
    """Fill, replay, tell."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATABASE_URL": f"sqlite:///{folder}/bench.db", "SECRET_KEY": "x", "AUDIT_KEY": "x", "HASHING": "cheap"})
        with app.app_context():
            upgrade()
            generated(uses)
            db.session.remove()
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            began, worked = time.perf_counter(), time.process_time()
            found = replayed([Programme.parse(sample_programmes()[code]) for code in ("HN", "BJ")], YEAR).document()
            seconds, cpu = time.perf_counter() - began, time.process_time() - worked
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            db.session.remove()
            db.engine.dispose()
    if found["uses"] != uses:
        raise SystemExit(f"replayed {found['uses']} of {uses}")
    costs = ", ".join(f"{draft['code']} {draft['subsidy_fen'] / 100:,.2f}" for draft in found["drafts"])
    print(
        f"{uses} uses under two programmes: {seconds:.1f} s ({cpu:.1f} s of one core), peak {peak / 1024:.0f} MB ({(peak - before) / 1024:.0f} MB more than before); {costs}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
