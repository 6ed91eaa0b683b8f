"""The owner's desk: the inbox, today's run sheet, what was used."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Refused
from equipment_share.domain.timeslots import Slot
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.bookings import booking_seen_by, firm_people_of
from equipment_share.queries.bookings.previews import ListPrice, list_price
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.instruments.instruments import instruments_of
from equipment_share.services.bookings.attendance import check_in, check_out
from equipment_share.services.bookings.decisions import approve_booking, propose_time, reject_booking
from equipment_share.services.bookings.disputes import answer_dispute
from equipment_share.services.bookings.offers import offer_slot
from equipment_share.services.bookings.samples import move_samples
from equipment_share.services.bookings.usage import mark_no_show, record_usage
from equipment_share.web.access import may, me
from equipment_share.web.bookings.bench import board_page, done_here, run_page, turn_part
from equipment_share.web.bookings.forms import OfferForm, TimeForm, UsageForm
from equipment_share.web.bookings.inbox import approve_each, chosen_ids, decided, in_place, inbox_page, still_there, words_of
from equipment_share.web.bookings.options import typed_add_ons
from equipment_share.web.bookings.page import page_of, posted_version
from equipment_share.web.fields import typed
from equipment_share.web.filters import local, slot
from equipment_share.web.instruments.effects import wants_effect
from equipment_share.web.instruments.views import wanted_monday
from equipment_share.wording import refusal_words
from equipment_share.wording.marks import joined, labelled

desk = Blueprint("desk", __name__, url_prefix="/desk")


@desk.get("/")
@may(Act.DECIDE_BOOKING)
def index() -> ResponseReturnValue:
    """Everything that waits for the owner, the one that begins first on top."""
    return inbox_page()


@desk.get("/run")
@may(Act.RECORD_USE)
def run() -> ResponseReturnValue:
    """Today's run sheet, and what is still to be recorded of the days before."""
    return run_page()


@desk.post("/<number:booking_id>/in")
@may(Act.RECORD_USE)
def arrive(booking_id: int) -> ResponseReturnValue:
    """Somebody is at the instrument."""
    return _at_the_bench(booking_id, lambda: check_in(booking_id, version=posted_version(), by=me(), at=now()), gettext("Checked in."))


@desk.post("/<number:booking_id>/out")
@may(Act.RECORD_USE)
def depart(booking_id: int) -> ResponseReturnValue:
    """The instrument is free again."""
    return _at_the_bench(booking_id, lambda: check_out(booking_id, version=posted_version(), by=me(), at=now()), gettext("Checked out."))


def _at_the_bench(booking_id: int, act: Callable[[], Booking], words: str) -> ResponseReturnValue:
    if in_place():
        return done_here(booking_id, act)
    act()
    flash(words)
    return redirect(url_for(".run"), 303)


@desk.get("/board")
@may(Act.RECORD_USE)
def board() -> ResponseReturnValue:
    """A week or a day of all own instruments, with who comes when."""
    return board_page(wanted_monday())


@desk.get("/offer")
@may(Act.OFFER_SLOT)
def new_offer() -> ResponseReturnValue:
    """A slot for a person of a firm."""
    return render_template("bookings/offer.html", form=_among(OfferForm(formdata=None)), price=None)


def _among(form: OfferForm) -> OfferForm:
    return form.of(instruments_of(me().organisation_id), firm_people_of(me().organisation_id))


def _offered(form: OfferForm) -> BookingWish:
    return BookingWish(form.instrument.data, str(form.mode.data), form.start.data, form.end.data, samples=form.samples.data or 0)


def _list_price(form: OfferForm) -> ListPrice | None:
    """What stands in the form by the list; none while it is no time, or nobody's instrument."""
    if not (form.start.data and form.end.data and form.start.data < form.end.data) or form.instrument.data not in dict(
        form.instrument.choices
    ):
        return None
    known = next((row for row in firm_people_of(me().organisation_id) if row.email == form.person()), None)
    return list_price(_offered(form), known, by=me(), at=now())


@desk.post("/offer/price")
@may(Act.OFFER_SLOT)
def offer_price() -> ResponseReturnValue:
    """What the slot in the form costs before any voucher."""
    form = _among(OfferForm())
    return render_template("bookings/_offer_price.html", form=form, price=_list_price(form))


@desk.post("/offer")
@may(Act.OFFER_SLOT)
def make_offer() -> ResponseReturnValue:
    """Offer a slot to a person of a firm, outside the own rules if a reason is given."""
    form = _among(OfferForm())
    if wants_effect():
        return render_template("bookings/offer.html", form=form, price=_list_price(form))
    if form.validate_on_submit():
        try:
            made = offer_slot(_offered(form), form.person(), override=form.override.data or "", by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Offered to %(firm)s. The slot is kept until %(when)s.", firm=made.firm.name, when=local(made.answer_by)))
            return redirect(url_for("bookings.show", booking_id=made.id), 303)
    return render_template("bookings/offer.html", form=form, price=_list_price(form)), 422


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
    booking = act()
    flash(labelled(booking.number, words))
    return redirect(url_for("bookings.show", booking_id=booking_id) if request.form.get("back") == "booking" else url_for(".index"), 303)


@desk.post("/<number:booking_id>/propose")
@may(Act.DECIDE_BOOKING)
def propose(booking_id: int) -> ResponseReturnValue:
    """Propose another time from the inbox; the request stays until the firm has answered."""
    form = TimeForm(prefix="propose")
    if not form.validate_on_submit():
        problems = form.all_errors()
    else:
        try:
            propose_time(booking_id, start=form.start.data, end=form.end.data, override=form.override.data or "", by=me(), at=now())
        except Refused as refusal:
            problems = words_of(refusal)
            form.show(refusal)
        else:
            other = Slot(form.start.data, form.end.data)
            words = gettext(
                "Proposed: %(slot)s. The firm can take it with one click; until then the request waits for the firm.", slot=slot(other)
            )
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
        form.other_errors.append(labelled(joined(wrong), refusal_words("not_an_integer", {})))
    elif form.validate_on_submit():
        lines = [{"code": code, "quantity": quantity} for code, quantity in typed_of.items()]
        start, end, samples = form.start.data, form.end.data, form.samples.data or 0
        note = form.note.data or ""
        try:
            record_usage(booking_id, start=start, end=end, samples=samples, lines=lines or None, note=note, by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            if in_place():
                return turn_part(booking_id)
            flash(gettext("Recorded. The firm is asked to confirm."))
            return redirect(
                url_for("desk.run") if request.form.get("back") == "run" else url_for("bookings.show", booking_id=booking_id), 303
            )
    if in_place():
        return turn_part(booking_id, form.all_errors(), opened=True)
    return page_of(booking_seen_by(booking_id, me()), usage=form), 422


@desk.post("/<number:booking_id>/no-show")
@may(Act.RECORD_USE)
def no_show(booking_id: int) -> ResponseReturnValue:
    """Nobody came."""
    if in_place():
        return done_here(booking_id, lambda: mark_no_show(booking_id, by=me(), at=now()))
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
    return redirect(url_for(".run") if request.form.get("back") == "run" else url_for("bookings.show", booking_id=booking_id), 303)
