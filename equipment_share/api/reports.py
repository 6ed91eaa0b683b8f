"""The reconciliation report in four formats, and the public list."""

from __future__ import annotations

from flask import Response

from equipment_share.adapters.attachments import attachment
from equipment_share.api.fields import Field
from equipment_share.api.kinds import CODE, Choice, Text
from equipment_share.api.operations import Answer, Call, Reply, Shelf
from equipment_share.domain.access import Act
from equipment_share.domain.periods import Period
from equipment_share.queries.publicity import publicity
from equipment_share.queries.reports import reconciliation
from equipment_share.services.settlement.printing import report_file

shelf = Shelf("reports")
TYPES = {
    "csv": "text/csv", "pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


@shelf.get("/reports/reconciliation", Act.SEE_REPORTS, "Eleven figures per programme, owner and firm, re-added from the ledger.",
           Answer("Reconciliation", media_types=("application/json", *TYPES.values())), query=(
               Field("programme", CODE, required=True), Field("period", Text(30), required=True),
               Field("format", Choice(("json", *TYPES)), default="json"),
           ), refusals={422: ("not_a_period",)})  # fmt: skip
def show_reconciliation(call: Call) -> Reply | Response:
    """The report."""
    wanted = call.query
    report = reconciliation(wanted["programme"], Period.parse(wanted["period"]), by=call.me)
    if wanted["format"] == "json":
        return Reply(report.document())
    answer = Response(report_file(report, wanted["format"]), mimetype=TYPES[wanted["format"]])
    answer.headers["Content-Disposition"] = attachment(f"reconciliation.{wanted['format']}")
    return answer


@shelf.get("/publicity", Act.SEE_CATALOGUE, "Who was supported: firm and amount only.", Answer("Publicity"),
           query=(Field("programme", CODE), Field("period", Text(30), means="Whole months, but for the bureau and the auditor.")),
           refusals={422: ("not_a_period", "whole_months")}, cached=True)  # fmt: skip
def show_publicity(call: Call) -> Reply:
    """The public list."""
    period = Period.parse(call.query["period"]) if call.query["period"] else None
    rows = publicity(call.query["programme"] or "", period, call.by)
    return Reply({"items": [{"firm": name, "amount_fen": amount.fen} for name, amount in rows]})
