"""The booking form with what may be ordered beside the time, and the add-ons of a record of use, as they are typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import request

from equipment_share.adapters.clock import now
from equipment_share.domain.bookings.options import MOST_ADD_ONS, Options
from equipment_share.domain.pricing import PriceItem
from equipment_share.domain.tariffs import Tariff
from equipment_share.models.bookings import Booking, Quotation
from equipment_share.models.instruments import Instrument
from equipment_share.queries.bookings.quotations import quotation_seen_by
from equipment_share.queries.instruments.prices import tariff_seen_by
from equipment_share.web.access import me
from equipment_share.web.bookings.forms import BookingForm

_TYPED = re.compile(r"add_on_([A-Za-z0-9_.-]{1,40})")
_WHOLE = re.compile("[0-9]{1,4}")
MOST_TYPED = 50


def booking_form(instrument: Instrument, data: Mapping[str, Any] | None = None) -> BookingForm:
    """The form of a wish as it was sent, or filled with `data`; with the add-ons of its mode, and the quotation it goes by.

    Raises: NotFound for another firm's quotation.
    """
    form = BookingForm(formdata=None, data=data) if data is not None else BookingForm()
    form.offer(instrument)
    kept = _named_quotation()
    mode = str(form.mode.data)
    by_it = kept is not None and (kept.instrument_id, kept.wish["mode"]) == (instrument.id, mode)
    tariff = Tariff.parse(kept.tariff) if kept is not None and by_it else tariff_seen_by(instrument.id, me(), mode, at=now())
    if data is not None:
        return form.priced(tariff, Options.parse(kept.wish["options"]) if kept else Options(), kept)
    typed, wrong = typed_add_ons()
    ordered = Options(request.form.get("urgent") == "1", {code: count for code, count in typed.items() if count})
    return form.priced(tariff, ordered, kept, wrong)


def _named_quotation() -> Quotation | None:
    text = request.values.get("quotation", "")
    return quotation_seen_by(int(text), me()) if text.isascii() and text.isdecimal() and len(text) < 18 else None


def typed_add_ons() -> tuple[dict[str, int], list[str]]:
    """The quantities that were typed, by code, and the codes whose quantity is none."""
    typed: dict[str, int] = {}
    wrong: list[str] = []
    for name, text in list(request.form.items())[: MOST_TYPED * 2]:
        found = _TYPED.fullmatch(name)
        if found and text.strip():
            if _WHOLE.fullmatch(text.strip()) and int(text) <= MOST_ADD_ONS:
                typed[found[1]] = int(text)
            else:
                wrong.append(found[1])
    return typed, wrong


def add_ons_of(booking: Booking) -> list[tuple[PriceItem, int]]:
    """What a record of use asks about beside the time: each add-on of the booking's prices, and how many were said or ordered."""
    said = {row["code"]: row["quantity"] for row in booking.used_lines}
    known = said if booking.used_from is not None else dict(Options.parse(booking.options).add_ons)
    return [(item, int(known.get(code, 0))) for code, item in Tariff.parse(booking.tariff).add_ons.items()]
