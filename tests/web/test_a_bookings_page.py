"""What a booking's own page offers at each moment, and what it says about who is next."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters import clock
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.services.bookings.decisions import approve_booking, propose_time
from tests.api.door import at_instant
from tests.builders import NOW, a_booking, a_firm, a_programme, an_instrument, an_owner, tuesday
from tests.support.people import signed_in


@pytest.fixture
def still(app: Flask, tmp_path: Any) -> Any:
    """The house's clock stands at `NOW`, on a Monday at eight."""
    at_instant(tmp_path, NOW)
    yield lambda moment: at_instant(tmp_path, moment)
    clock.follow(None)


def _text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_check_in_is_offered_from_the_grace_on_and_who_is_early_is_told_when(app: Flask, client: FlaskClient, still: Any) -> None:
    owner, firm = an_owner(), a_firm()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    signed_in(client, firm)
    page, button = f"/bookings/{booking.id}", f'action="/bookings/{booking.id}/check-in"'

    early = _text(client.get(page))
    refused = client.post(f"{page}/check-in")
    still(tuesday("09:30"))
    on_time = _text(client.get(page))
    still(tuesday("12:00"))
    over = _text(client.get(page))

    assert button not in early and "2026-09-08 09:30" in early
    assert refused.status_code == 409
    assert 'class="note amber" role="status"' in _text(refused) and page in _text(refused)
    assert db.session.get_one(Booking, booking.id).state.value == "approved"
    assert button in on_time and "data-opens" not in on_time
    assert button not in over and "data-opens" not in over
