"""The owner's desk: the inbox, today's run sheet, what was used."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.errors import Refused
from equipment_share.domain.periods import bureau_day, day_over
from equipment_share.queries.bookings.bookings import booking_seen_by, clashing, soonest_bookings
from equipment_share.services.bookings.decisions import approve_booking, reject_booking
from equipment_share.services.bookings.disputes import answer_dispute
from equipment_share.services.bookings.usage import mark_no_show, record_usage
from equipment_share.web.access import may, me
from equipment_share.web.bookings.forms import UsageForm
from equipment_share.web.bookings.views import page_of
from equipment_share.web.fields import typed
from equipment_share.wording import refusal_words

desk = Blueprint("desk", __name__, url_prefix="/desk")
S = BookingState


@desk.get("/")
@may(Act.DECIDE_BOOKING)
def index() -> ResponseReturnValue:
    """Everything that waits for the owner, the one that begins first on top."""
    waiting = soonest_bookings(me(), [S.SUBMITTED])
    disputed = soonest_bookings(me(), [S.DISPUTED])
    return render_template("bookings/desk.html", waiting=waiting, disputed=disputed, rivals=clashing(waiting))


@desk.get("/run")
@may(Act.RECORD_USE)
def run() -> ResponseReturnValue:
    """Today's run sheet, and what is still to be recorded of the days before."""
    until = day_over(bureau_day(now()) + timedelta(days=1))
    return render_template("bookings/run.html", rows=soonest_bookings(me(), [S.APPROVED, S.IN_USE], before=until), at=now())


@desk.post("/approve")
@may(Act.DECIDE_BOOKING)
def approve_many() -> ResponseReturnValue:
    """Approve every marked request; each is its own decision, and those that cannot be are named."""
    good, bad = 0, []
    for text in request.form.getlist("booking")[:200]:
        if not (text.isascii() and text.isdecimal() and len(text) < 18):
            continue
        try:
            approve_booking(int(text), by=me(), at=now())
            good += 1
        except Refused as refusal:
            bad.append(f"{text}: {refusal_words(refusal.code, refusal.facts)}")
    flash(ngettext("%(num)s request approved.", "%(num)s requests approved.", good))
    for words in bad:
        flash(words, "warning")
    return redirect(url_for(".index"), 303)


@desk.post("/<number:booking_id>/approve")
@may(Act.DECIDE_BOOKING)
def approve(booking_id: int) -> ResponseReturnValue:
    """Say yes to one."""
    approve_booking(booking_id, by=me(), at=now())
    flash(gettext("Approved. The firm has been told."))
    return redirect(url_for("bookings.show", booking_id=booking_id) if request.form.get("back") == "booking" else url_for(".index"), 303)


@desk.post("/<number:booking_id>/reject")
@may(Act.DECIDE_BOOKING)
def reject(booking_id: int) -> ResponseReturnValue:
    """Say no to one, and why."""
    reject_booking(booking_id, reason=typed("reason"), by=me(), at=now())
    flash(gettext("Declined. Slot and voucher are free again."))
    return redirect(url_for("bookings.show", booking_id=booking_id) if request.form.get("back") == "booking" else url_for(".index"), 303)


@desk.post("/<number:booking_id>/usage")
@may(Act.RECORD_USE)
def usage(booking_id: int) -> ResponseReturnValue:
    """Write down what was used."""
    form = UsageForm()
    if form.validate_on_submit():
        try:
            record_usage(
                booking_id,
                start=form.start.data,
                end=form.end.data,
                samples=form.samples.data or 0,
                note=form.note.data or "",
                by=me(),
                at=now(),
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Recorded. The firm is asked to confirm."))
            return redirect(url_for("bookings.show", booking_id=booking_id), 303)
    return page_of(booking_seen_by(booking_id, me()), usage=form), 422


@desk.post("/<number:booking_id>/no-show")
@may(Act.RECORD_USE)
def no_show(booking_id: int) -> ResponseReturnValue:
    """Nobody came."""
    mark_no_show(booking_id, by=me(), at=now())
    flash(gettext("Marked as no-show."))
    return redirect(url_for("bookings.show", booking_id=booking_id), 303)


@desk.post("/<number:booking_id>/answer-dispute")
@may(Act.RECORD_USE)
def answer(booking_id: int) -> ResponseReturnValue:
    """Take the firm's figures, or stand by one's own."""
    answer_dispute(booking_id, accept=request.form.get("accept") == "1", reason=typed("reason"), by=me(), at=now())
    flash(gettext("Answered. The firm is asked again."))
    return redirect(url_for("bookings.show", booking_id=booking_id), 303)
