"""Proofs of eligibility: handed in by the firm, accepted or refused by the bureau."""

from __future__ import annotations

from typing import Any

from flask import Response

from equipment_share.adapters.attachments import attachment
from equipment_share.api.bodies import Form, Json
from equipment_share.api.fields import Field
from equipment_share.api.kinds import CODE, Day, Text
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id, need
from equipment_share.api.plain import day, key, local
from equipment_share.domain.access import Act
from equipment_share.domain.errors import NotFound
from equipment_share.domain.proofs import LONGEST_NUMBER
from equipment_share.models.vouchers import EligibilityProof
from equipment_share.queries.people import organisation_seen_by
from equipment_share.queries.proofs import proof_seen_by, proofs_of
from equipment_share.services.bookings.evidence import KINDS, HandedIn
from equipment_share.services.people.proofs import accept_proof, hand_in_proof, refuse_proof

shelf = Shelf("organisations")
PROOF = Answer("Proof")
HANDS = {403: ("second_person_required", "conflict_of_interest"), 409: ("already_decided",)}


def _shape(row: EligibilityProof) -> dict[str, Any]:
    file = row.file
    return {
        "id": key(row.id),
        "organisation": key(row.firm_id),
        "tag": row.tag,
        "number": row.number,
        "valid_until": day(row.valid_until),
        "status": row.state,
        "reason": row.reason,
        "file": {"name": file.name, "size": file.size, "sha256": file.sha256} if file is not None else None,
        "made_at": local(row.made_at),
        "decided_at": local(row.decided_at),
    }


@shelf.post("/organisations/{id}/proofs", Act.HAND_IN_PROOF, "Show that one's own firm belongs to a class, and until when.", PROOF, makes=True,
            sees=by_id(organisation_seen_by), body=Form((
                Field("tag", CODE, required=True),
                Field("number", Text(LONGEST_NUMBER), default="", means="Of the certificate; a number or a file is needed."),
                Field("valid_until", Day(), required=True, means="The last good day."),
            ), file_required=False), refusals={422: ("in_the_past", "not_a_code", "file_kind", "too_large")})  # fmt: skip
def hand_in_a_proof(call: Call) -> Reply:
    """Hand in a proof."""
    if call.seen.id != call.me.organisation_id:
        raise NotFound()
    body, file = call.body, call.body["file"]
    made = hand_in_proof(
        body["tag"], number=body["number"], valid_until=body["valid_until"],
        file=HandedIn(file.name, file.content) if file is not None else None, by=call.me, at=call.at,
    )  # fmt: skip
    return Reply(_shape(made), 201, f"/api/v1/organisations/{call.id}/proofs")


@shelf.get("/organisations/{id}/proofs", Act.SEE_PROOFS, "What a firm has shown, newest first.", Answer("Proof", listed=True),
           sees=by_id(organisation_seen_by))  # fmt: skip
def list_proofs(call: Call) -> Reply:
    """A firm's proofs."""
    return Reply({"items": [_shape(row) for row in proofs_of(call.id)], "next": None})


@shelf.get("/proofs/{id}/file", Act.SEE_PROOFS, "The file of a proof; for its firm and the bureau.", Answer(media_types=(*KINDS, "text/csv")),
           sees=by_id(proof_seen_by))  # fmt: skip
def fetch_a_proof_file(call: Call) -> Response:
    """The file, always as an attachment."""
    stored = need(call.seen.file)
    answer = Response(stored.content, mimetype=stored.media_type)
    answer.headers["Content-Disposition"] = attachment(stored.name)
    return answer


@shelf.post("/proofs/{id}/accept", Act.DECIDE_PROOF, "The firm has the tag until the proof's last good day.", PROOF, sees=by_id(proof_seen_by),
            refusals=HANDS)  # fmt: skip
def accept_a_proof(call: Call) -> Reply:
    """Accept."""
    return Reply(_shape(accept_proof(call.id, by=call.me, at=call.at)))


@shelf.post("/proofs/{id}/refuse", Act.DECIDE_PROOF, "The firm may hand in another.", PROOF, sees=by_id(proof_seen_by),
            body=Json((Field("reason", Text(500, lines=True), required=True),)), refusals=HANDS)  # fmt: skip
def refuse_a_proof(call: Call) -> Reply:
    """Refuse."""
    return Reply(_shape(refuse_proof(call.id, reason=call.body["reason"], by=call.me, at=call.at)))
