"""The owner's desk: the inbox, today's run sheet, what was used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.errors import Refused
from equipment_share.domain.periods import BUREAU_ZONE, bureau_day, day_begins, day_over
from equipment_share.domain.timeslots import Slot, local_days
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.boards import bookings_in
from equipment_share.queries.bookings.bookings import booking_seen_by, soonest_bookings
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.instruments.instruments import instruments_of
from equipment_share.services.bookings.decisions import approve_booking, propose_time, reject_booking
from equipment_share.services.bookings.disputes import answer_dispute
from equipment_share.services.bookings.offers import offer_slot
from equipment_share.services.bookings.samples import move_samples
from equipment_share.services.bookings.usage import mark_no_show, record_usage
from equipment_share.web.access import may, me
from equipment_share.web.bookings.forms import OfferForm, TimeForm, UsageForm
from equipment_share.web.bookings.inbox import approve_each, chosen_ids, decided, in_place, inbox_page, still_there, words_of
from equipment_share.web.bookings.options import typed_add_ons
from equipment_share.web.bookings.views import page_of
from equipment_share.web.fields import typed
from equipment_share.web.instruments.views import wanted_monday
from equipment_share.wording import refusal_words

desk = Blueprint("desk", __name__, url_prefix="/desk")
S = BookingState
WEEK = timedelta(days=7)


@desk.get("/")
@may(Act.DECIDE_BOOKING)
def index() -> ResponseReturnValue:
    """Everything that waits for the owner, the one that begins first on top."""
    return inbox_page()


@desk.get("/run")
@may(Act.RECORD_USE)
def run() -> ResponseReturnValue:
    """Today's run sheet, and what is still to be recorded of the days before."""
    until = day_over(bureau_day(now()) + timedelta(days=1))
    return render_template("bookings/run.html", rows=soonest_bookings(me(), [S.APPROVED, S.IN_USE], before=until), at=now())


@desk.get("/board")
@may(Act.RECORD_USE)
def board() -> ResponseReturnValue:
    """A week of all own instruments, with who comes when."""
    monday = wanted_monday()
    cells: dict[tuple[int, date], list[Booking]] = {}
    for booking in bookings_in(me(), Slot(day_begins(monday), day_begins(monday + WEEK))):
        for day in local_days(booking.slot, BUREAU_ZONE):
            cells.setdefault((booking.instrument_id, day), []).append(booking)
    return render_template(
        "bookings/board.html", rows=instruments_of(me().organisation_id), cells=cells, days=[monday + timedelta(days=i) for i in range(7)],
        before=monday - WEEK, after=monday + WEEK,
    )  # fmt: skip


@desk.get("/offer")
@may(Act.OFFER_SLOT)
def new_offer() -> ResponseReturnValue:
    """A slot for a person of a firm."""
    return render_template("bookings/offer.html", form=OfferForm(formdata=None).of(instruments_of(me().organisation_id)))


@desk.post("/offer")
@may(Act.OFFER_SLOT)
def make_offer() -> ResponseReturnValue:
    """Offer a slot to a person of a firm, outside the own rules if a reason is given."""
    form = OfferForm().of(instruments_of(me().organisation_id))
    if form.validate_on_submit():
        wish = BookingWish(form.instrument.data, str(form.mode.data), form.start.data, form.end.data, samples=form.samples.data or 0)
        try:
            made = offer_slot(wish, form.whom.data or "", override=form.override.data or "", by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Offered. The slot is kept until the firm answers."))
            return redirect(url_for("bookings.show", booking_id=made.id), 303)
    return render_template("bookings/offer.html", form=form), 422


@desk.post("/approve")
@may(Act.DECIDE_BOOKING)
def approve_many() -> ResponseReturnValue:
    """Approve every marked request; each is its own decision, and the page says of each what happened."""
    return inbox_page(approve_each(chosen_ids(), at=now()))


@desk.post("/<number:booking_id>/approve")
@may(Act.DECIDE_BOOKING)
def approve(booking_id: int) -> ResponseReturnValue:
    """Say yes to one."""
    words = gettext("Approved. The firm has been told.")
    return _decided(booking_id, lambda: approve_booking(booking_id, by=me(), at=now()), words)


@desk.post("/<number:booking_id>/reject")
@may(Act.DECIDE_BOOKING)
def reject(booking_id: int) -> ResponseReturnValue:
    """Say no to one, and why."""
    reason, words = typed("reason"), gettext("Declined. Slot and voucher are free again.")
    return _decided(booking_id, lambda: reject_booking(booking_id, reason=reason, by=me(), at=now()), words, opened="refuse")


def _decided(booking_id: int, act: Callable[[], Booking], words: str, *, opened: str = "") -> ResponseReturnValue:
    if in_place():
        return decided(booking_id, act, words, opened=opened)
    act()
    flash(words)
    return redirect(url_for("bookings.show", booking_id=booking_id) if request.form.get("back") == "booking" else url_for(".index"), 303)


@desk.post("/<number:booking_id>/propose")
@may(Act.DECIDE_BOOKING)
def propose(booking_id: int) -> ResponseReturnValue:
    """Propose another time from the inbox; the request stays until the firm has answered."""
    form = TimeForm(prefix="propose")
    if not form.validate_on_submit():
        problems = [str(words) for own in form.errors.values() for words in own]
    else:
        try:
            propose_time(booking_id, start=form.start.data, end=form.end.data, override=form.override.data or "", by=me(), at=now())
        except Refused as refusal:
            problems = words_of(refusal)
            form.show(refusal)
        else:
            words = gettext("Proposed. The firm can take it with one click.")
            if in_place():
                return still_there(booking_id, [words], opened="proposed")
            flash(words)
            return redirect(url_for(".index"), 303)
    if in_place():
        return still_there(booking_id, problems, opened="propose")
    return page_of(booking_seen_by(booking_id, me()), propose=form), 422


@desk.post("/<number:booking_id>/usage")
@may(Act.RECORD_USE)
def usage(booking_id: int) -> ResponseReturnValue:
    """Write down what was used."""
    form = UsageForm()
    typed_of, wrong = typed_add_ons()
    if wrong:
        form.other_errors.append(f"{', '.join(wrong)}: {refusal_words('not_an_integer', {})}")
    elif form.validate_on_submit():
        lines = [{"code": code, "quantity": quantity} for code, quantity in typed_of.items()]
        start, end, samples = form.start.data, form.end.data, form.samples.data or 0
        try:
            record_usage(
                booking_id, start=start, end=end, samples=samples, lines=lines or None, note=form.note.data or "", by=me(), at=now()
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


@desk.post("/<number:booking_id>/samples")
@may(Act.RECORD_USE)
def samples(booking_id: int) -> ResponseReturnValue:
    """Say where the samples are."""
    move_samples(booking_id, typed("station"), by=me(), at=now())
    flash(gettext("Noted. The firm has been told."))
    return redirect(url_for("bookings.show", booking_id=booking_id), 303)
