"""Time in a wider sense: changes and proposals, what is offered, waiting lists, series and baskets."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.bookings.options import NO_OPTIONS
from equipment_share.domain.errors import Invalid, NotFound, Refused
from equipment_share.domain.limits import BOOKINGS
from equipment_share.queries.bookings.bookings import booking_seen_by
from equipment_share.queries.bookings.previews import preview
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.bookings.waiting import offers_end, waiting_of
from equipment_share.queries.feeds import links_of
from equipment_share.queries.instruments.instruments import instrument_seen_by
from equipment_share.services.bookings.baskets import MOST, request_basket
from equipment_share.services.bookings.changes import accept_proposal, change_booking
from equipment_share.services.bookings.decisions import propose_time
from equipment_share.services.bookings.offers import accept_offer, decline_offer, leave_line, wait_for_slot
from equipment_share.services.people.calendar_links import end_calendar_link, make_calendar_link
from equipment_share.web.access import may, me, slow_down
from equipment_share.web.bookings.answers import sent_form
from equipment_share.web.bookings.asking import wish_page
from equipment_share.web.bookings.forms import BookingForm, TimeForm
from equipment_share.web.bookings.page import asked_words, page_of, posted_version
from equipment_share.web.once import form_key, once

planning = Blueprint("planning", __name__)
KEPT = "basket"
"""Where a basket lies between two pages: in the person's own signed session."""


def _shown(booking_id: int) -> ResponseReturnValue:
    return redirect(url_for("bookings.show", booking_id=booking_id), 303)


@planning.post("/bookings/<number:booking_id>/change")
@may(Act.CHANGE_BOOKING)
def change(booking_id: int) -> ResponseReturnValue:
    """Ask for another time."""
    form = TimeForm(prefix="change")
    if form.validate_on_submit():
        try:
            made = change_booking(booking_id, start=form.start.data, end=form.end.data, version=posted_version(), by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            kept = made.state.value == "approved"
            flash(
                gettext("Changed; the approval stays.")
                if kept
                else gettext("The keeper has been asked. Until the answer the old time stays yours.")
            )
            return _shown(made.id)
    return page_of(booking_seen_by(booking_id, me()), change=form), 422


@planning.post("/bookings/<number:booking_id>/propose")
@may(Act.DECIDE_BOOKING)
def propose(booking_id: int) -> ResponseReturnValue:
    """Propose another time to the firm."""
    form = TimeForm(prefix="propose")
    if form.validate_on_submit():
        try:
            start, end, why = form.start.data, form.end.data, form.override.data or ""
            propose_time(booking_id, start=start, end=end, override=why, version=posted_version(), by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Proposed. The firm can take it with one click."))
            return _shown(booking_id)
    return page_of(booking_seen_by(booking_id, me()), propose=form), 422


@planning.post("/bookings/<number:booking_id>/accept-proposal")
@may(Act.CHANGE_BOOKING)
def take_proposal(booking_id: int) -> ResponseReturnValue:
    """Take the time that the owner proposed."""
    made = accept_proposal(booking_id, version=posted_version(), by=me(), at=now())
    flash(gettext("Taken and approved."))
    return _shown(made.id)


@planning.post("/bookings/<number:booking_id>/accept-offer")
@may(Act.WAIT_FOR_SLOT)
def take_offer(booking_id: int) -> ResponseReturnValue:
    """Take what the waiting list offers, with what goes beside the time."""
    booking = booking_seen_by(booking_id, me())
    form = sent_form(booking.instrument)
    if not form.wrong and form.refused is None:
        try:
            made = accept_offer(booking_id, options=form.ordered, answers=form.answers(), version=posted_version(), by=me(), at=now())
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(asked_words(made))
            return _shown(booking_id)
    return page_of(booking_seen_by(booking_id, me()), offered=form), 422


@planning.post("/bookings/<number:booking_id>/decline-offer")
@may(Act.WAIT_FOR_SLOT)
def leave_offer(booking_id: int) -> ResponseReturnValue:
    """Leave what the waiting list offers."""
    decline_offer(booking_id, version=posted_version(), by=me(), at=now())
    flash(gettext("Left to the next in line."))
    return redirect(url_for(".waiting"), 303)


@planning.get("/waiting")
@may(Act.WAIT_FOR_SLOT)
def waiting() -> ResponseReturnValue:
    """One's places in line."""
    rows = waiting_of(me())
    return render_template("bookings/waiting.html", rows=rows, ends=offers_end(rows))


@planning.post("/instruments/<number:instrument_id>/wait")
@may(Act.WAIT_FOR_SLOT)
def wait(instrument_id: int) -> ResponseReturnValue:
    """Stand in line for a taken slot."""
    instrument = instrument_seen_by(instrument_id, me())
    form = sent_form(instrument)
    if form.validate():
        try:
            wait_for_slot(form.time_alone(instrument.id), by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("You are in line. You will be told as soon as the time is free."))
            if form.ordered != NO_OPTIONS or form.by_quotation is not None:
                flash(gettext("The line is for the time: what goes beside it you choose when you take the offer, at that day's prices."))
            return redirect(url_for(".waiting"), 303)
        return wish_page(instrument, form, preview(form.wish(instrument.id), by=me(), at=now())), 422
    return wish_page(instrument, form), 422


@planning.post("/waiting/<number:waiting_id>/leave")
@may(Act.WAIT_FOR_SLOT)
def leave(waiting_id: int) -> ResponseReturnValue:
    """Leave the line."""
    leave_line(waiting_id, by=me(), at=now())
    flash(gettext("You are no longer in line."))
    return redirect(url_for(".waiting"), 303)


@planning.get("/basket")
@may(Act.REQUEST_BOOKING)
def basket() -> ResponseReturnValue:
    """What is to be asked for together, each with its price."""
    return _basket_page(None)


def _basket_page(refusal: Refused | None) -> str:
    rows, total = [], 0
    for kept in session.get(KEPT, []):
        try:
            instrument = instrument_seen_by(int(kept["instrument"]), me())
        except NotFound:
            continue
        wish = BookingForm.kept(kept)
        quoted = preview(wish, by=me(), at=now())
        total += quoted.quote.net.fen
        rows.append({"instrument": instrument, "wish": wish, "quote": quoted.quote.document(), "problems": quoted.problems})
    return render_template("bookings/basket.html", rows=rows, total=total, refusal=refusal, key=form_key())


@planning.post("/instruments/<number:instrument_id>/basket")
@may(Act.REQUEST_BOOKING)
def put(instrument_id: int) -> ResponseReturnValue:
    """Put a wish into the basket."""
    instrument = instrument_seen_by(instrument_id, me())
    form = sent_form(instrument)
    if not form.validate():
        return wish_page(instrument, form), 422
    session[KEPT] = [*session.get(KEPT, []), form.keep(instrument.id)][-MOST:]
    return redirect(url_for(".basket"), 303)


@planning.post("/basket/remove")
@may(Act.REQUEST_BOOKING)
def remove() -> ResponseReturnValue:
    """Take a wish out of the basket."""
    text = request.form.get("row", "")
    rows = session.get(KEPT, [])
    session[KEPT] = [row for index, row in enumerate(rows) if str(index) != text]
    return redirect(url_for(".basket"), 303)


@planning.post("/basket")
@may(Act.REQUEST_BOOKING)
def send() -> ResponseReturnValue:
    """Ask for everything in the basket, all or none."""
    slow_down(BOOKINGS)
    wishes = [BookingForm.kept(kept) for kept in session.get(KEPT, [])]
    try:
        answer = once(lambda: _basket_asked(wishes))
    except Refused as refusal:
        return _basket_page(refusal), 422
    session.pop(KEPT, None)
    return answer


def _basket_asked(wishes: Sequence[BookingWish]) -> str:
    """Ask for all of it, and say of each what came of it; where they all are."""
    for made in request_basket(wishes, by=me(), at=now()):
        flash(f"{made.number} · {asked_words(made)}")
    return url_for("bookings.index", show="coming")


@planning.get("/calendar-links")
@may(Act.KEEP_FEED)
def links() -> ResponseReturnValue:
    """One's links for a calendar program."""
    return render_template("bookings/links.html", rows=links_of(me()), address="")


@planning.post("/calendar-links")
@may(Act.KEEP_FEED)
def link() -> ResponseReturnValue:
    """Make a link; its address is shown this once."""
    _, secret = make_calendar_link(by=me(), at=now())
    address = str(current_app.config["BASE_URL"]).rstrip("/") + f"/api/v1/calendar/{secret}.ics"
    return render_template("bookings/links.html", rows=links_of(me()), address=address)


@planning.post("/calendar-links/<number:link_id>/end")
@may(Act.KEEP_FEED)
def unlink(link_id: int) -> ResponseReturnValue:
    """End a link at once."""
    end_calendar_link(link_id, by=me(), at=now())
    flash(gettext("The link no longer works."))
    return redirect(url_for(".links"), 303)
