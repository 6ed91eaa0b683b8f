"""Claims: what each step of the claimant and the bureau does to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from equipment_share.api import shapes, shapes_money
from equipment_share.api.bodies import Json
from equipment_share.api.decisions import PAPER
from equipment_share.api.fields import Field
from equipment_share.api.kinds import CODE, Choice, Text
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.api.paging import PAGE, page
from equipment_share.domain.access import Act
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.models.settlement import Claim
from equipment_share.queries.settlement import claim_seen_by, claims_seen_by, count_of_claims
from equipment_share.services.bookings.evidence import HandedIn, add_document
from equipment_share.services.settlement.claims import (
    approve_claim,
    check_claim,
    object_to_claim,
    reject_claim,
    return_claim,
    send_back_claim,
    submit_claim,
    withdraw_claim,
)  # fmt: skip
from equipment_share.services.settlement.flagging import write_findings

shelf = Shelf("claims")
CLAIM = Answer("Claim")
LIFE = ("already_decided", "invalid_transition")
REASON = Field("reason", Text(500, lines=True), required=True)
REASON_IF_ANY = Field("reason", Text(500, lines=True, empty=True), default="")


@shelf.get("/claims", Act.SEE_CLAIMS, "Claims: one's own, or all for the bureau.", Answer("Claim", listed=True),
           query=(Field("status", Choice(tuple(ClaimState))), Field("programme", CODE), *PAGE))  # fmt: skip
def list_claims(call: Call) -> Reply:
    """A page of claims."""
    wanted = call.query
    states = (ClaimState(wanted["status"]),) if wanted["status"] else ()
    programme = wanted["programme"] or ""
    rows = claims_seen_by(call.me, states=states, programme=programme, after_id=wanted["cursor"] or 0, limit=wanted["limit"] + 1)
    total = count_of_claims(call.me, states=states, programme=programme) if wanted["total"] else None
    return Reply(page(rows, wanted["limit"], lambda found: shapes_money.claims(found, call.me), lambda row: row.id, total))


@shelf.get("/claims/{id}", Act.SEE_CLAIMS, "One claim with its legs.", CLAIM, sees=by_id(claim_seen_by))
def show_claim(call: Call) -> Reply:
    """One claim."""
    return Reply(shapes_money.claim(call.seen, call.me))


def _step(
    verb: str, act: Act, says: str, do: Callable[..., Claim], *, reason: Field | None, refusals: Mapping[int, tuple[str, ...]]
) -> None:
    """One step of a claim's life."""

    def view(call: Call) -> Reply:
        more = {"reason": call.body["reason"]} if reason is not None and verb not in ("submit", "check", "approve") else {}
        return Reply(shapes_money.claim(do(call.id, version=call.version, by=call.me, at=call.at, **more), call.me))

    view.__name__ = f"{verb.replace('-', '_')}_claim"
    body = Json((reason,)) if reason is not None else Json()
    shelf.post(f"/claims/{{id}}/{verb}", act, says, CLAIM, sees=by_id(claim_seen_by), body=body, versioned=True,
               refusals={409: LIFE, **refusals})(view)  # fmt: skip


_HANDS = {403: ("second_person_required", "conflict_of_interest")}
_step("submit", Act.SUBMIT_CLAIM, "Hand a claim in.", submit_claim, reason=REASON_IF_ANY,
      refusals={422: ("papers_missing", "claim_too_late", "voucher_frozen")})  # fmt: skip
_step("withdraw", Act.SUBMIT_CLAIM, "Take a claim back.", withdraw_claim, reason=REASON_IF_ANY, refusals={})
_step("return", Act.CHECK_CLAIM, "Send a claim back to be mended.", return_claim, reason=REASON, refusals={})
_step("check", Act.CHECK_CLAIM, "The five legs agree.", check_claim, reason=REASON_IF_ANY, refusals=_HANDS | {422: ("papers_missing",)})
_step("send-back", Act.APPROVE_CLAIM, "The clerk looks again.", send_back_claim, reason=REASON, refusals={})
_step("approve", Act.APPROVE_CLAIM, "The reviewer approves.", approve_claim, reason=REASON_IF_ANY, refusals=_HANDS)
_step("reject", Act.REJECT_CLAIM, "Refuse a claim, rule quoted.", reject_claim, reason=REASON, refusals=_HANDS)
_step("object", Act.CHECK_CLAIM, "Record an objection to a published claim.", object_to_claim, reason=REASON, refusals={})


@shelf.post("/claims/{id}/findings", Act.CHECK_CLAIM, "Write down what is raised now, so that `/exceptions` can dispose of it.", CLAIM,
            sees=by_id(claim_seen_by))  # fmt: skip
def write_down(call: Call) -> Reply:
    """Write the flags down."""
    write_findings(call.id, by=call.me, at=call.at)
    return Reply(shapes_money.claim(claim_seen_by(call.id, call.me), call.me))


@shelf.post("/claims/{id}/evidence", Act.SUBMIT_CLAIM, "Add a paper to the claim's booking.", Answer("Document"), makes=True,
            sees=by_id(claim_seen_by), body=PAPER, refusals={409: LIFE, 422: ("file_kind",)})  # fmt: skip
def add_evidence(call: Call) -> Reply:
    """Add a paper."""
    body, file = call.body, call.body["file"]
    made = add_document(
        call.seen.booking_id, leg=body["leg"], number=body["number"], dated_on=body["date"], amount=body["amount_fen"],
        file=HandedIn(file.name, file.content) if file is not None else None, by=call.me, at=call.at,
    )  # fmt: skip
    return Reply(shapes.paper(made), 201, f"/api/v1/bookings/{call.seen.booking_id}")
