"""Training: firms ask, owners grant, and an instrument says who may use it until when."""

from __future__ import annotations

from equipment_share.api.bodies import Json
from equipment_share.api.fields import Field
from equipment_share.api.kinds import EMAIL, KEY, Choice, Day, Text
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.api.plain import key, local
from equipment_share.domain.access import Act
from equipment_share.domain.errors import NotFound
from equipment_share.domain.periods import bureau_day, months_later
from equipment_share.models.authorisations import Authorisation, TrainingRequest
from equipment_share.models.people import User
from equipment_share.queries.instruments.authorisations import authorisations_of, training_seen_by
from equipment_share.queries.instruments.instruments import own_instrument
from equipment_share.services.instruments.authorisations import ask_training, authorise, grant_training, refuse_training

shelf = Shelf("training")
REQUEST, STATES = Answer("Training"), ("asked", "granted", "refused")
MONTHS = 12
"""How long a grant holds when no day is given."""


def _request(row: TrainingRequest) -> dict[str, object]:
    return {
        "id": key(row.id), "instrument": key(row.instrument_id), "email": row.user.email, "status": row.state, "reason": row.reason,
        "at": local(row.made_at),
    }  # fmt: skip


def _authorisation(row: Authorisation) -> dict[str, object]:
    return {"id": key(row.id), "email": row.user.email, "valid_until": row.valid_until.isoformat()}


def _seen(request_id: int, by: User) -> TrainingRequest:
    """A request that the person may see.

    Raises: NotFound.
    """
    for row in training_seen_by(by):
        if row.id == request_id:
            return row
    raise NotFound()


@shelf.get("/instruments/{id}/authorisations", Act.GRANT_TRAINING, "Who may use it, and until when (the last good day).",
           Answer("Authorisation", listed=True), sees=by_id(own_instrument))  # fmt: skip
def list_authorisations(call: Call) -> Reply:
    """Everybody's newest authorisation."""
    return Reply({"items": [_authorisation(row) for row in authorisations_of(call.id)], "next": None})


@shelf.post("/instruments/{id}/authorisations", Act.GRANT_TRAINING, "Let a person of a firm use it up to and including a day.",
            Answer("Authorisation"), makes=True, sees=by_id(own_instrument),
            body=Json((Field("email", EMAIL, required=True), Field("valid_until", Day(), required=True))),
            refusals={422: ("not_found",)})  # fmt: skip
def authorise_person(call: Call) -> Reply:
    """Authorise a person."""
    made = authorise(call.id, call.body["email"], valid_until=call.body["valid_until"], by=call.me, at=call.at)
    return Reply(_authorisation(made), 201, f"/api/v1/instruments/{call.id}/authorisations")


@shelf.get("/training", Act.SEE_TRAINING, "Requests of one's own firm, or for one's own instruments.", Answer("Training", listed=True),
           query=(Field("status", Choice(STATES)),))  # fmt: skip
def list_training(call: Call) -> Reply:
    """Requests for training."""
    return Reply({"items": [_request(row) for row in training_seen_by(call.me, state=call.query.get("status") or "")], "next": None})


@shelf.post("/training", Act.ASK_TRAINING, "Ask to be trained; asking again while one waits gives the same one.", REQUEST, makes=True,
            body=Json((Field("instrument", KEY, required=True),)),
            refusals={403: ("organisation_not_verified",), 404: ("not_found",), 409: ("already_decided",)})  # fmt: skip
def ask(call: Call) -> Reply:
    """Ask for training."""
    made = ask_training(int(call.body["instrument"]), by=call.me, at=call.at)
    return Reply(_request(made), 201, "/api/v1/training")


@shelf.post("/training/{id}/grant", Act.GRANT_TRAINING, "The person has been trained; without a day it holds for twelve months.", REQUEST,
            sees=by_id(_seen), body=Json((Field("valid_until", Day()),)), refusals={409: ("already_decided",)})  # fmt: skip
def grant(call: Call) -> Reply:
    """Grant a request."""
    until = call.body.get("valid_until") or months_later(bureau_day(call.at), MONTHS)
    return Reply(_request(grant_training(call.id, valid_until=until, by=call.me, at=call.at)))


@shelf.post("/training/{id}/refuse", Act.GRANT_TRAINING, "The owner says no, and why.", REQUEST, sees=by_id(_seen),
            body=Json((Field("reason", Text(500), required=True),)), refusals={409: ("already_decided",)})  # fmt: skip
def refuse(call: Call) -> Reply:
    """Refuse a request."""
    return Reply(_request(refuse_training(call.id, reason=call.body["reason"], by=call.me, at=call.at)))
