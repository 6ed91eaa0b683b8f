"""The page at the instrument: a phone that scanned the code, or a tablet beside it. Two taps a use."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Refused
from equipment_share.domain.periods import bureau_day, day_begins, day_over
from equipment_share.domain.timeslots import Slot
from equipment_share.queries.bookings.boards import at_instrument
from equipment_share.queries.instruments.instruments import instrument_seen_by
from equipment_share.services.bookings.attendance import check_in, check_out
from equipment_share.services.instruments.closing import report_fault
from equipment_share.web.access import may, me
from equipment_share.web.bookings.page import posted_version
from equipment_share.web.instruments.forms import FaultForm
from equipment_share.wording import refusal_words

kiosk = Blueprint("kiosk", __name__, url_prefix="/kiosk")


@kiosk.get("/<number:instrument_id>")
@may(Act.CHECK_IN)
def show(instrument_id: int) -> ResponseReturnValue:
    """Today at one instrument, as far as the person who is signed in may see it."""
    return _page(instrument_id, FaultForm(formdata=None))


def _page(instrument_id: int, fault: FaultForm) -> str:
    instrument, today = instrument_seen_by(instrument_id, me()), bureau_day(now())
    rows = at_instrument(instrument.id, me(), Slot(day_begins(today), day_over(today)))
    return render_template("bookings/kiosk.html", instrument=instrument, rows=rows, fault=fault, at=now(), inbox=0)


@kiosk.post("/<number:instrument_id>/<number:booking_id>/in")
@may(Act.CHECK_IN)
def arrive(instrument_id: int, booking_id: int) -> ResponseReturnValue:
    """Somebody is at the instrument."""
    try:
        check_in(booking_id, version=posted_version(), by=me(), at=now())
        flash(gettext("Checked in."))
    except Refused as refusal:
        flash(refusal_words(refusal.code, refusal.facts), "warning")
    return redirect(url_for(".show", instrument_id=instrument_id), 303)


@kiosk.post("/<number:instrument_id>/<number:booking_id>/out")
@may(Act.CHECK_IN)
def depart(instrument_id: int, booking_id: int) -> ResponseReturnValue:
    """The instrument is free again."""
    try:
        check_out(booking_id, version=posted_version(), by=me(), at=now())
        flash(gettext("Checked out."))
    except Refused as refusal:
        flash(refusal_words(refusal.code, refusal.facts), "warning")
    return redirect(url_for(".show", instrument_id=instrument_id), 303)


@kiosk.post("/<number:instrument_id>/fault")
@may(Act.REPORT_FAULT)
def report(instrument_id: int) -> ResponseReturnValue:
    """Say what does not work."""
    form = FaultForm()
    if form.validate_on_submit():
        try:
            report_fault(instrument_id, words=form.words.data or "", by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("The keepers have been told."))
            return redirect(url_for(".show", instrument_id=instrument_id), 303)
    return _page(instrument_id, form), 422
