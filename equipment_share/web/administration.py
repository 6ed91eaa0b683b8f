"""The platform administrator's pages: the national calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Refused
from equipment_share.domain.periods import bureau_day
from equipment_share.models.instruments import CalendarDay
from equipment_share.queries.instruments.calendar import days_named
from equipment_share.services.calendar import forget_day, name_day
from equipment_share.web.access import may, me
from equipment_share.web.fields import Line, PageForm, most, required

administration = Blueprint("administration", __name__, url_prefix="/admin")


class DayForm(PageForm):
    """A day of the national calendar, or a stretch of them."""

    day = DateField("day", [required])
    until = DateField("until", [Optional()])
    kind = SelectField("kind", choices=["off", "work"])
    name = Line("name", [most(60)])


@administration.get("/calendar")
@may(Act.KEEP_CALENDAR)
def calendar() -> ResponseReturnValue:
    """The days off and the worked weekend days of a year."""
    text = request.args.get("year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 and 2020 <= int(text) <= 2100 else bureau_day(now()).year
    return _page(year, DayForm(formdata=None))


def _page(year: int, form: DayForm) -> str:
    return render_template("admin/calendar.html", year=year, runs=_runs(days_named(year)), form=form)


def _runs(days: Sequence[CalendarDay]) -> list[list[CalendarDay]]:
    """Days that follow one another and are called alike, together."""
    runs: list[list[CalendarDay]] = []
    for one in days:
        last = runs[-1][-1] if runs else None
        if last and (last.kind, last.name, last.day + timedelta(days=1)) == (one.kind, one.name, one.day):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


@administration.post("/calendar")
@may(Act.KEEP_CALENDAR)
def name() -> ResponseReturnValue:
    """Say of a day that it is off or worked."""
    form = DayForm()
    if form.validate_on_submit():
        try:
            named = name_day(form.day.data, form.kind.data, form.name.data or "", until=form.until.data, by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(ngettext("%(num)s day named.", "%(num)s days named.", len(named)))
            return redirect(url_for(".calendar", year=named[0].day.year), 303)
    return _page(bureau_day(now()).year, form), 422


@administration.post("/calendar/<day>/forget")
@may(Act.KEEP_CALENDAR)
def forget(day: str) -> ResponseReturnValue:
    """A day is an ordinary one again."""
    try:
        found = date.fromisoformat(day[:10])
    except ValueError:
        abort(404)
    forget_day(found, by=me(), at=now())
    flash(gettext("%(day)s is an ordinary day again.", day=found))
    return redirect(url_for(".calendar", year=found.year), 303)
