"""The firm's bookings: ask with a live quote, follow, cancel, confirm, dispute."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import FIRM, OWNER, PARTIES, Act
from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.bookings.questions import Question, read_questions
from equipment_share.domain.bookings.samples import WAY
from equipment_share.domain.errors import Refused
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.alternatives import alternatives, first_free
from equipment_share.queries.bookings.answer_files import answer_file_seen_by, file_names
from equipment_share.queries.bookings.boards import place_in_queue
from equipment_share.queries.bookings.bookings import (
    BookingFilter,
    booking_seen_by,
    bookings_seen_by,
    changes_of,
    count_of_bookings,
    documents_of,
    history_of,
    usage_of,
)
from equipment_share.queries.bookings.charging import two_sides
from equipment_share.queries.bookings.previews import preview
from equipment_share.queries.bookings.series import series_of_booking
from equipment_share.queries.bookings.waiting import waiting_for_booking, wish_of_waiting
from equipment_share.queries.instruments.instruments import instrument_seen_by, names_of
from equipment_share.queries.settlement import claims_of_booking
from equipment_share.services.bookings.attendance import check_in, check_out
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import cancel_booking, late_fee
from equipment_share.services.bookings.disputes import adjudicate, dispute_usage
from equipment_share.services.bookings.requests import request_booking
from equipment_share.web.access import may, me
from equipment_share.web.bookings.answers import sent_form
from equipment_share.web.bookings.asking import quote_part, wish_page
from equipment_share.web.bookings.forms import AdjudicationForm, DisputeForm, TimeForm, UsageForm
from equipment_share.web.bookings.options import add_ons_of, booking_form
from equipment_share.web.fields import asked, typed
from equipment_share.web.instruments.wishes import local_instant
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
    instrument = instrument_seen_by(instrument_id, me())
    form = booking_form(instrument)
    if request.args.get("part") == "options":
        return render_template("bookings/_options.html", form=form)
    quoted = preview(form.wish(instrument.id), by=me(), at=now()) if form.validate() else None
    return quote_part(instrument, form, quoted)


@bookings.post("/instruments/<number:instrument_id>/book")
@may(Act.REQUEST_BOOKING)
def create(instrument_id: int) -> ResponseReturnValue:
    """Ask for the slot; `preview` in the form only prices it, `instead` puts another time into it and prices that."""
    instrument = instrument_seen_by(instrument_id, me())
    form = sent_form(instrument)
    instead = request.form.get("instead", "")
    if instead:
        form.move_to(instead[:40])
    if not form.validate():
        return wish_page(instrument, form), 422
    wish = form.wish(instrument.id)
    if instead or request.form.get("preview"):
        return wish_page(instrument, form, preview(wish, by=me(), at=now()))
    try:
        return once(lambda: url_for(".show", booking_id=request_booking(wish, by=me(), at=now()).id))
    except Refused as refusal:
        form.show(refusal)
        quoted = preview(wish, by=me(), at=now())
        return wish_page(instrument, form, quoted, refusal), 422


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
        "bookings/index.html", rows=bookings_seen_by(me(), wanted), show=show, shows=shows, q=words, total=count_of_bookings(me(), wanted)
    )


@bookings.get("/bookings/<number:booking_id>")
@may(Act.SEE_BOOKINGS)
def show(booking_id: int) -> ResponseReturnValue:
    """One booking: where it stands, what it costs, what happened, what is next."""
    return page_of(booking_seen_by(booking_id, me()))


def page_of(
    booking: Booking, usage: UsageForm | None = None, dispute: DisputeForm | None = None, verdict: AdjudicationForm | None = None,
    change: TimeForm | None = None, propose: TimeForm | None = None,
) -> str:  # fmt: skip
    """The page of a booking, with a form that was refused in its place."""
    start, end = booking.used_from or booking.starts_at, booking.used_to or booking.ends_at
    usage = usage or UsageForm(formdata=None, data={"start": start, "end": end, "samples": booking.samples})
    dispute = dispute or DisputeForm(formdata=None, data={"start": start, "end": end})
    verdict = verdict or AdjudicationForm(formdata=None, data={"start": start, "end": end, "samples": booking.used_samples or 0})
    times = {"start": booking.starts_at, "end": booking.ends_at}
    questions = read_questions(booking.instrument.questions, "questions")[0]
    context: dict[str, Any] = {
        "change": change or TimeForm(formdata=None, data=times, prefix="change"),
        "propose": propose or TimeForm(formdata=None, data=times, prefix="propose"), "changes": changes_of(booking),
        "series": series_of_booking(booking.id), "questions": questions, "files": _files(booking, questions),
        "others": _other_times(booking), "queue": place_in_queue(booking), "stations": dict(pairwise(WAY)), "offer": _offer_quote(booking),
        "verdict": verdict, "booking": booking, "add_ons": add_ons_of(booking),
        "steps": history_of("booking", booking.id),
        "papers": documents_of([booking.id])[booking.id],
        "records": (records := usage_of(booking.id)), "sides": two_sides(booking, records),
        "claims": claims_of_booking(booking.id), "usage": usage, "dispute": dispute,
        "fee": late_fee(booking, at=now()), "begun": now() >= booking.starts_at, "state": booking.state.value,
    }  # fmt: skip
    return render_template("bookings/show.html", **context)


def _files(booking: Booking, questions: Sequence[Question]) -> dict[str, str]:
    """The names of the files among the answers, for the two sides alone."""
    if me().role not in PARTIES:
        return {}
    return file_names({str(booking.answers[q.key]) for q in questions if q.kind == "file" and q.key in booking.answers})


@bookings.get("/answer-files/<token>")
@may(Act.ADD_EVIDENCE)
def answer_file(token: str) -> ResponseReturnValue:
    """A file that was given as an answer; always as an attachment."""
    stored = answer_file_seen_by(token[:60], me())
    answer = Response(stored.content, mimetype=stored.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=stored.name)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _seen(booking_id: int) -> ResponseReturnValue:
    return redirect(url_for("bookings.show", booking_id=booking_id), 303)


def posted_version() -> int | None:
    """The version that the form was shown with."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _other_times(booking: Booking) -> list[dict[str, Any]]:
    """Where a firm may go whose time was refused or taken away: nearest times, and others of the class."""
    lost = booking.state in (BookingState.REJECTED, BookingState.CANCELLED_BY_OWNER, BookingState.EXPIRED)
    if not lost or me().role not in FIRM or booking.starts_at <= now():
        return []
    found = alternatives(booking.instrument, booking.slot, at=now())
    names = names_of({int(str(row["instrument"])) for row in found})
    return [{**row, "name": names.get(str(row["instrument"]), "")} for row in found]


def _offer_quote(booking: Booking) -> dict[str, Any] | None:
    """What an offered time would cost now, for the firm that may take it."""
    waiting = waiting_for_booking(booking.id) if booking.state is BookingState.OFFERED else None
    return preview(wish_of_waiting(waiting), by=me(), at=now()).quote.document() if waiting and me().role in FIRM else None


@bookings.post("/bookings/<number:booking_id>/cancel")
@may(Act.CANCEL_BOOKING)
def cancel(booking_id: int) -> ResponseReturnValue:
    """Step back."""
    cancel_booking(booking_id, reason=typed("reason"), version=posted_version(), by=me(), at=now())
    flash(gettext("Cancelled. The voucher's hold is free again."))
    return _seen(booking_id)


@bookings.post("/bookings/<number:booking_id>/check-in")
@may(Act.CHECK_IN)
def arrive(booking_id: int) -> ResponseReturnValue:
    """Somebody is at the instrument."""
    check_in(booking_id, version=posted_version(), by=me(), at=now())
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
