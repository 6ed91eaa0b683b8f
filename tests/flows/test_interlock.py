"""The example program that switches an instrument on while somebody is checked in."""

from __future__ import annotations

import importlib.util
from datetime import timedelta
from pathlib import Path
from types import ModuleType

from flask import Flask

from equipment_share.adapters.clock import now
from equipment_share.models.base import db
from equipment_share.models.people import User
from equipment_share.services.bookings.attendance import check_in, check_out
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.people.signin import make_token
from tests.builders import a_booking, a_firm, an_instrument, an_owner
from tests.support.servers import serving

FILE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "interlock.py"


def _program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("interlock", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_relay_follows_check_in_and_check_out_and_stays_when_nothing_is_known(app: Flask, engine_url: str, tmp_path: Path) -> None:
    program, relay = _program(), tmp_path / "relay"
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner, rules={"grid_minutes": 1})
    start = now().replace(second=0, microsecond=0) + timedelta(minutes=2)
    booking = a_booking(firm, instrument, start, start + timedelta(hours=1), at=now()).id
    approve_booking(booking, by=owner, at=now())
    token, key = make_token("relay", ["read"], by=owner, at=now()), str(instrument.id)
    on, off = (f"sh -c 'echo {word} > {relay}'" for word in ("on", "off"))
    firm_id = firm.id
    db.session.remove()

    with serving(engine_url) as base:
        before = program.in_use(base, key, token)
        check_in(booking, by=db.session.get_one(User, firm_id), at=start)
        during = program.in_use(base, key, token)
        stands = program.step(before, during, on, off)
        assert (before, during, stands, relay.read_text().strip()) == (False, True, True, "on")
        check_out(booking, by=db.session.get_one(User, firm_id), at=start + timedelta(minutes=30))
        stands = program.step(stands, program.in_use(base, key, token), on, off)
        assert (stands, relay.read_text().strip()) == (False, "off")

    assert program.in_use(base, key, token) is None
    assert program.step(True, None, on, off) is True
