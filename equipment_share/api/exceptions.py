"""Red flags and what was decided about them; random inspections, drawn so that anybody can draw them again."""

from __future__ import annotations

from equipment_share.api import shapes_money
from equipment_share.api.bodies import Json
from equipment_share.api.fields import Field
from equipment_share.api.kinds import CODE, Choice, Integer, Switch, Text
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.api.paging import PAGE, page
from equipment_share.domain.access import Act
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.flags.terms import BLOCK, CODES, WARN
from equipment_share.queries.exceptions import count_of_exceptions, exceptions
from equipment_share.queries.inspections import count_of_inspections, inspection_seen_by, inspections
from equipment_share.services.settlement.claims import dispose_finding
from equipment_share.services.settlement.inspections import RESULTS, draw_inspection, record_inspection_result

shelf = Shelf("exceptions")
INSPECTION = Answer("Inspection")


@shelf.get("/exceptions", Act.SEE_BATCHES, "Findings with what was decided about them.", Answer("Finding", listed=True),
           query=(
               Field("undisposed", Switch(), default=False), Field("code", Choice(CODES)), Field("severity", Choice((BLOCK, WARN))), *PAGE,
           ))  # fmt: skip
def list_exceptions(call: Call) -> Reply:
    """A page of findings."""
    wanted = call.query
    code, severity, undisposed = wanted["code"] or "", wanted["severity"] or "", wanted["undisposed"]
    rows = exceptions(
        call.me, code=code, severity=severity, undisposed=undisposed, after_id=wanted["cursor"] or 0, limit=wanted["limit"] + 1
    )
    total = count_of_exceptions(call.me, code=code, severity=severity, undisposed=undisposed) if wanted["total"] else None
    return Reply(page(rows, wanted["limit"], lambda found: [shapes_money.finding(row) for row in found], lambda row: row.id, total))


@shelf.post("/exceptions/{id}/dispose", Act.DISPOSE_FINDING, "Say what was found about a red flag.", Answer("Finding"), body=Json((
    Field("disposition", Choice(("cleared", "corrected", "rejected", "referred")), required=True),
    Field("reason", Text(500, lines=True), required=True),
)), refusals={404: ("not_found",), 409: ("already_decided",)})  # fmt: skip
def dispose_of_an_exception(call: Call) -> Reply:
    """Dispose of a finding."""
    return Reply(shapes_money.finding(dispose_finding(call.id, **call.body, by=call.me, at=call.at)))


@shelf.get("/inspections", Act.SEE_BATCHES, "Random inspections, newest first.", Answer("Inspection", listed=True),
           query=(Field("programme", CODE), *PAGE))  # fmt: skip
def list_inspections(call: Call) -> Reply:
    """A page of draws."""
    wanted = call.query
    programme = wanted["programme"] or ""
    rows = inspections(call.me, programme=programme, after_id=wanted["cursor"] or 0, limit=wanted["limit"] + 1)
    total = count_of_inspections(call.me, programme=programme) if wanted["total"] else None
    return Reply(page(rows, wanted["limit"], shapes_money.inspections, lambda row: row.id, total))


@shelf.post("/inspections", Act.DISPOSE_FINDING, "Draw paid claims by a fresh seed, which is kept.", INSPECTION, makes=True, body=Json((
    Field("programme", CODE, required=True), Field("period", Text(30), required=True),
    Field("share_bp", Integer(1, 10_000), means="More than the programme's `sample_bp`; less has no effect."),
)), refusals={409: ("already_decided",), 422: ("not_a_period", "nothing_paid")})  # fmt: skip
def draw(call: Call) -> Reply:
    """Draw an inspection."""
    body = call.body
    made = draw_inspection(body["programme"], Period.parse(body["period"]), share_bp=body["share_bp"], by=call.me, at=call.at)
    return Reply(shapes_money.inspection(made), 201, f"/api/v1/inspections/{made.id}")


@shelf.get("/inspections/{id}", Act.SEE_BATCHES, "One draw with its claims.", INSPECTION, sees=by_id(inspection_seen_by))
def show_inspection(call: Call) -> Reply:
    """One draw."""
    return Reply(shapes_money.inspection(call.seen))


@shelf.post("/inspections/{id}/lines/{line}", Act.DISPOSE_FINDING, "Say what was found about a drawn claim.", INSPECTION,
            sees=by_id(inspection_seen_by), body=Json((
                Field("result", Choice(RESULTS), required=True),
                Field("note", Text(500, lines=True, empty=True), default="", means="A fault needs words."),
            )), refusals={409: ("already_decided",), 422: ("required",)})  # fmt: skip
def record_result(call: Call) -> Reply:
    """Record a result."""
    record_inspection_result(
        call.id, int(call.path["line"]), result=call.body["result"], note_text=call.body["note"], by=call.me, at=call.at
    )
    return Reply(shapes_money.inspection(call.seen))
