"""The firm's bookings: ask with a live quote, follow, cancel, confirm, dispute."""

from __future__ import annotations

import re

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.calendar_file import calendar_file
from equipment_share.adapters.clock import now
from equipment_share.domain.access import OWNER, PARTIES, Act
from equipment_share.domain.bookings.life import BookingState, check_in_opens
from equipment_share.domain.errors import InvalidTransition, Refused
from equipment_share.domain.limits import BOOKINGS, QUOTES
from equipment_share.queries.bookings.alternatives import first_free
from equipment_share.queries.bookings.answer_files import answer_file_seen_by
from equipment_share.queries.bookings.bookings import (
    BookingFilter,
    booking_seen_by,
    bookings_seen_by,
    count_of_bookings,
)
from equipment_share.queries.bookings.previews import preview
from equipment_share.queries.bookings.quoting import BookingWish, rules_of
from equipment_share.queries.feeds import entry_of
from equipment_share.queries.instruments.instruments import instrument_seen_by
from equipment_share.queries.needs import papers_missing
from equipment_share.services.bookings.attendance import check_in, check_out
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import cancel_booking
from equipment_share.services.bookings.disputes import adjudicate, dispute_usage
from equipment_share.services.bookings.requests import request_booking
from equipment_share.web.access import may, me, slow_down
from equipment_share.web.bookings.answers import sent_form
from equipment_share.web.bookings.asking import quote_part, wish_page
from equipment_share.web.bookings.forms import AdjudicationForm, DisputeForm, SeriesForm
from equipment_share.web.bookings.options import booking_form
from equipment_share.web.bookings.page import asked_words, page_of, posted_version
from equipment_share.web.fields import asked, typed
from equipment_share.web.filters import local, money
from equipment_share.web.instruments.wishes import local_instant
from equipment_share.web.kept_files import handed_out
from equipment_share.web.once import once

bookings = Blueprint("bookings", __name__)
NEEDS_FIRM = (BookingState.OFFERED, BookingState.USAGE_RECORDED, BookingState.CONFIRMED, BookingState.INVOICED)
COMING = (BookingState.SUBMITTED, BookingState.APPROVED, BookingState.IN_USE)
SHOWN = {"now": NEEDS_FIRM + COMING + (BookingState.DISPUTED,), "needs": NEEDS_FIRM, "coming": COMING}
"""Which states a filter of the list means; all for every other word."""


@bookings.get("/instruments/<number:instrument_id>/book")
@may(Act.REQUEST_BOOKING)
def new(instrument_id: int) -> ResponseReturnValue:
    """The form, filled from the address or with the next free time; with both times it shows the quote at once."""
    instrument = instrument_seen_by(instrument_id, me())
    start, end = local_instant(request.args.get("start", "")), local_instant(request.args.get("end", ""))
    mode = asked("mode") or (instrument.modes or ["guided"])[0]
    samples = int(asked("samples")) if re.fullmatch("[0-9]{1,5}", asked("samples")) else 0
    if start is None and end is None and (first := first_free(instrument, at=now())):
        start, end = first.start, first.end
    form = booking_form(instrument, {"start": start, "end": end, "mode": mode, "samples": samples, "purpose": asked("purpose")[:500]})
    quoted = preview(form.wish(instrument.id), by=me(), at=now()) if start and end else None
    return wish_page(instrument, form, quoted)


@bookings.post("/instruments/<number:instrument_id>/quote")
@may(Act.QUOTE)
def quote(instrument_id: int) -> ResponseReturnValue:
    """The live quote for what is typed so far; nothing is reserved."""
    slow_down(QUOTES)
    instrument = instrument_seen_by(instrument_id, me())
    form = booking_form(instrument)
    if request.args.get("part") == "options":
        return render_template("bookings/_options.html", form=form)
    quoted = preview(form.wish(instrument.id), by=me(), at=now()) if form.validate() else None
    return quote_part(instrument, form, quoted)


@bookings.post("/instruments/<number:instrument_id>/book")
@may(Act.REQUEST_BOOKING)
def create(instrument_id: int) -> ResponseReturnValue:
    """Ask for the slot; `preview` in the form only prices it, `instead` prices another time, and what repeats is shown by its dates first."""
    slow_down(BOOKINGS)
    instrument = instrument_seen_by(instrument_id, me())
    form = sent_form(instrument)
    instead = request.form.get("instead", "")
    if instead:
        form.move_to(instead[:40])
    if not form.validate():
        return wish_page(instrument, form), 422
    if not instead and not request.form.get("preview") and SeriesForm().repeats:  # the one way to repeat leads over the dates
        return redirect(url_for("planning.series", instrument_id=instrument.id), 307)
    wish = form.wish(instrument.id)
    if instead or request.form.get("preview"):
        return wish_page(instrument, form, preview(wish, by=me(), at=now()))
    try:
        return once(lambda: _asked_for(wish))
    except Refused as refusal:
        form.show(refusal)
        quoted = preview(wish, by=me(), at=now())
        return wish_page(instrument, form, quoted, refusal), 422


def _asked_for(wish: BookingWish) -> str:
    """Ask for it, say what came of it, and where it stands."""
    made = request_booking(wish, by=me(), at=now())
    flash(asked_words(made))
    return url_for(".show", booking_id=made.id)


@bookings.get("/bookings")
@may(Act.SEE_BOOKINGS)
def index() -> ResponseReturnValue:
    """What needs me and what is coming; or one of the two, or all; found by number or instrument."""
    words = asked("q")[:60]
    is_owner = me().role in OWNER
    show = asked("show") or ("all" if words else "coming" if is_owner else "now")
    if is_owner and show in ("now", "needs"):  # what waits for an owner is said in one place
        return redirect(url_for("people.home"), 303)
    after = request.args.get("after", "")
    legs = {need.target: need.legs for need in papers_missing(me())} if me().role in PARTIES else {}
    wanted = BookingFilter(
        states=SHOWN.get(show, ()), words=words, after_id=int(after) if after.isdecimal() and len(after) < 18 else None,
        soonest_first=show in SHOWN,
    )  # fmt: skip
    shows = [
        ("now", gettext("Needs you or coming")),
        ("needs", gettext("Needs you")),
        ("coming", gettext("Coming")),
        ("all", gettext("All")),
    ]
    shows = shows[2:] if is_owner else shows
    return render_template(
        "bookings/index.html",
        rows=bookings_seen_by(me(), wanted),
        show=show,
        shows=shows,
        q=words,
        legs=legs,
        total=count_of_bookings(me(), wanted),
    )


@bookings.get("/bookings/<number:booking_id>")
@may(Act.SEE_BOOKINGS)
def show(booking_id: int) -> ResponseReturnValue:
    """One booking: where it stands, what it costs, what happened, what is next."""
    return page_of(booking_seen_by(booking_id, me()))


@bookings.get("/bookings/<number:booking_id>/calendar.ics")
@may(Act.SEE_BOOKINGS)
def calendar(booking_id: int) -> ResponseReturnValue:
    """One booking for the calendar on a phone or desk, for whoever sees its page."""
    entry = entry_of(booking_id, me())
    answer = Response(calendar_file(entry.key, [entry]), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = attachment(f"{entry.key}.ics")
    return answer


@bookings.get("/answer-files/<token>")
@may(Act.ADD_EVIDENCE)
def answer_file(token: str) -> ResponseReturnValue:
    """A file that was given as an answer; always as an attachment."""
    return handed_out(answer_file_seen_by(token[:60], me()))


def _seen(booking_id: int) -> ResponseReturnValue:
    return redirect(url_for("bookings.show", booking_id=booking_id), 303)


@bookings.post("/bookings/<number:booking_id>/cancel")
@may(Act.CANCEL_BOOKING)
def cancel(booking_id: int) -> ResponseReturnValue:
    """Step back."""
    fee = cancel_booking(booking_id, reason=typed("reason"), version=posted_version(), by=me(), at=now()).late_fee
    if fee:
        flash(gettext("Cancelled. Stepping back this late costs %(fee)s; the voucher's hold is free again.", fee=money(fee)))
    else:
        flash(gettext("Cancelled. The voucher's hold is free again."))
    return _seen(booking_id)


@bookings.post("/bookings/<number:booking_id>/check-in")
@may(Act.CHECK_IN)
def arrive(booking_id: int) -> ResponseReturnValue:
    """Somebody is at the instrument; who is too early is told from when on it goes."""
    try:
        check_in(booking_id, version=posted_version(), by=me(), at=now())
    except InvalidTransition:
        booking = booking_seen_by(booking_id, me())
        opens = check_in_opens(booking.starts_at, rules_of(booking.rules))
        if booking.state is not BookingState.APPROVED or now() >= opens:
            raise
        flash(gettext("Too early: check-in opens on %(when)s.", when=local(opens)), "warning")
        return page_of(booking), 409
    flash(gettext("Checked in."))
    return _seen(booking_id)


@bookings.post("/bookings/<number:booking_id>/check-out")
@may(Act.CHECK_IN)
def depart(booking_id: int) -> ResponseReturnValue:
    """The instrument is free again."""
    check_out(booking_id, version=posted_version(), by=me(), at=now())
    flash(gettext("Checked out."))
    return _seen(booking_id)


@bookings.post("/bookings/<number:booking_id>/confirm")
@may(Act.CONFIRM_USE)
def confirm(booking_id: int) -> ResponseReturnValue:
    """The firm agrees with the record."""
    confirm_usage(booking_id, version=posted_version(), by=me(), at=now())
    flash(gettext("Confirmed. What the voucher did not need is free again."))
    return _seen(booking_id)


@bookings.post("/bookings/<number:booking_id>/dispute")
@may(Act.CONFIRM_USE)
def dispute(booking_id: int) -> ResponseReturnValue:
    """The firm says what would be right."""
    form = DisputeForm()
    if form.validate_on_submit():
        try:
            dispute_usage(
                booking_id, reason=form.reason.data, start=form.start.data, end=form.end.data, version=posted_version(), by=me(), at=now()
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("The owner has been told."))
            return _seen(booking_id)
    return page_of(booking_seen_by(booking_id, me()), dispute=form), 422


@bookings.post("/bookings/<number:booking_id>/adjudicate")
@may(Act.ADJUDICATE)
def decide(booking_id: int) -> ResponseReturnValue:
    """The bureau decides what was used; the charge and the hold follow."""
    form = AdjudicationForm()
    if form.validate_on_submit():
        try:
            adjudicate(
                booking_id, start=form.start.data, end=form.end.data, samples=form.samples.data or 0, reason=form.reason.data,
                version=posted_version(), by=me(), at=now(),
            )  # fmt: skip
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Decided. Both sides have been told."))
            return _seen(booking_id)
    return page_of(booking_seen_by(booking_id, me()), verdict=form), 422
