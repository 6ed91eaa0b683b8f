"""Shapes of what an owner types about instruments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, IntegerField, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import NumberRange, Optional

from equipment_share.adapters.clock import now
from equipment_share.adapters.tokens import short_code
from equipment_share.domain.bookings.rules import Rules, divides_the_day
from equipment_share.domain.instruments import CHOICES, TEXTS
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.pricing import Mode, PriceUnit
from equipment_share.domain.texts import clean_text, has_hidden
from equipment_share.queries.instruments.effects import MOST_WINDOWS
from equipment_share.web.fields import FenField, InstantField, Line, PageForm, PercentField, Text, YuanField, most, required
from equipment_share.web.instruments.lines import bad_horizons, bad_hours, horizon_rows, hours_rows, is_quota, quota_rows
from equipment_share.web.instruments.week import WeekField
from equipment_share.web.repeats import EVERY, repeated

LINES = (
    "inner_code", "name_zh", "name_en", "class_code", "manufacturer", "model", "serial_no", "origin_country", "location", "contact_name",
    "contact_phone", "contact_email",
)  # fmt: skip
PARAGRAPHS = ("tech_spec", "functions", "services", "open_rule")
NUMBERS = ("grid_minutes", "min_minutes", "max_minutes", "lead_minutes", "horizon_days", "cancel_cutoff_minutes", "cancel_fee_bp",
           "grace_minutes", "buffer_before_minutes", "buffer_after_minutes", "units", "confirm_days", "offer_minutes", "gap_minutes",
           "strikes", "strike_days", "ban_days", "training_idle_days", "no_show_fee_fen")  # fmt: skip


_WINDOW = _l("Write weekdays as numbers, Monday is 1, and times with a hyphen: 1-5 09:00-17:00")
_QUOTA = _l("Write who, how often and how much: firm week 600 min, or user day 2 times")
_HORIZON = _l("Write a class of firms and a number of days: Technology SME 180")


def _readable(unread: Sequence[str], form: LazyString) -> None:
    """Refuse lines that say nothing, with the form that can be read."""
    if unread:
        raise ValidationError(gettext("“%(line)s” cannot be read. %(form)s", line=unread[0], form=form))


def _range() -> Any:
    return [Optional(), NumberRange(0, 10**9)]


class CommonRules(PageForm):
    """The rules that an owner may say for all instruments, and each instrument for itself; an empty field says nothing."""

    grid_minutes = IntegerField("grid_minutes", _range())

    def validate_grid_minutes(self, field: IntegerField) -> None:
        """A step after which a day begins anew where the last one began."""
        if field.data and not divides_the_day(field.data):
            raise ValidationError(gettext("A step must divide the day, for instance 5, 10, 15, 30, 60 or 120 minutes."))

    min_minutes = IntegerField("min_minutes", _range())
    max_minutes = IntegerField("max_minutes", _range())
    lead_minutes = IntegerField("lead_minutes", _range())
    horizon_days = IntegerField("horizon_days", _range())
    cancel_cutoff_minutes = IntegerField("cancel_cutoff_minutes", _range())
    cancel_fee_bp = PercentField("cancel_fee_bp")
    grace_minutes = IntegerField("grace_minutes", _range())
    confirm_days = IntegerField("confirm_days", _range())
    strikes = IntegerField("strikes", _range())
    ban_days = IntegerField("ban_days", _range())


class InstrumentForm(CommonRules):
    """The fields of an instrument, its rules and its hours."""

    inner_code = Line("inner_code", [required, most(TEXTS["inner_code"])])
    name_zh = Line("name_zh", [most(100)])
    name_en = Line("name_en", [most(100)])
    class_code = SelectField("class_code", validate_choice=False)
    manufacturer = Line("manufacturer", [most(100)])
    model = Line("model", [most(100)])
    serial_no = Line("serial_no", [most(100)])
    origin_country = Line("origin_country", [most(60)])
    location = Line("location", [most(150)])
    contact_name = Line("contact_name", [most(20)])
    contact_phone = Line("contact_phone", [most(40)])
    contact_email = Line("contact_email", [most(254)])
    tech_spec = Text("tech_spec", [most(500)])
    functions = Text("functions", [most(300)])
    services = Text("services", [most(200)])
    open_rule = Text("open_rule", [most(500)])
    run_status = SelectField("run_status", choices=list(CHOICES["run_status"]))
    modes = SelectMultipleField("modes", choices=[mode.value for mode in Mode])
    takes_vouchers = BooleanField("takes_vouchers")
    keeps_holidays = BooleanField("keeps_holidays")
    week = WeekField("week")
    hours = Text("hours", [most(500)])
    buffer_before_minutes = IntegerField("buffer_before_minutes", _range())
    buffer_after_minutes = IntegerField("buffer_after_minutes", _range())
    units = IntegerField("units", _range())
    offer_minutes = IntegerField("offer_minutes", _range())
    gap_minutes = IntegerField("gap_minutes", _range())
    strike_days = IntegerField("strike_days", _range())
    training_idle_days = IntegerField("training_idle_days", _range())
    no_show_fee_fen = FenField("no_show_fee_fen")
    charge_basis = SelectField("charge_basis", choices=["used", "reserved", "reserved_plus_overrun"])
    auto_approve = BooleanField("auto_approve")
    auto_minutes = IntegerField("auto_minutes", _range())
    auto_trained = BooleanField("auto_trained")
    auto_classes = SelectMultipleField("auto_classes", validate_choice=False)
    auto_from = Line("auto_from", [most(5)])
    auto_to = Line("auto_to", [most(5)])
    authorisation_required = BooleanField("authorisation_required")
    pending = SelectField("pending", choices=["first_come", "owner_chooses"])
    linked = SelectMultipleField("linked", coerce=int)
    horizons = Text("horizons", [most(900)])
    quotas = Text("quotas", [most(500)])

    def validate_quotas(self, field: Text) -> None:
        """`firm week 600 min` or `企业 每周 600 分钟`, one quota a line."""
        _readable([row for row in (field.data or "").splitlines() if row.strip() and not is_quota(row)], _QUOTA)

    def validate_horizons(self, field: Text) -> None:
        """`tech_sme 180`, one class a line."""
        _readable(bad_horizons(field.data or ""), _HORIZON)

    def validate_hours(self, field: Text) -> None:
        """`1-5 08:00-18:00`, one window a line."""
        _readable(bad_hours(field.data or ""), _WINDOW)

    def unread_hours(self) -> str:
        """Why the special lines cannot be read; nothing when they can."""
        unread = bad_hours(self.hours.data or "")
        return gettext("“%(line)s” cannot be read. %(form)s", line=unread[0], form=_WINDOW) if unread else ""

    def opening(self) -> list[dict[str, object]]:
        """The weekdays and the special lines together."""
        return [*self.week.rows(), *hours_rows(self.hours.data or "")]

    def approval(self) -> object:
        """`rules.auto_approve`: off, on, or the conditions that were given."""
        given = {
            "max_minutes": self.auto_minutes.data, "trained": bool(self.auto_trained.data), "user_classes": self.auto_classes.data or [],
            "from": self.auto_from.data or None, "to": self.auto_to.data or None,
        }  # fmt: skip
        return given if self.auto_approve.data and any(given.values()) else bool(self.auto_approve.data)

    def fields(self) -> dict[str, Any]:
        """The values as the use case takes them."""
        given: dict[str, Any] = {name: getattr(self, name).data or "" for name in (*LINES, *PARAGRAPHS)}
        given["class_code"] = self.class_code.data or None
        rules = {name: getattr(self, name).data for name in NUMBERS}
        return {
            **given, "run_status": self.run_status.data, "modes": self.modes.data or [], "takes_vouchers": bool(self.takes_vouchers.data),
            "keeps_holidays": bool(self.keeps_holidays.data), "hours": self.opening(),
            "linked": self.linked.data or [],
            "rules": {**rules, "auto_approve": self.approval(), "charge_basis": self.charge_basis.data,
                      "authorisation_required": bool(self.authorisation_required.data),
                      "pending": self.pending.data, "quotas": quota_rows(self.quotas.data or ""), "class_horizon_days": horizon_rows(self.horizons.data or "")},
        }  # fmt: skip


def approval_fields(rules: Rules) -> dict[str, Any]:
    """`rules.auto_approve` as the fields of the form."""
    found = rules.auto_approve
    if isinstance(found, bool):
        return {"auto_approve": found}
    told = found.document()
    return {
        "auto_approve": True, "auto_minutes": found.max_minutes, "auto_trained": found.trained, "auto_classes": list(found.user_classes),
        "auto_from": told["from"], "auto_to": told["to"],
    }  # fmt: skip


def question_rows() -> list[dict[str, object]]:
    """The rows of the little form builder; a row without a label is left out, its key made from its place when it has none."""
    columns = {
        name: [clean_text(text)[:600] for text in request.form.getlist(name)[:40]] for name in ("key", "label", "label_en", "kind", "more")
    }
    must = set(request.form.getlist("required"))
    rows: list[dict[str, object]] = []
    for index, label in enumerate(columns["label"]):
        if label and not has_hidden(label):
            kind = columns["kind"][index] if index < len(columns["kind"]) else "text"
            more = columns["more"][index] if index < len(columns["more"]) else ""
            key = (
                columns["key"][index] if index < len(columns["key"]) and columns["key"][index] else f"q{index + 1}_{short_code(4).lower()}"
            )
            choices = [part.strip() for part in re.split("[,，、]", more) if part.strip()] if kind == "choice" else []
            unit = more if kind == "number" else ""
            row = {"key": key, "label": label, "kind": kind, "unit": unit, "required": str(index) in must, "choices": choices}
            rows.append({**row, "label_en": english} if (english := "".join(columns["label_en"][index : index + 1])) else row)
    return rows


class DatedForm(PageForm):
    """From when a price list holds; a day that has passed is asked about once."""

    valid_from = DateField("valid_from", [Optional()])
    from_past = BooleanField("from_past")

    def validate_valid_from(self, field: DateField) -> None:
        """A day in the past only when that is meant."""
        if field.data and field.data < bureau_day(now()) and not self.from_past.data:
            raise ValidationError(
                gettext(
                    "%(day)s has passed; bookings that are there keep their prices. Mark that you mean it, or leave the day empty.",
                    day=field.data,
                )
            )


class PriceForm(DatedForm):
    """One price of one mode."""

    mode = SelectField("mode", choices=[mode.value for mode in Mode])
    unit = SelectField("unit", choices=[unit.value for unit in PriceUnit])
    unit_price = YuanField("unit_price", [required])
    setup_fee = YuanField("setup_fee")
    min_fee = YuanField("min_fee")

    @classmethod
    def of(cls, modes: Sequence[str], *, empty: bool = False) -> PriceForm:
        """The form with the modes that an instrument serves; every mode where it names none."""
        form = cls(formdata=None, prefix="price") if empty else cls(prefix="price")
        form.mode.choices = list(modes) or form.mode.choices
        return form


class MaintenanceForm(PageForm):
    """When and why an instrument is closed."""

    start = InstantField("start", [required])
    end = InstantField("end", [required])
    reason = Line("reason", [most(200)])
    every = SelectField("every", choices=["", *EVERY])
    times = IntegerField("times", [Optional(), NumberRange(1, MOST_WINDOWS)])
    cancel_bookings = BooleanField("cancel_bookings")

    def validate_every(self, field: SelectField) -> None:
        """Again and again means at least twice."""
        if field.data and (self.times.data or 0) < 2:
            raise ValidationError(gettext("Say how many times in all, from 2 on."))

    def rule(self) -> str:
        """The repetition as RFC 5545 writes it; none means once."""
        return repeated(self.every.data, self.times.data)


class DaysOffForm(PageForm):
    """Whole days on which an owner closes everything."""

    first_on = DateField("first_on", [required])
    last_on = DateField("last_on", [required])
    reason = Line("reason", [most(200)])
    cancel_bookings = BooleanField("cancel_bookings")


class DefaultsForm(CommonRules):
    """What an owner says for all instruments; an empty field says nothing."""

    def names(self) -> list[str]:
        """The rules of this form."""
        return [name for name in self._fields if name in NUMBERS]

    def rules(self) -> dict[str, object]:
        """Only what was said."""
        return {name: getattr(self, name).data for name in self.names() if getattr(self, name).data is not None}


class OutageForm(PageForm):
    """Until when a faulty instrument is out of use."""

    until = InstantField("until", [required])
    cancel_bookings = BooleanField("cancel_bookings")


class FaultForm(PageForm):
    """What does not work."""

    words = Text("words", [required, most(500)])


class ImportForm(PageForm):
    """A file of instruments and, if its columns are not ours, a mapping."""

    file = FileField("file", [required])
    saved = SelectField("saved", validate_choice=False)
    mapping = FileField("mapping")


class PhotoForm(PageForm):
    """A picture and what is to be seen on it."""

    file = FileField("file", [required])
    caption = Line("caption", [most(100)])
