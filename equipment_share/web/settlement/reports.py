"""The index of the reports, the reconciliation, the public list, the auditor's journal."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Refused
from equipment_share.domain.money import total
from equipment_share.domain.periods import Period, bureau_day
from equipment_share.domain.settlement.reconciliation import FIGURES
from equipment_share.queries.account_names import account_names
from equipment_share.queries.journal import chain_state, newest_transfers
from equipment_share.queries.ledger import mismatches
from equipment_share.queries.publicity import publicity as public_list
from equipment_share.queries.reports import reconciliation
from equipment_share.queries.vouchers import programmes_seen_by
from equipment_share.services.settlement.printing import report_file
from equipment_share.web.access import may, me, public, visitor_or_me
from equipment_share.web.fields import asked, asked_number
from equipment_share.web.settlement.statements import TYPES, reports_index
from equipment_share.wording import refusal_words

reports = Blueprint("reports", __name__)
STEPS = 200
"""Steps of the ledger on one page of the audit."""


def _codes() -> list[str]:
    return sorted({version.code for version in programmes_seen_by(visitor_or_me())})


@reports.get("/bureau/reports")
@may(Act.SEE_REPORTS)
def index() -> ResponseReturnValue:
    """The ten reports and the reconciliation, with what each answers."""
    return reports_index("statements.show", "statements.download")


@reports.get("/bureau/reports/reconciliation")
@may(Act.SEE_REPORTS)
def reconcile() -> ResponseReturnValue:
    """The reconciliation of a programme and period, with its downloads."""
    codes = _codes()
    code = asked("programme") or (codes[0] if codes else "")
    text = asked("period") or str(Period.quarter_of(bureau_day(now())))
    try:
        report, words = reconciliation(code[:40], Period.parse(text), by=me()), ""
    except Refused as refusal:
        report, words = None, refusal_words(refusal.code, refusal.facts)
    return render_template(
        "settlement/report.html", report=report, codes=codes, code=code, period=text, words=words, figures=FIGURES
    ), 422 if words else 200


@reports.get("/bureau/reports/reconciliation.<any(csv,xlsx,pdf):form>")
@may(Act.SEE_REPORTS)
def download(form: str) -> ResponseReturnValue:
    """The same figures as a file."""
    period = Period.parse(asked("period"))
    report = reconciliation(asked("programme"), period, by=me())
    answer = Response(report_file(report, form), mimetype=TYPES[form])
    answer.headers.set("Content-Disposition", "attachment", filename=f"reconciliation-{report.programme}-{report.period}.{form}")
    return answer


@reports.get("/publicity")
@public
def publicity() -> ResponseReturnValue:
    """Who was supported, and with how much: firm and amount only."""
    text = asked("period")
    try:
        period, words = (Period.parse(text) if text else None), ""
    except Refused as refusal:
        period, words = None, refusal_words(refusal.code, refusal.facts)
    code = asked("programme")
    rows = public_list(code, period) if not words else []
    return render_template(
        "settlement/publicity.html",
        rows=rows,
        whole=total(amount for _, amount in rows),
        codes=_codes(),
        code=code,
        period=text,
        words=words,
    ), 422 if words else 200


@reports.get("/audit")
@may(Act.SEE_AUDIT)
def audit() -> ResponseReturnValue:
    """The journal of the ledger, whether it adds up, and whether the audit chain holds."""
    found = newest_transfers(STEPS + 1, asked_number("after"))
    return render_template(
        "settlement/audit.html",
        transfers=found[:STEPS],
        more=len(found) > STEPS,
        names=account_names({key for step in found for key in (step.dr_id, step.cr_id)}),
        off=mismatches(),
        chain=chain_state(),
    )
