"""The ten reports by name in four formats, and the same for firms and owners as their own statements."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from equipment_share.adapters.attachments import attachment
from equipment_share.api.fields import Field
from equipment_share.api.kinds import CODE, Choice, Text
from equipment_share.api.operations import Answer, Call, Reply, Shelf
from equipment_share.api.reports import TYPES
from equipment_share.domain.access import Act
from equipment_share.domain.periods import Period
from equipment_share.queries.reporting.reports import ACROSS, FIRMS, OWNERS, REPORTS, report
from equipment_share.services.settlement.rendering import rendered

shelf = Shelf("reports")
FORMAT = Field("format", Choice(("json", *TYPES)), default="json")
PARTY = Field("party", CODE, means="The code of one owner or firm, for who may see all.")
ANSWER = Answer("Report", media_types=("application/json", *TYPES.values()))


def _teller(name: str) -> Callable[[Call], Reply | Response]:
    """The view of one report."""

    def view(call: Call) -> Reply | Response:
        wanted = call.query
        period, programme = Period.parse(wanted["period"]), wanted["programme"] or ""
        made = report(name, programme, period, by=call.me, party=wanted.get("party") or "")
        if wanted["format"] == "json":
            return Reply(made.document())
        answer = Response(rendered(made, wanted["format"]), mimetype=TYPES[wanted["format"]])
        answer.headers["Content-Disposition"] = attachment(f"{made.head.number}.{wanted['format']}")
        return answer

    return view


def _offer(name: str, where: str, act: Act, says: str, *more: Field) -> None:
    view = _teller(name)
    view.__name__ = f"{where}_{name}"
    programme = Field("programme", CODE, required=name not in ACROSS, means="" if name not in ACROSS else "Left out: all programmes.")
    query = (programme, Field("period", Text(30), required=True), *more, FORMAT)
    refusals = {422: ("not_a_period", "not_found"), 404: ("not_found",)}
    shelf.get(f"/{where}/{name}", act, says, ANSWER, query=query, refusals=refusals)(view)


for _name in REPORTS:
    _offer(_name, "reports", Act.SEE_REPORTS, f"The report {_name}, every figure re-added from the ledger.", PARTY)
for _name in sorted(OWNERS | FIRMS):
    _offer(_name, "statements", Act.OWN_REPORTS, f"The report {_name} of one's own organisation.")
