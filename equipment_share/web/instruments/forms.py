"""Shapes of what an owner types about instruments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, IntegerField, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import NumberRange, Optional

from equipment_share.domain.bookings.quotas import Quota
from equipment_share.domain.instruments import CHOICES, TEXTS
from equipment_share.domain.pricing import Mode, PriceUnit
from equipment_share.web.fields import InstantField, Line, PageForm, Text, YuanField, most, required

_HOURS = re.compile(r"([1-7])(?:-([1-7]))? +([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})")
_QUOTA_WORDS = {"企业": "firm", "个人": "user", "每天": "day", "每周": "week", "每月": "month", "分钟": "min", "次": "times"}
_QUOTA = re.compile(r"(firm|user|企业|个人) +(day|week|month|每天|每周|每月) +([1-9][0-9]{0,5}) *(min|times|分钟|次)")
LINES = (
    "inner_code", "name_zh", "name_en", "class_code", "manufacturer", "model", "serial_no", "origin_country", "location", "contact_name",
    "contact_phone", "contact_email",
)  # fmt: skip
PARAGRAPHS = ("tech_spec", "functions", "services", "open_rule")
NUMBERS = ("grid_minutes", "min_minutes", "max_minutes", "lead_minutes", "horizon_days", "cancel_cutoff_minutes", "cancel_fee_bp",
           "grace_minutes", "buffer_before_minutes", "buffer_after_minutes", "units")  # fmt: skip


def _range() -> Any:
    return [Optional(), NumberRange(0, 10**9)]


class InstrumentForm(PageForm):
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
    hours = Text("hours", [most(500)])
    grid_minutes = IntegerField("grid_minutes", _range())
    min_minutes = IntegerField("min_minutes", _range())
    max_minutes = IntegerField("max_minutes", _range())
    lead_minutes = IntegerField("lead_minutes", _range())
    horizon_days = IntegerField("horizon_days", _range())
    cancel_cutoff_minutes = IntegerField("cancel_cutoff_minutes", _range())
    cancel_fee_bp = IntegerField("cancel_fee_bp", _range())
    grace_minutes = IntegerField("grace_minutes", _range())
    buffer_before_minutes = IntegerField("buffer_before_minutes", _range())
    buffer_after_minutes = IntegerField("buffer_after_minutes", _range())
    units = IntegerField("units", _range())
    auto_approve = BooleanField("auto_approve")
    authorisation_required = BooleanField("authorisation_required")
    pending = SelectField("pending", choices=["first_come", "owner_chooses"])
    quotas = Text("quotas", [most(500)])

    def validate_quotas(self, field: Text) -> None:
        """`firm week 600 min` or `企业 每周 600 分钟`, one quota a line."""
        for row in (field.data or "").splitlines():
            if row.strip() and not _QUOTA.fullmatch(row.strip()):
                raise ValidationError(row)

    def validate_hours(self, field: Text) -> None:
        """`1-5 08:00-18:00`, one window a line."""
        for row in (field.data or "").splitlines():
            if row.strip() and not _HOURS.fullmatch(row.strip()):
                raise ValidationError(row)

    def fields(self) -> dict[str, Any]:
        """The values as the use case takes them."""
        given: dict[str, Any] = {name: getattr(self, name).data or "" for name in (*LINES, *PARAGRAPHS)}
        given["class_code"] = self.class_code.data or None
        rules = {name: getattr(self, name).data for name in NUMBERS if getattr(self, name).data is not None}
        return {
            **given, "run_status": self.run_status.data, "modes": self.modes.data or [], "takes_vouchers": bool(self.takes_vouchers.data),
            "keeps_holidays": bool(self.keeps_holidays.data), "hours": hours_rows(self.hours.data or ""),
            "rules": {**rules, "auto_approve": bool(self.auto_approve.data), "authorisation_required": bool(self.authorisation_required.data),
                      "pending": self.pending.data, "quotas": quota_rows(self.quotas.data or "")},
        }  # fmt: skip


def hours_rows(text: str) -> list[dict[str, object]]:
    """Lines of opening hours as rows of weekday, from, to."""
    rows: list[dict[str, object]] = []
    for line in text.splitlines():
        if found := _HOURS.fullmatch(line.strip()):
            first, last = int(found[1]), int(found[2] or found[1])
            rows += [{"weekday": day, "from": found[3], "to": found[4]} for day in range(first, last + 1)]
    return rows


def quota_rows(text: str) -> list[dict[str, object]]:
    """Lines of quotas, in either language, as `rules.quotas`."""
    rows: list[dict[str, object]] = []
    for line in text.splitlines():
        if found := _QUOTA.fullmatch(line.strip()):
            whom, per, number, unit = (_QUOTA_WORDS.get(part, part) for part in found.groups())
            rows.append({"minutes" if unit == "min" else "count": int(number), "per": per, "whom": whom})
    return rows


def quotas_text(quotas: Sequence[Quota], language: str) -> str:
    """`rules.quotas` as lines in the reader's language."""
    shown = {english: chinese for chinese, english in _QUOTA_WORDS.items()} if language == "zh" else {}
    lines = []
    for quota in quotas:
        limit, unit = (quota.minutes, "min") if quota.minutes is not None else (quota.count, "times")
        lines.append(" ".join(shown.get(word, word) for word in (quota.whom, quota.per, str(limit), unit)))
    return "\n".join(lines)


def hours_text(rows: list[dict[str, Any]]) -> str:
    """Rows of opening hours as lines."""
    return "\n".join(f"{row['weekday']} {row['from']}-{row['to']}" for row in rows)


class PriceForm(PageForm):
    """One price of one mode."""

    mode = SelectField("mode", choices=[mode.value for mode in Mode])
    unit = SelectField("unit", choices=[unit.value for unit in PriceUnit])
    unit_price = YuanField("unit_price", [required])
    setup_fee = YuanField("setup_fee")
    min_fee = YuanField("min_fee")
    valid_from = DateField("valid_from", [Optional()])


class MaintenanceForm(PageForm):
    """When and why an instrument is closed."""

    start = InstantField("start", [required])
    end = InstantField("end", [required])
    reason = Line("reason", [most(200)])
    cancel_bookings = BooleanField("cancel_bookings")


class ImportForm(PageForm):
    """A file of instruments and, if its columns are not ours, a mapping."""

    file = FileField("file", [required])
    saved = SelectField("saved", validate_choice=False)
    mapping = FileField("mapping")


class PhotoForm(PageForm):
    """A picture and what is to be seen on it."""

    file = FileField("file", [required])
    caption = Line("caption", [most(100)])
