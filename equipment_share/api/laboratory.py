"""The policy laboratory: recorded uses under drafts, reckoned and kept beside the books."""

from __future__ import annotations

from equipment_share.api.bodies import Json
from equipment_share.api.fields import Document, Field, ListOf
from equipment_share.api.kinds import Text
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.api.plain import key, local
from equipment_share.api.programmes import READING
from equipment_share.domain.access import Act
from equipment_share.domain.periods import Period
from equipment_share.models.settlement import LaboratoryRun
from equipment_share.queries.laboratory import run_seen_by
from equipment_share.services.laboratory import MOST_DRAFTS, run_laboratory

shelf = Shelf("laboratory")
RUN = Answer("LaboratoryRun")
DRAFT = Document("A programme document of the contract's section 4a.")


def _reply(run: LaboratoryRun, status: int = 200) -> Reply:
    body = {
        "id": key(run.id), "name": run.name, "period": str(Period(run.first_on, run.last_on)), "made_at": local(run.made_at),
        "drafts": run.drafts, "result": {"not_eligible": None, **run.result},
    }  # fmt: skip
    return Reply(body, status, f"/api/v1/laboratory/{run.id}" if status == 201 else "")


@shelf.post("/laboratory", Act.RUN_LABORATORY, "Replay the recorded uses of a period under one or two drafts; the books stay as they are.",
            RUN, makes=True, refusals=READING, body=Json((
                Field("name", Text(120, empty=True), default=""), Field("period", Text(30), required=True),
                Field("drafts", ListOf(DRAFT, MOST_DRAFTS, least=1), required=True),
            )))  # fmt: skip
def run(call: Call) -> Reply:
    """Replay and keep."""
    wanted = call.body
    return _reply(run_laboratory(wanted["drafts"], Period.parse(wanted["period"]), name=wanted["name"], by=call.me, at=call.at), 201)


@shelf.get("/laboratory/{id}", Act.EVALUATE, "One kept replay.", RUN, sees=by_id(run_seen_by))
def show_run(call: Call) -> Reply:
    """One run."""
    return _reply(run_seen_by(call.id, call.me))
