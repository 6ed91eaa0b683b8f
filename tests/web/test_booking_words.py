"""What the booking form, a booking and its series call things, offer and give along."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters import clock
from tests.api.door import at_instant
from tests.builders import NOW, a_booking, a_firm, a_programme, an_instrument, an_owner, tuesday
from tests.support.people import signed_in

WISH = {"mode": "guided", "start": "2026-09-08T10:00", "end": "2026-09-08T12:00", "samples": "0"}


@pytest.fixture(autouse=True)
def still(app: Flask, tmp_path: Any) -> Any:
    """The house's clock stands at `NOW`, on a Monday at nine in Shanghai."""
    at_instant(tmp_path, NOW)
    yield lambda moment: at_instant(tmp_path, moment)
    clock.follow(None)


def _text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_a_price_names_the_voucher_by_its_newest_name_and_never_by_its_code(app: Flask, client: FlaskClient) -> None:
    a_programme(code="HLF", name="Half of everything")
    firm, instrument = a_firm(), an_instrument(an_owner())
    booking = a_booking(firm, instrument, tuesday("14:00"), tuesday("16:00"))
    signed_in(client, firm)

    quoted = _text(client.post(f"/instruments/{instrument.id}/quote", data=WISH))
    pages = [quoted, _text(client.get(f"/bookings/{booking.id}")), _text(client.get("/wallet"))]

    assert "Half of everything bears" in quoted and "¥400.00" in quoted
    assert all("Half of everything" in page for page in pages)
    assert [re.findall(r"\bHLF\b", re.sub(r"<[^>]*>", " ", page)) for page in pages[:2]] == [[], []]
    assert quoted.count("at 50 %") == 1  # said once, behind Why?
