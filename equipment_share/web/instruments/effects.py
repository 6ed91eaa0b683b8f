"""What a change would do, beside its form: as part of a page while somebody types, and by a button without script."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Invalid, Refused
from equipment_share.domain.timeslots import Hours, Slot
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.queries.bookings.bookings import booking_seen_by
from equipment_share.queries.instruments.effects import Day, closure_effect, hours_effect
from equipment_share.queries.instruments.instruments import own_instrument
from equipment_share.services.instruments.closing import BookingsAffected
from equipment_share.web.access import may, me
from equipment_share.web.instruments.forms import InstrumentForm, MaintenanceForm
from equipment_share.web.instruments.lines import bad_hours

effects = Blueprint("effects", __name__, url_prefix="/desk/instruments")


def wants_effect() -> bool:
    """Whether the button says that nothing is to be saved yet."""
    return request.form.get("do") == "show"


def days_of(form: InstrumentForm, found: Instrument | None) -> list[Day]:
    """The coming week by the hours that stand in a form; none while a line or a box cannot be read."""
    if bad_hours(form.hours.data or "") or not form.week.validate(form):
        return []
    try:
        rows = [Hours(int(str(row["weekday"])), _minute(row["from"]), _minute(row["to"])) for row in form.opening() if "mode" not in row]
        return hours_effect(found, rows, keeps_holidays=bool(form.keeps_holidays.data), owner_id=me().organisation_id, at=now())
    except (Invalid, ValueError):
        return []


def _minute(clock: object) -> int:
    hour, minute = str(clock).split(":")
    return int(hour) * 60 + int(minute)


def touched_by(form: MaintenanceForm, found: Instrument) -> list[Booking] | None:
    """The bookings that the typed time would touch; none at all while it is no time yet."""
    start, end = form.start.data, form.end.data
    if not (isinstance(start, datetime) and isinstance(end, datetime)):
        return None
    try:
        return closure_effect(found, Slot(start, end), form.rule()) if start < end else []
    except Invalid:
        return []


def hit_by(refusal: Refused | None) -> list[Booking]:
    """The bookings for which a closure was refused."""
    rows = refusal.facts["bookings"] if isinstance(refusal, BookingsAffected) else []
    return [booking_seen_by(int(row["id"]), me()) for row in rows]  # type: ignore[attr-defined]


@effects.post("/<number:instrument_id>/hours-effect")
@may(Act.EDIT_INSTRUMENT)
def hours(instrument_id: int) -> ResponseReturnValue:
    """The coming week by the typed hours."""
    found = own_instrument(instrument_id, me())
    form = InstrumentForm()
    return render_template("instruments/_hours_effect.html", days=days_of(form, found), form=form)


@effects.post("/<number:instrument_id>/closure-effect")
@may(Act.PLAN_MAINTENANCE)
def closure(instrument_id: int) -> ResponseReturnValue:
    """The bookings that the typed time would touch."""
    found = own_instrument(instrument_id, me())
    return render_template("instruments/_closure_effect.html", touched=touched_by(MaintenanceForm(prefix="closed"), found))
