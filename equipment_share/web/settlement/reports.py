"""The index of the reports, the reconciliation, the public list, the auditor's journal."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.attachments import attachment
from equipment_share.domain.access import OWNER, READERS, Act
from equipment_share.domain.money import total
from equipment_share.domain.periods import Period, periods_around
from equipment_share.domain.settlement.reconciliation import FIGURES, OWNER_FIGURES, Report
from equipment_share.queries.account_names import account_names
from equipment_share.queries.journal import chain_state, length_of_journal, newest_transfers
from equipment_share.queries.ledger import mismatches
from equipment_share.queries.publicity import check_public, public_days
from equipment_share.queries.publicity import publicity as public_list
from equipment_share.queries.reporting.spans import days_with_figures
from equipment_share.queries.reports import reconciliation
from equipment_share.services.settlement.printing import report_file
from equipment_share.web.access import may, me, public, visitor_or_me
from equipment_share.web.fields import asked, asked_number
from equipment_share.web.naming import programme_called, programmes_called
from equipment_share.web.periods import period_field
from equipment_share.web.settlement.statements import NAMED, TYPES, reports_index, title_of

reports = Blueprint("reports", __name__)
STEPS = 25
"""Steps of the ledger on one page of the audit."""


@reports.get("/bureau/reports")
@may(Act.SEE_REPORTS)
def index() -> ResponseReturnValue:
    """The ten reports and the reconciliation, with what each answers."""
    return reports_index("statements.show", "statements.download")


@reports.get("/bureau/reports/reconciliation")
@may(Act.SEE_REPORTS)
def reconcile() -> ResponseReturnValue:
    """The reconciliation of a programme and period, with its downloads."""
    programmes = programmes_called()
    code = asked("programme", most=40) or next(iter(programmes), "")
    days = days_with_figures([code], me())
    period, report, words = period_field(days), None, ""
    if code == "all":
        code, words = "", gettext("This report is made for one programme at a time.")
    elif not period.words:
        report = reconciliation(code, period.period, by=me())
    return render_template(
        "settlement/report.html", report=report, programmes=programmes, code=code, period=period, words=words,
        figures=OWNER_FIGURES if me().role in OWNER else FIGURES,
        title=title_of("reconciliation", code, period.period),
        elsewhere=periods_around(days)[1][:NAMED], moved=report is not None and _moves(report),
    ), 422 if words or period.words else 200  # fmt: skip


def _moves(report: Report) -> bool:
    """Whether anything moved in the period, or was claimed of it."""
    return any(amount for name, amount in zip(FIGURES, report.total.values(), strict=True) if name not in ("opening", "closing"))


@reports.get("/bureau/reports/reconciliation.<any(csv,xlsx,pdf):form>")
@may(Act.SEE_REPORTS)
def download(form: str) -> ResponseReturnValue:
    """The same figures as a file."""
    period = Period.parse(asked("period"))
    report = reconciliation(asked("programme"), period, by=me())
    named = f"reconciliation-{report.programme}-{report.period}" if form == "csv" else title_of("reconciliation", report.programme, period)
    answer = Response(report_file(report, form), mimetype=TYPES[form])
    answer.headers["Content-Disposition"] = attachment(f"{named}.{form}")
    return answer


@reports.get("/publicity")
@public
def publicity() -> ResponseReturnValue:
    """Who was supported, and with how much: firm and amount only."""
    person, programmes = visitor_or_me(), programmes_called()
    code = asked("programme", most=40)
    days, by_days = public_days([code] if code else programmes), person is not None and person.role in READERS
    period = period_field(days, default="", check=lambda found: check_public(found, person), by_days=by_days)
    rows = public_list(code, period.period if period.chosen else None, person) if not period.words else []
    return render_template(
        "settlement/publicity.html", rows=rows, whole=total(amount for _, amount in rows), programmes=programmes, code=code, period=period
    ), 422 if period.words else 200


@reports.get("/audit")
@may(Act.SEE_AUDIT)
def audit() -> ResponseReturnValue:
    """The journal of the ledger, whether it adds up, and whether the audit chain holds."""
    found = newest_transfers(STEPS + 1, asked_number("after"))
    return render_template(
        "settlement/audit.html",
        transfers=found[:STEPS],
        more=len(found) > STEPS,
        whole=length_of_journal(),
        names=account_names({key for step in found for key in (step.dr_id, step.cr_id)}, programme_called),
        off=mismatches(),
        chain=chain_state(),
    )
