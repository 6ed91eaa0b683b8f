"""Random inspections: draw, look, write down; and how anybody draws again."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms import DecimalField
from wtforms.validators import NumberRange, Optional

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.adapters.sheets import csv_bytes
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Invalid, Refused
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.inspection import place
from equipment_share.queries.inspections import Foreseen, draw_foreseen, drawn_lines, inspection_seen_by, paid_claims
from equipment_share.queries.inspections import inspections as listed
from equipment_share.queries.reporting.spans import days_with_figures
from equipment_share.services.settlement.inspections import draw_inspection, record_inspection_result
from equipment_share.web.access import can, may, me
from equipment_share.web.fields import Line, PageForm, asked_number, most, required, typed
from equipment_share.web.naming import programmes_called
from equipment_share.web.periods import PeriodField, period_field
from equipment_share.wording import refusal_words

inspections = Blueprint("inspections", __name__, url_prefix="/bureau/inspections")
A_PAGE = 100


class DrawForm(PageForm):
    """What to draw from, and how much."""

    programme = Line("programme", [required, most(40)])
    share = DecimalField("share", [Optional(), NumberRange(0, 100)], places=2, render_kw={"inputmode": "decimal"})

    def share_bp(self) -> int | None:
        """The share in basis points, none where none was typed."""
        return int(self.share.data * 100) if self.share.data is not None else None


@inspections.get("/")
@may(Act.SEE_BATCHES)
def index() -> ResponseReturnValue:
    """All draws, newest first; asked for a programme and period, what a draw would do."""
    if "period" not in request.args or not can(Act.DISPOSE_FINDING.value):
        return _list(DrawForm(formdata=None))
    form, period = DrawForm(request.args, meta={"csrf": False}), _period()
    if not form.validate() or period.words:
        return _list(form), 422
    try:
        foreseen = draw_foreseen(form.programme.data, period.period, form.share_bp(), by=me(), at=now())
    except Refused as refusal:
        form.show(refusal)
        return _list(form), 422
    return _list(form, foreseen)


def _period() -> PeriodField:
    return period_field(days_with_figures(programmes_called(), me()))


def _list(form: DrawForm, foreseen: Foreseen | None = None) -> str:
    found = listed(me(), after_id=asked_number("after"), limit=A_PAGE + 1)
    rows, more = found[:A_PAGE], found[A_PAGE - 1].id if len(found) > A_PAGE else None
    lines = drawn_lines([row.id for row in rows])
    return render_template(
        "settlement/inspections.html", rows=rows, more=more, lines=lines, form=form, names=programmes_called(), foreseen=foreseen,
        period=_period(), span=Period,
    )  # fmt: skip


@inspections.post("/")
@may(Act.DISPOSE_FINDING)
def draw() -> ResponseReturnValue:
    """Draw by a fresh seed."""
    form, period = DrawForm(), _period()
    if form.validate_on_submit() and not period.words:
        try:
            made = draw_inspection(form.programme.data, period.period, share_bp=form.share_bp(), by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            count = len(drawn_lines([made.id])[made.id])
            flash(
                ngettext(
                    "%(num)s claim drawn. Each is to be looked at again.", "%(num)s claims drawn. Each is to be looked at again.", count
                )
            )
            return redirect(url_for(".show", inspection_id=made.id), 303)
    return _list(form), 422


@inspections.get("/<number:inspection_id>")
@may(Act.SEE_BATCHES)
def show(inspection_id: int) -> ResponseReturnValue:
    """One draw: its claims, what was found, and how to draw again."""
    return _shown(inspection_id)


def _shown(inspection_id: int, line_id: int = 0, problems: Mapping[str, str] | None = None) -> str:
    """The draw; beside one of its claims, what was wrong with what was typed there."""
    found = inspection_seen_by(inspection_id, me())
    period = Period(found.period_first_on, found.period_last_on)
    lines = drawn_lines([found.id])[found.id]
    places = {line.id: place(found.seed, line.claim.number)[:16] for line in lines}
    return render_template(
        "settlement/inspection.html",
        inspection=found,
        period=period,
        lines=lines,
        places=places,
        at_line=line_id,
        problems=problems or {},
    )


@inspections.get("/<number:inspection_id>/population.csv")
@may(Act.SEE_BATCHES)
def population(inspection_id: int) -> ResponseReturnValue:
    """Everything that could have been drawn, by claim number."""
    found = inspection_seen_by(inspection_id, me())
    claims = paid_claims(found.programme_code, Period(found.period_first_on, found.period_last_on), found.made_at)
    answer = Response(csv_bytes(["number"], ([claim.number] for claim in claims)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = attachment(f"population-{found.id}.csv")
    return answer


@inspections.post("/<number:inspection_id>/lines/<number:line_id>")
@may(Act.DISPOSE_FINDING)
def record(inspection_id: int, line_id: int) -> ResponseReturnValue:
    """Say what was found about a drawn claim."""
    try:
        record_inspection_result(inspection_id, line_id, result=typed("result", 20), note_text=typed("note"), by=me(), at=now())
    except Invalid as refusal:
        return _shown(inspection_id, line_id, {one.field: refusal_words(one.code, one.facts) for one in refusal.problems}), 422
    flash(gettext("Noted."))
    return redirect(url_for(".show", inspection_id=inspection_id), 303)
