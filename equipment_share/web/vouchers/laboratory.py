"""The policy laboratory: choose a period and drafts, see who gains, who loses, and what it costs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.adapters.samples import sample_programmes
from equipment_share.adapters.sheets import Cell, csv_bytes
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Invalid, NotFound, Refused, invalid
from equipment_share.domain.periods import Period, bureau_day
from equipment_share.queries.laboratory import refused_by_reason, run_seen_by, runs_seen_by
from equipment_share.queries.reporting.spans import days_with_figures
from equipment_share.queries.simulation import uses_within
from equipment_share.queries.vouchers import programmes_seen_by, version_of
from equipment_share.services.laboratory import run_laboratory
from equipment_share.services.tasks import ask_replay
from equipment_share.web.access import may, me
from equipment_share.web.fields import PageForm, typed
from equipment_share.web.naming import programmes_called
from equipment_share.web.periods import PeriodField, period_field
from equipment_share.wording import refusal_words, word

laboratory = Blueprint("laboratory", __name__, url_prefix="/bureau/laboratory")
PLACES = ("first", "second")
FEW_USES = 3000
"""So many uses are replayed inside the request: well under a second."""
SHOWN = 15
"""How many gainers and losers a page shows; the download has all."""


@laboratory.get("/")
@may(Act.EVALUATE)
def index() -> ResponseReturnValue:
    """What may be tried, and what was."""
    return _page(PageForm(), {"first": _newest()}, [])


def _newest() -> str:
    return next((f"version:{row.code}:{row.number}" for row in programmes_seen_by(me())), "sample:HN")


def _period() -> PeriodField:
    return period_field(days_with_figures(programmes_called(), me()), default=str(bureau_day(now()).year))


def _page(form: PageForm, given: Mapping[str, str], problems: list[tuple[str, str]]) -> str:
    return render_template(
        "vouchers/laboratory.html", period=_period(), form=form, given=given, problems=problems, versions=programmes_seen_by(me()), samples=sample_programmes(),
        runs=runs_seen_by(me()), places=PLACES,
    )  # fmt: skip


@laboratory.post("/")
@may(Act.RUN_LABORATORY)
def run() -> ResponseReturnValue:
    """Replay, and keep the answer."""
    form, problems = PageForm(), list[tuple[str, str]]()
    if form.validate_on_submit():
        try:
            period = _period()
            if period.words:
                raise invalid("not_a_period", "period")
            drafts = [draft for place in PLACES if (draft := _draft(place)) is not None]
            return redirect(_tried(drafts, period.period, typed("name", 120)), 303)
        except Invalid as refusal:
            problems = [
                (problem.field, refusal_words(problem.code, problem.facts)) for problem in refusal.problems if problem.field != "period"
            ]
        except Refused as refusal:
            form.show(refusal)
    return _page(form, {name: request.form.get(name, "")[:200_000] for name in ("name", *PLACES, *_pasted())}, problems), 422


def _tried(drafts: list[Mapping[str, Any]], period: Period, name: str) -> str:
    """Where the answer stands: at once when the uses are few, else where one sees how far it is."""
    if uses_within(period) <= FEW_USES:
        return url_for(".show", run_id=run_laboratory(drafts, period, name=name, by=me(), at=now()).id)
    return url_for("tasks.show", task_id=ask_replay(drafts, period, name=name, by=me(), at=now()).id)


def _pasted() -> list[str]:
    return [f"{place}_document" for place in PLACES]


def _draft(place: str) -> Mapping[str, Any] | None:
    """What was chosen, pasted or uploaded in one place; None for nothing.

    Raises: Invalid `malformed` at the place.
    """
    upload = request.files.get(f"{place}_file")
    content = upload.read() if upload else b""
    text = content or request.form.get(f"{place}_document", "").strip().encode()
    if text:
        try:
            return dict(json.loads(text))
        except (ValueError, TypeError, RecursionError):
            raise invalid("malformed", place) from None
    kind, _, which = request.form.get(place, "").partition(":")
    code, _, number = which.partition(":")
    if kind == "sample" and code in sample_programmes():
        return sample_programmes()[code]
    if kind == "version" and number.isascii() and number.isdigit():
        return _version(code, number, place)
    return None


def _version(code: str, number: str, place: str) -> Mapping[str, Any]:
    try:
        return version_of(code[:40], int(number[:6])).document
    except NotFound:
        raise invalid("not_a_choice", place) from None


@laboratory.get("/<number:run_id>")
@may(Act.EVALUATE)
def show(run_id: int) -> ResponseReturnValue:
    """One replay: figures side by side, months, firms, what bound."""
    found = run_seen_by(run_id, me())
    firms = [firm for firm in found.result["firms"] if any(firm["difference_fen"])]
    ranked = firms if len(firms) <= 2 * SHOWN else [*firms[:SHOWN], *firms[-SHOWN:]]
    names = sorted({name for draft in found.result["drafts"] for name in draft["bindings"]})
    return render_template(
        "vouchers/laboratory_run.html", run=found, result=found.result, ranked=ranked,
        left_out=len(firms) - len(ranked), same=len(found.result["firms"]) - len(firms), bindings=names, reasons=refused_by_reason(found),
        knows_reasons="not_eligible" in found.result, period=Period(found.first_on, found.last_on),
    )  # fmt: skip


@laboratory.get("/<number:run_id>/<any(firms,months,reasons):table>.csv")
@may(Act.EVALUATE)
def download(run_id: int, table: str) -> ResponseReturnValue:
    """Every row of a table, in fen."""
    found = run_seen_by(run_id, me()).result
    codes = [draft["code"] for draft in found["drafts"]]
    if table == "months":
        header = ("month", "uses", "gross_fen", "life_fen", *(f"{code}_fen" for code in codes))
        rows: list[tuple[Cell, ...]] = [(r["month"], r["uses"], r["gross_fen"], r["life_fen"], *r["draft_fen"]) for r in found["months"]]
    elif table == "reasons":
        header = ("draft", "reason", "reason_words", "code", "name", "uses", "gross_fen")
        rows = [
            (code, r["reason"], word("ineligible", r["reason"]), r["code"], r["name"], r["uses"], r["gross_fen"])
            for code, own in zip(codes, found.get("not_eligible", []), strict=False)
            for r in own
        ]
    else:
        header = ("code", "name", "uses", "gross_fen", "life_fen", *(f"{c}_fen" for c in codes), *(f"{c}_difference_fen" for c in codes))
        rows = [
            (r["code"], r["name"], r["uses"], r["gross_fen"], r["life_fen"], *r["draft_fen"], *r["difference_fen"]) for r in found["firms"]
        ]
    answer = Response(csv_bytes(header, rows), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = attachment(f"laboratory-{run_id}-{table}.csv")
    return answer
