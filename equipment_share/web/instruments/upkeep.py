"""An owner's upkeep: faults, days off for everything, and the rules that all instruments inherit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.errors import Refused
from equipment_share.queries.instruments.instruments import instruments_of
from equipment_share.queries.instruments.upkeep import closures_of, maintenance_coming, open_faults
from equipment_share.services.instruments.closing import BookingsAffected, close_days, close_fault, open_days, open_outage
from equipment_share.services.instruments.defaults import set_owner_rules
from equipment_share.web.access import may, me
from equipment_share.web.fields import show_usual
from equipment_share.web.instruments.effects import hit_by
from equipment_share.web.instruments.forms import DaysOffForm, DefaultsForm, OutageForm

upkeep = Blueprint("upkeep", __name__, url_prefix="/desk/upkeep")


@upkeep.get("/")
@may(Act.PLAN_MAINTENANCE)
def index() -> ResponseReturnValue:
    """Faults, planned maintenance, days off, defaults; with an instrument chosen, the way to its own closed times."""
    chosen = request.args.get("instrument", "")
    if chosen.isascii() and chosen.isdecimal() and len(chosen) < 10:
        return redirect(url_for("owner.show", instrument_id=int(chosen), _anchor="closure"), 303)
    return _page()


def _page(refusal: Refused | None = None, fault_id: int = 0, **forms: Any) -> str:
    outage = forms.get("outage") or OutageForm(formdata=None)
    outage.fault_id = fault_id
    defaults = forms.get("defaults") or DefaultsForm(formdata=None, data=me().organisation.rules)
    show_usual(defaults, defaults.names(), Rules.parse({}))
    return render_template(
        "instruments/upkeep.html", faults=open_faults(me().organisation_id), closures=closures_of(me().organisation_id, at=now()), hit=hit_by(refusal),
        planned=maintenance_coming(me().organisation_id, after=now()), instruments=instruments_of(me().organisation_id),
        outage=outage, days=forms.get("days") or DaysOffForm(formdata=None), defaults=defaults,
    )  # fmt: skip


def _back(words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for(".index"), 303)


@upkeep.post("/days")
@may(Act.EDIT_INSTRUMENT)
def close() -> ResponseReturnValue:
    """Close everything for some days."""
    form, refused = DaysOffForm(), None
    if form.validate_on_submit():
        first, last = form.first_on.data, form.last_on.data
        try:
            close_days(first, last, reason=form.reason.data or "", cancel_bookings=bool(form.cancel_bookings.data), by=me(), at=now())
            return _back(gettext("Closed on these days."))
        except Refused as refusal:
            refused = refusal
            form.show(refusal)
    return _page(refused, days=form), 409 if isinstance(refused, BookingsAffected) else 422


@upkeep.post("/days/<number:closure_id>/open")
@may(Act.EDIT_INSTRUMENT)
def open_again(closure_id: int) -> ResponseReturnValue:
    """Call days off off."""
    open_days(closure_id, by=me(), at=now())
    return _back(gettext("Open again."))


@upkeep.post("/defaults")
@may(Act.EDIT_INSTRUMENT)
def save_defaults() -> ResponseReturnValue:
    """What all instruments inherit."""
    form = DefaultsForm()
    if form.validate_on_submit():
        try:
            set_owner_rules({**me().organisation.rules, **dict.fromkeys(form.names()), **form.rules()}, by=me(), at=now())
            count = len(instruments_of(me().organisation_id))
            return _back(
                gettext(
                    "Saved. Your %(count)s instruments follow it where they say nothing else; bookings that are there stay.", count=count
                )
            )
        except Refused as refusal:
            form.show(refusal)
    return _page(defaults=form), 422


@upkeep.post("/faults/<number:fault_id>/outage")
@may(Act.PLAN_MAINTENANCE)
def take_out(fault_id: int) -> ResponseReturnValue:
    """Take an instrument out of use because of a fault."""
    form, refused = OutageForm(), None
    if form.validate_on_submit():
        try:
            open_outage(fault_id, until=form.until.data, cancel_bookings=bool(form.cancel_bookings.data), by=me(), at=now())
            return _back(gettext("Out of use. Everybody who had booked has been told."))
        except Refused as refusal:
            refused = refusal
            form.show(refusal)
    return _page(refused, fault_id, outage=form), 409 if isinstance(refused, BookingsAffected) else 422


@upkeep.post("/faults/<number:fault_id>/mended")
@may(Act.PLAN_MAINTENANCE)
def mended(fault_id: int) -> ResponseReturnValue:
    """It works again."""
    was_out = close_fault(fault_id, by=me(), at=now()).maintenance_id is not None
    return _back(
        gettext("It works again; the rest of its closed time is free.") if was_out else gettext("It works again. Nothing was closed.")
    )
