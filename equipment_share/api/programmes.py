"""Programmes: published ones for all, drafts for the bureau, and the pure decision over a case file."""

from __future__ import annotations

from equipment_share.api import shapes
from equipment_share.api.bodies import Json, Whole
from equipment_share.api.operations import Answer, Call, Reply, Shelf
from equipment_share.domain.access import Act
from equipment_share.domain.subsidy.casefile import evaluate
from equipment_share.models.vouchers import ProgrammeVersion
from equipment_share.queries.vouchers import programmes_seen_by
from equipment_share.services.vouchers.programmes import draft_programme, draft_version, publish_version

shelf = Shelf("programmes")
PROGRAMME = Answer("Programme")
DOCUMENT = Whole({"type": "object", "description": "The programme document of the contract's section 4a."})
CASE = Whole({"type": "object", "description": "The case file of the contract's section 4.", "required": ["order", "firm", "programmes"]})
READING = {422: (
    "bands_not_ascending", "contradiction", "not_a_list_of_texts", "not_a_period", "not_supported", "taken", "weights_zero",
)}  # fmt: skip


def _reply(version: ProgrammeVersion, status: int = 200) -> Reply:
    return Reply(shapes.programme(version), status, "/api/v1/programmes" if status == 201 else "")


@shelf.get("/programmes", None, "Every version of every programme that the caller may see.", Answer("Programme", listed=True), cached=True)
def list_programmes(call: Call) -> Reply:
    """All programmes; there are few, so they come on one page."""
    return Reply({"items": shapes.programmes(programmes_seen_by(call.by)), "next": None})


@shelf.post("/programmes", Act.DRAFT_PROGRAMME, "Draft a programme.", PROGRAMME, makes=True, body=DOCUMENT,
            refusals={409: ("already_decided",), **READING})  # fmt: skip
def draft(call: Call) -> Reply:
    """Draft the first version."""
    return _reply(draft_programme(call.body["document"], by=call.me, at=call.at), 201)


@shelf.post("/programmes/{code}/versions", Act.DRAFT_PROGRAMME, "Draft the next version.", PROGRAMME, makes=True, body=DOCUMENT,
            refusals={409: ("already_decided",), **READING})  # fmt: skip
def draft_next(call: Call) -> Reply:
    """Draft another version."""
    return _reply(draft_version(call.path["code"], call.body["document"], by=call.me, at=call.at), 201)


@shelf.post("/programmes/{code}/versions/{n}/publish", Act.PUBLISH_PROGRAMME, "Publish a version and appropriate its budget.", PROGRAMME,
            body=Json(), refusals={403: ("second_person_required",), 409: ("already_decided", "invalid_transition"),
                                   422: (*READING[422], "over_budget")})  # fmt: skip
def publish(call: Call) -> Reply:
    """Publish a draft."""
    return _reply(publish_version(call.path["code"], call.path["n"], by=call.me, at=call.at))


@shelf.post("/programmes/evaluate", Act.EVALUATE, "Decide a case file with the function that quotes, holds and claims use.",
            Answer("Decision"), body=CASE, keeps=False, refusals=READING)  # fmt: skip
def evaluate_case(call: Call) -> Reply:
    """Decide a case."""
    return Reply(evaluate(call.body["document"]))
