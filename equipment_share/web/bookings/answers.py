"""The form of a wish as it was sent: its typed answers, and the files that came with it."""

from __future__ import annotations

from flask import request

from equipment_share.adapters.clock import now
from equipment_share.domain.errors import Refused
from equipment_share.domain.limits import FILES
from equipment_share.models.instruments import Instrument
from equipment_share.services.bookings.answer_files import keep_answer_file
from equipment_share.services.bookings.evidence import HandedIn
from equipment_share.web.access import me, slow_down
from equipment_share.web.bookings.forms import BookingForm
from equipment_share.web.bookings.options import booking_form


def sent_form(instrument: Instrument) -> BookingForm:
    """The form with its files kept, so that nobody has to choose one again because something else was wrong."""
    form = booking_form(instrument)
    kept: dict[str, str] = {}
    for question in form.questions:
        upload = request.files.get(f"file_{question.key}") if question.kind == "file" else None
        if upload is not None and upload.filename:
            try:
                slow_down(FILES)
                kept[question.key] = keep_answer_file(HandedIn(upload.filename, upload.read()), by=me(), at=now()).token
            except Refused as refusal:
                form.refused = refusal
    form.files = kept
    return form
