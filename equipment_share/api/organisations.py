"""Who is signed in, the organisations, and the people in them."""

from __future__ import annotations

from typing import Any

from flask import current_app

from equipment_share.api import shapes
from equipment_share.api.bodies import Json
from equipment_share.api.fields import Field, ListOf, ObjectOf
from equipment_share.api.kinds import CODE, EMAIL, Choice, Day, Fen, Integer, Secret, Text, YesNo
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.api.paging import PAGE, page
from equipment_share.api.plain import key
from equipment_share.domain.access import Act, Kind, Role
from equipment_share.domain.limits import REGISTRATIONS
from equipment_share.domain.money import Money
from equipment_share.models.people import Organisation, OrganisationState
from equipment_share.queries.people import count_of_organisations, organisation_seen_by, organisations
from equipment_share.services.people.people import (
    describe_organisation,
    invite_person,
    register_organisation,
    suspend_organisation,
    verify_organisation,
)  # fmt: skip

shelf = Shelf("people")
ORGANISATION = Answer("Organisation")
REASON = Field("reason", Text(500, lines=True), required=True)
HOLDING = ObjectOf((Field("name", Text(200), required=True), Field("share_bp", Integer(0, 10_000), required=True)))
CREDIT_LISTS = ("abnormal", "dishonest")
DECIDED = {409: ("already_decided",)}


@shelf.get("/me", Act.OWN_ACCOUNT, "Who is signed in.", Answer("Me"))
def show_me(call: Call) -> Reply:
    """Who is signed in."""
    return Reply(shapes.me(call.me))


@shelf.post("/organisations", None, "A firm or owner registers itself with its first administrator.", ORGANISATION, makes=True,
            per_minute=REGISTRATIONS, body=Json((
                Field("kind", Choice((Kind.FIRM, Kind.OWNER)), required=True),
                Field("code", Text(40), required=True, means="The unified social credit code."),
                Field("name", Text(200), required=True),
                Field("email", EMAIL, required=True, means="Of the first administrator."),
                Field("person", Text(60), default="", means="The first administrator's name."),
                Field("password", Secret(), required=True),
                Field("phone", Text(40), default=""),
            )), refusals={409: ("already_decided",), 422: ("not_a_uscc", "taken", "password_too_weak", "password_too_common", "password_too_long")})  # fmt: skip
def register(call: Call) -> Reply:
    """Register."""
    body = call.body
    made = register_organisation(
        Kind(body["kind"]), body["code"], body["name"],
        email=body["email"], person=body["person"], password=body["password"], phone=body["phone"], at=call.at,
    )  # fmt: skip
    return Reply(shapes.organisation(made), 201, f"/api/v1/organisations/{made.id}")


@shelf.get("/organisations", Act.SEE_ORGANISATIONS, "All organisations, for the bureau.", Answer("Organisation", listed=True),
           query=(Field("kind", Choice(tuple(Kind))), Field("status", Choice(tuple(OrganisationState))), Field("q", Text(200)), *PAGE))  # fmt: skip
def list_organisations(call: Call) -> Reply:
    """A page of organisations."""
    wanted = call.query
    narrowed: dict[str, Any] = {
        "kind": Kind(wanted["kind"]) if wanted["kind"] else None,
        "state": OrganisationState(wanted["status"]) if wanted["status"] else None,
        "q": wanted["q"] or "",
    }
    rows = organisations(call.me, **narrowed, after_id=wanted["cursor"] or 0, limit=wanted["limit"] + 1)
    total = count_of_organisations(call.me, **narrowed) if wanted["total"] else None
    return Reply(page(rows, wanted["limit"], shapes.organisations, _id, total))


def _id(row: Organisation) -> int:
    return row.id


@shelf.get(
    "/organisations/{id}", Act.OWN_ACCOUNT, "One's own organisation, or any for the bureau.", ORGANISATION, sees=by_id(organisation_seen_by)
)
def show_organisation(call: Call) -> Reply:
    """One organisation."""
    return Reply(shapes.organisation(call.seen))


@shelf.patch("/organisations/{id}", Act.DESCRIBE_ORGANISATION, "What makes a firm eligible, and whom it is linked to.", ORGANISATION,
             sees=by_id(organisation_seen_by), body=Json((
                 Field("tags", ListOf(ObjectOf((Field("tag", CODE, required=True), Field("valid_until", Day()))), 50)),
                 Field("related", ListOf(CODE, 200, once=True)),
                 Field("staff", Integer(0, 10**7)),
                 Field("revenue_fen", Fen()),
                 Field("capital_fen", Fen()),
                 Field("region", Text(60)),
                 Field("barred", YesNo(), means="Without a last day: until it is taken back."),
                 Field("barred_until", Day(), means="The last day of the bar."),
                 Field("controller", Text(60, empty=True), means="The actual controller."),
                 Field("legal_rep", Text(60, empty=True)),
                 Field("shareholders", ListOf(HOLDING, 100), means="Together no more than the whole."),
                 Field("founded_on", Day()),
                 Field("insured_staff", Integer(0, 10**7)),
                 Field("research_spend_fen", Fen()),
                 Field("credit_list", Choice(CREDIT_LISTS), means="On which list of the authorities the firm stands."),
                 Field("credit_since", Day()),
             ), partial=True), refusals={422: ("not_found",)})  # fmt: skip
def describe(call: Call) -> Reply:
    """Describe an organisation: only what was sent changes, a list is replaced whole, null clears."""
    body = dict(call.body)
    facts = {name.removesuffix("_fen"): _plain_fact(name, value) for name, value in body.items() if name not in ("tags", "related")}
    tags = [
        {"tag": row["tag"], "valid_until": row["valid_until"].isoformat() if row["valid_until"] else None} for row in body.get("tags") or []
    ]
    changed = describe_organisation(
        call.id, tags=tags if "tags" in body else None, related=(body["related"] or []) if "related" in body else None,
        facts=facts, version=call.version, by=call.me, at=call.at,
    )  # fmt: skip
    return Reply(shapes.organisation(changed))


_CLEARED = {"region": "", "barred": False, "controller": "", "legal_rep": "", "shareholders": [], "credit_list": ""}


def _plain_fact(name: str, value: Any) -> Any:
    if value is None:
        return _CLEARED.get(name)
    return value.fen if isinstance(value, Money) else value


@shelf.post("/organisations/{id}/verify", Act.VERIFY_ORGANISATION, "The organisation is what it says.", ORGANISATION,
            sees=by_id(organisation_seen_by), versioned=True, refusals=DECIDED)  # fmt: skip
def verify(call: Call) -> Reply:
    """Verify."""
    return Reply(shapes.organisation(verify_organisation(call.id, version=call.version, by=call.me, at=call.at)))


@shelf.post("/organisations/{id}/suspend", Act.VERIFY_ORGANISATION, "Stop it from booking, listing and applying.", ORGANISATION,
            sees=by_id(organisation_seen_by), body=Json((REASON,)), versioned=True, refusals=DECIDED)  # fmt: skip
def suspend(call: Call) -> Reply:
    """Suspend."""
    return Reply(
        shapes.organisation(suspend_organisation(call.id, reason=call.body["reason"], version=call.version, by=call.me, at=call.at))
    )


@shelf.post("/organisations/{id}/members", Act.INVITE_PERSON, "Let somebody in by a one-time link.", Answer("Member"), makes=True,
            sees=by_id(organisation_seen_by), body=Json((
                Field("email", EMAIL, required=True),
                Field("role", Choice(tuple(role for role in Role if role not in (Role.VISITOR, Role.SYSTEM))), required=True),
                Field("name", Text(60), default=""),
            )), refusals={409: ("already_decided",), 422: ("taken",)})  # fmt: skip
def invite(call: Call) -> Reply:
    """Invite a member; the link is told once and kept nowhere."""
    body = call.body
    user, secret = invite_person(body["email"], Role(body["role"]), call.id, name=body["name"], by=call.me, at=call.at)
    link = f"{str(current_app.config['BASE_URL']).rstrip('/')}/link/{secret}"
    told = {"id": key(user.id), "email": user.email, "role": user.role.value, "link": None}
    return Reply(told, 201, f"/api/v1/organisations/{call.id}", told_once={"link": link})
