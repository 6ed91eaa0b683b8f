"""The owner's instruments: list, write, price, close, open again; and the bureau's hand on the pool."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from equipment_share.adapters.clock import now
from equipment_share.adapters.qr import qr_svg
from equipment_share.domain.access import Act
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.errors import Invalid, Refused
from equipment_share.domain.money import ZERO
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.pricing import ANYBODY, Mode, PriceItem, PriceUnit
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument, Listing
from equipment_share.queries.instruments.effects import lacks_of, own_instruments
from equipment_share.queries.instruments.instruments import (
    classes,
    instruments_of,
    maintenance_of,
    own_instrument,
    photos_of,
    price_lists,
)
from equipment_share.queries.instruments.prices import items_of, lists_in_force, terms_of
from equipment_share.services.bookings.evidence import HandedIn
from equipment_share.services.instruments.closing import BookingsAffected, close_for_maintenance, end_maintenance
from equipment_share.services.instruments.listing import change_instrument, list_instrument, set_listing, set_prices
from equipment_share.services.instruments.photos import add_manual, add_photo, remove_photo
from equipment_share.web.access import may, me
from equipment_share.web.classes import classes_known
from equipment_share.web.fields import show_usual, typed
from equipment_share.web.instruments.effects import days_of, hit_by, touched_by, wants_effect
from equipment_share.web.instruments.forms import (
    LINES,
    NUMBERS,
    PARAGRAPHS,
    InstrumentForm,
    MaintenanceForm,
    PhotoForm,
    PriceForm,
    approval_fields,
    question_rows,
)
from equipment_share.web.instruments.lines import horizons_text, hours_text, place_in_rows, quotas_text
from equipment_share.web.instruments.week import WORKDAYS, week_and_rest
from equipment_share.web.naming import bilingual
from equipment_share.wording import refusal_words

owner = Blueprint("owner", __name__, url_prefix="/desk/instruments")


@owner.get("/")
@may(Act.OWN_INSTRUMENTS)
def index() -> ResponseReturnValue:
    """All of one's own instruments."""
    rows, only = own_instruments(me()), request.args.get("missing") == "1"
    lacking = [row for row in rows if row.missing]
    return render_template("instruments/own.html", rows=lacking if only else rows, count=len(rows), lacking=len(lacking), only=only)


@owner.get("/new")
@may(Act.EDIT_INSTRUMENT)
def new() -> ResponseReturnValue:
    """An empty form with the defaults of the house."""
    return _form_page(_form(None), None)


def _form(found: Instrument | None) -> InstrumentForm:
    own = found.rules if found else {}
    rules = Rules.parse({**me().organisation.rules, **own})
    data: dict[str, Any] = {name: own.get(name) for name in NUMBERS}  # an empty field inherits
    data |= {name: getattr(rules, name) for name in ("authorisation_required", "pending", "charge_basis")} | approval_fields(rules)
    data["horizons"] = horizons_text(rules.class_horizon_days)
    data["quotas"] = quotas_text(rules.quotas, str(get_locale()))
    if found is None:
        data |= {"takes_vouchers": True, "keeps_holidays": True, "week": WORKDAYS, "modes": ["guided"]}
    else:
        data |= {
            name: getattr(found, name)
            for name in (*LINES, *PARAGRAPHS, "run_status", "modes", "takes_vouchers", "keeps_holidays", "linked")
        }
        data["week"], special = week_and_rest(found.hours)
        data["hours"] = hours_text(special)
    form = InstrumentForm(data=data)
    show_usual(form, NUMBERS, rules)
    form.class_code.choices = [("", "—"), *((row.code, f"{row.code} {bilingual(row)}") for row in classes())]
    others = [row for row in instruments_of(me().organisation_id) if found is None or row.id != found.id]
    form.auto_classes.choices = classes_known(*(form.auto_classes.data or []))
    form.linked.choices = [(row.id, f"{row.inner_code} {bilingual(row)}") for row in others]
    return form


def _form_page(form: InstrumentForm, found: Instrument | None) -> str:
    return render_template(
        "instruments/form.html", form=form, instrument=found, days=days_of(form, found), rule_names=(*NUMBERS, "quotas", "horizons")
    )


@owner.post("/new")
@may(Act.EDIT_INSTRUMENT)
def create() -> ResponseReturnValue:
    """Put an instrument into the pool."""
    form = _form(None)
    if wants_effect():
        return _form_page(form, None)
    if form.validate_on_submit():
        try:
            made = list_instrument(form.fields(), by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Listed. What firms still miss stands below; without a price nobody can book it."))
            return redirect(url_for("owner.show", instrument_id=made.id))
    return _form_page(form, None), 422


@owner.get("/<number:instrument_id>")
@may(Act.OWN_INSTRUMENTS)
def show(instrument_id: int) -> ResponseReturnValue:
    """Prices and closures of one instrument."""
    found = own_instrument(instrument_id, me())
    return _page(found, PriceForm.of(found.modes), MaintenanceForm(prefix="closed"), [])


def _page(found: Instrument, price: PriceForm, closure: MaintenanceForm, hit: list[Booking], picture: PhotoForm | None = None) -> str:
    photos = photos_of(found.id)
    return render_template(
        "instruments/manage.html", instrument=found, lacks=lacks_of(found, is_pictured=bool(photos)),
        lists=[(row, items_of(row)) for row in price_lists(found.id)],
        closures=maintenance_of(found.id, after=now()), price=price,
        closure=closure, hit=hit, touched=touched_by(closure, found), photos=photos, picture=picture or PhotoForm(prefix="photo"),
    )  # fmt: skip


@owner.post("/<number:instrument_id>/photos")
@may(Act.EDIT_INSTRUMENT)
def add_picture(instrument_id: int) -> ResponseReturnValue:
    """Show one more picture of an instrument."""
    found = own_instrument(instrument_id, me())
    form = PhotoForm(prefix="photo")
    if form.validate_on_submit():
        upload = form.file.data
        try:
            file = HandedIn(upload.filename or "", upload.read())
            add = add_manual if file.content.startswith(b"%PDF-") else add_photo
            add(found.id, file, caption=form.caption.data or "", by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("The file is shown on the page of the instrument."))
            return redirect(url_for("owner.show", instrument_id=instrument_id))
    found = own_instrument(instrument_id, me())
    return _page(found, PriceForm.of(found.modes), MaintenanceForm(prefix="closed"), [], form), 422


@owner.post("/<number:instrument_id>/photos/<number:photo_id>/remove")
@may(Act.EDIT_INSTRUMENT)
def remove_picture(instrument_id: int, photo_id: int) -> ResponseReturnValue:
    """Take a picture away."""
    remove_photo(instrument_id, photo_id, by=me(), at=now())
    flash(gettext("It is gone."))
    return redirect(url_for("owner.show", instrument_id=instrument_id))


@owner.get("/<number:instrument_id>/edit")
@may(Act.EDIT_INSTRUMENT)
def edit(instrument_id: int) -> ResponseReturnValue:
    """What is written about an instrument."""
    found = own_instrument(instrument_id, me())
    return _form_page(_form(found), found)


@owner.post("/<number:instrument_id>/edit")
@may(Act.EDIT_INSTRUMENT)
def save(instrument_id: int) -> ResponseReturnValue:
    """Change what is written about an instrument."""
    found = own_instrument(instrument_id, me())
    form = _form(found)
    if wants_effect():
        return _form_page(form, found)
    if form.validate_on_submit():
        version = request.form.get("version", "")
        try:
            change_instrument(found.id, form.fields(), version=int(version) if version.isdecimal() else None, by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Saved."))
            return redirect(url_for("owner.show", instrument_id=instrument_id))
    return _form_page(form, found), 422


@owner.post("/<number:instrument_id>/prices")
@may(Act.SET_PRICES)
def new_price(instrument_id: int) -> ResponseReturnValue:
    """Publish the price of one mode; the others, the add-ons and the terms stay as they are."""
    found = own_instrument(instrument_id, me())
    form = PriceForm.of(found.modes)
    if form.validate_on_submit():
        first = form.valid_from.data or bureau_day(now())
        item = PriceItem(
            Mode(form.mode.data), PriceUnit(form.unit.data), form.unit_price.data, form.setup_fee.data or ZERO, form.min_fee.data or ZERO
        )
        listed = lists_in_force(found.id, [ANYBODY], first).get(ANYBODY)
        others = [row for row in items_of(listed) if row.mode is not item.mode or row.is_add_on]
        try:
            set_prices(found.id, [*others, item], valid_from=first, terms=terms_of(listed), by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Prices published. Bookings that are there keep theirs."))
            return redirect(url_for("owner.show", instrument_id=instrument_id))
    return _page(found, form, MaintenanceForm(formdata=None, prefix="closed"), []), 422


@owner.post("/<number:instrument_id>/maintenance")
@may(Act.PLAN_MAINTENANCE)
def close(instrument_id: int) -> ResponseReturnValue:
    """Close an instrument for a while; affected bookings are shown before anything happens."""
    found = own_instrument(instrument_id, me())
    form, hit = MaintenanceForm(prefix="closed"), list[Booking]()
    if wants_effect():
        return _page(found, PriceForm.of(found.modes, empty=True), form, [])
    if form.validate_on_submit():
        try:
            close_for_maintenance(
                found.id, start=form.start.data, end=form.end.data, reason=form.reason.data or "", rrule=form.rule(),
                cancel_bookings=bool(form.cancel_bookings.data), by=me(), at=now(),
            )  # fmt: skip
        except BookingsAffected as refusal:
            hit = hit_by(refusal)
            form.show(refusal)
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Closed for that time."))
            return redirect(url_for("owner.show", instrument_id=instrument_id))
    return _page(found, PriceForm.of(found.modes, empty=True), form, hit), 409 if hit else 422


@owner.post("/<number:instrument_id>/maintenance/<number:maintenance_id>/end")
@may(Act.PLAN_MAINTENANCE)
def reopen(instrument_id: int, maintenance_id: int) -> ResponseReturnValue:
    """Call a closure off."""
    end_maintenance(instrument_id, maintenance_id, following=request.form.get("following") == "1", by=me(), at=now())
    flash(gettext("Open again."))
    return redirect(url_for("owner.show", instrument_id=instrument_id))


@owner.get("/<number:instrument_id>/questions")
@may(Act.EDIT_INSTRUMENT)
def questions(instrument_id: int) -> ResponseReturnValue:
    """What firms are asked about their samples."""
    found = own_instrument(instrument_id, me())
    return render_template("instruments/questions.html", instrument=found, rows=found.questions, problems=())


@owner.post("/<number:instrument_id>/questions")
@may(Act.EDIT_INSTRUMENT)
def ask(instrument_id: int) -> ResponseReturnValue:
    """Change what firms are asked."""
    found = own_instrument(instrument_id, me())
    rows = question_rows()
    try:
        change_instrument(found.id, {"questions": rows}, by=me(), at=now())
    except Refused as refusal:
        problems = (
            [f"{place_in_rows(p.field)}{refusal_words(p.code, p.facts)}" for p in refusal.problems] if isinstance(refusal, Invalid) else []
        )
        return render_template("instruments/questions.html", instrument=found, rows=rows, problems=problems), 422
    flash(gettext("Saved."))
    return redirect(url_for("owner.show", instrument_id=instrument_id))


@owner.get("/<number:instrument_id>/poster")
@may(Act.OWN_INSTRUMENTS)
def poster(instrument_id: int) -> ResponseReturnValue:
    """A sheet to hang beside the instrument: its QR code leads to check-in."""
    found = own_instrument(instrument_id, me())
    target = str(current_app.config["BASE_URL"]).rstrip("/") + url_for("kiosk.show", instrument_id=found.id)
    return render_template("instruments/poster.html", instrument=found, target=target, code=qr_svg(target))


@owner.post("/<number:instrument_id>/listing")
@may(Act.ADMIT_INSTRUMENT)
def listing(instrument_id: int) -> ResponseReturnValue:
    """The bureau admits or withdraws an instrument."""
    wanted = Listing.OPEN if request.form.get("listing") == "open" else Listing.WITHDRAWN
    set_listing(instrument_id, wanted, reason=typed("reason"), by=me(), at=now())
    flash(gettext("Done."))
    return redirect(url_for("instruments.show", instrument_id=instrument_id))
