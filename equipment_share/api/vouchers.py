"""Vouchers: a firm's own quotas, and what the bureau does with them."""

from __future__ import annotations

from collections.abc import Callable

from equipment_share.api import shapes
from equipment_share.api.bodies import Json
from equipment_share.api.fields import Field
from equipment_share.api.kinds import CODE, Choice, Fen, Text
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.api.paging import PAGE, page
from equipment_share.domain.access import FIRM, Act
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.grants import due_grants
from equipment_share.queries.vouchers import count_of_vouchers, voucher_seen_by, vouchers_seen_by, with_figures
from equipment_share.services.vouchers.vouchers import (
    apply_for_voucher,
    check_voucher,
    freeze_voucher,
    issue_voucher,
    reject_voucher,
    return_voucher,
    revoke_voucher,
    unfreeze_voucher,
)  # fmt: skip

shelf = Shelf("vouchers")
REASON = Field("reason", Text(500, lines=True), required=True)
REASON_IF_ANY = Field("reason", Text(500, lines=True, empty=True), default="")
VOUCHER = Answer("Voucher")
LIFE = {409: ("already_decided", "invalid_transition")}
NO_LINK, OTHER_HAND = "conflict_of_interest", "second_person_required"
STATE = Field("status", Choice(tuple(VoucherState)))


def _reply(voucher: Voucher, status: int = 200) -> Reply:
    return Reply(shapes.voucher(with_figures([voucher])[0]), status, f"/api/v1/vouchers/{voucher.id}" if status == 201 else "")


@shelf.get("/vouchers", Act.SEE_VOUCHERS, "Vouchers with their six amounts: one's own firm's, or all for the bureau.",
           Answer("Voucher", listed=True), query=(STATE, Field("programme", CODE), *PAGE))  # fmt: skip
def list_vouchers(call: Call) -> Reply:
    """A page of vouchers; a firm also sees, last, what it will be granted without asking once it first needs it."""
    wanted = call.query
    states = (VoucherState(wanted["status"]),) if wanted["status"] else ()
    programme = wanted["programme"] or ""
    rows = vouchers_seen_by(call.me, states=states, programme=programme, after_id=wanted["cursor"] or 0, limit=wanted["limit"] + 1)
    due = _due(call) if wanted["status"] in (None, VoucherState.ISSUED) else []
    total = count_of_vouchers(call.me, states=states, programme=programme) + len(due) if wanted["total"] else None
    listed = page(rows, wanted["limit"], shapes.vouchers, lambda row: row.voucher.id, total)
    return Reply({**listed, "items": listed["items"] + (due if listed["next"] is None else [])})


def _due(call: Call) -> list[shapes.Shape]:
    if call.me.role not in FIRM:
        return []
    today, wanted = bureau_day(call.at), call.query["programme"]
    due = due_grants(call.me.organisation, today)
    return [
        shapes.voucher_to_come(version, quota, call.me.organisation, today, until)
        for version, quota, until in due
        if wanted in (None, version.code)
    ]


@shelf.get("/vouchers/{id}", Act.SEE_VOUCHERS, "One voucher.", VOUCHER, sees=by_id(voucher_seen_by))
def show_voucher(call: Call) -> Reply:
    """One voucher."""
    return _reply(call.seen)


@shelf.post("/vouchers", Act.APPLY_VOUCHER, "Apply for the quota of a programme, or for a part of it.", VOUCHER, makes=True,
            body=Json((Field("programme", CODE, required=True), Field("amount_fen", Fen(low=1)))),
            refusals={403: ("organisation_not_verified",), 404: ("not_found",), 422: ("not_eligible", "not_by_application")})  # fmt: skip
def apply(call: Call) -> Reply:
    """Apply for a voucher."""
    made = apply_for_voucher(call.body["programme"], amount=call.body["amount_fen"], by=call.me, at=call.at)
    return _reply(made, 201)


@shelf.post("/vouchers/{id}/check", Act.CHECK_VOUCHER, "The clerk finds the application in order.", VOUCHER,
            sees=by_id(voucher_seen_by), body=Json((REASON_IF_ANY,)), versioned=True, refusals=LIFE | {403: (NO_LINK,), 422: ("not_eligible",)})  # fmt: skip
def check(call: Call) -> Reply:
    """Check an application."""
    return _reply(check_voucher(call.id, version=call.version, by=call.me, at=call.at))


@shelf.post("/vouchers/{id}/issue", Act.ISSUE_VOUCHER, "The reviewer puts the money on the voucher.", VOUCHER,
            sees=by_id(voucher_seen_by), body=Json((REASON_IF_ANY,)), versioned=True,
            refusals=LIFE | {403: (OTHER_HAND, NO_LINK), 422: ("over_budget", "not_eligible")})  # fmt: skip
def issue(call: Call) -> Reply:
    """Issue a voucher."""
    return _reply(issue_voucher(call.id, version=call.version, by=call.me, at=call.at))


def _with_reason(verb: str, act: Act, says: str, do: Callable[..., Voucher], *forbidden: str) -> None:
    """The acts that only need a reason."""

    def view(call: Call) -> Reply:
        return _reply(do(call.id, reason=call.body["reason"], version=call.version, by=call.me, at=call.at))

    view.__name__ = f"{verb}_voucher"
    shelf.post(f"/vouchers/{{id}}/{verb}", act, says, VOUCHER, sees=by_id(voucher_seen_by), body=Json((REASON,)), versioned=True,
               refusals=LIFE | {403: (NO_LINK, *forbidden)})(view)  # fmt: skip


_with_reason("return", Act.REFUSE_VOUCHER, "Send an application back to be mended.", return_voucher)
_with_reason("reject", Act.REFUSE_VOUCHER, "Turn an application down.", reject_voucher)
_with_reason("freeze", Act.FREEZE_VOUCHER, "Stop new holds.", freeze_voucher)
_with_reason("unfreeze", Act.FREEZE_VOUCHER, "Another person lets it be used again.", unfreeze_voucher, OTHER_HAND)
_with_reason("revoke", Act.REVOKE_VOUCHER, "The leader takes back what is still free.", revoke_voucher)
