"""Batches: gathered, locked, reviewed, approved, sent, paid, closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from equipment_share.api import shapes_money
from equipment_share.api.bodies import TABLE_CODES, Form, Json
from equipment_share.api.fields import Field
from equipment_share.api.kinds import CODE, Choice, Text
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.api.paging import PAGE, page
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Invalid, Problem
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.claims import BatchState
from equipment_share.models.settlement import Batch
from equipment_share.queries.settlement import batch_seen_by
from equipment_share.queries.settlement import batches as listed
from equipment_share.services.settlement.bank_file import bank_answers
from equipment_share.services.settlement.bank_return import record_bank_return
from equipment_share.services.settlement.batches import (
    approve_batch,
    lock_batch,
    open_batch,
    refuse_batch,
    review_batch,
    send_batch,
)
from equipment_share.services.settlement.closing import close_batch

shelf = Shelf("batches")
BATCH = Answer("Batch")
LIFE = ("already_decided", "invalid_transition")
REASON = Field("reason", Text(500, lines=True), required=True)


@shelf.get("/batches", Act.SEE_BATCHES, "Batches, newest first.", Answer("Batch", listed=True),
           query=(Field("status", Choice(tuple(BatchState))), Field("programme", CODE), *PAGE))  # fmt: skip
def list_batches(call: Call) -> Reply:
    """A page of batches."""
    wanted = call.query
    states = (BatchState(wanted["status"]),) if wanted["status"] else ()
    rows = listed(call.me, states=states, programme=wanted["programme"] or "", after_id=wanted["cursor"] or 0, limit=wanted["limit"] + 1)
    total = len(listed(call.me, states=states, programme=wanted["programme"] or "", limit=100_000)) if wanted["total"] else None
    return Reply(page(rows, wanted["limit"], shapes_money.batches, lambda row: row.id, total))


@shelf.post("/batches", Act.LOCK_BATCH, "The live batch of a programme, period and payee side; made when there is none.", BATCH, makes=True,
            or_answers={200: BATCH}, body=Json((
                Field("programme", CODE, required=True), Field("period", Text(30), required=True), Field("payee", Choice(("owner", "firm"))),
            )), refusals={422: ("not_a_period", "not_found")})  # fmt: skip
def open_a_batch(call: Call) -> Reply:
    """Open a batch."""
    body = call.body
    batch, made = open_batch(body["programme"], Period.parse(body["period"]), body["payee"], by=call.me, at=call.at)
    return Reply(shapes_money.batch(batch), 201 if made else 200, f"/api/v1/batches/{batch.id}" if made else "")


@shelf.get("/batches/{id}", Act.SEE_BATCHES, "One batch with its lines.", BATCH, sees=by_id(batch_seen_by))
def show_batch(call: Call) -> Reply:
    """One batch."""
    return Reply(shapes_money.batch(call.seen))


def _step(verb: str, act: Act, says: str, do: Callable[..., Batch], refusals: Mapping[int, tuple[str, ...]]) -> None:
    """One step of a batch's life."""

    def view(call: Call) -> Reply:
        return Reply(shapes_money.batch(do(call.id, version=call.version, by=call.me, at=call.at)))

    view.__name__ = f"{verb}_a_batch"
    shelf.post(f"/batches/{{id}}/{verb}", act, says, BATCH, sees=by_id(batch_seen_by), body=Json(), versioned=True, refusals=refusals)(view)


_HANDS = {403: ("second_person_required", "conflict_of_interest"), 409: LIFE}
_step(
    "lock",
    Act.LOCK_BATCH,
    "Freeze the approved claims.",
    lock_batch,
    {409: (*LIFE, "publicity_running", "pro_rata_missing"), 422: ("empty_batch",)},
)
_step("review", Act.REVIEW_BATCH, "Another person finds it right.", review_batch, _HANDS)
_step("approve", Act.APPROVE_BATCH, "The third person signs.", approve_batch, _HANDS)
_step("send", Act.LOCK_BATCH, "Hand the payment file to finance.", send_batch, {409: LIFE})
_step("close", Act.REVIEW_BATCH, "Close a paid batch; its bytes never change again.", close_batch,
      {403: ("second_person_required",), 409: (*LIFE, "not_paid_yet", "not_balanced", "findings_open")})  # fmt: skip


@shelf.post("/batches/{id}/refuse", Act.REFUSE_BATCH, "Say no; its claims are approved again.", BATCH, sees=by_id(batch_seen_by),
            body=Json((REASON,)), versioned=True, refusals={409: LIFE})  # fmt: skip
def refuse_a_batch(call: Call) -> Reply:
    """Refuse a batch."""
    return Reply(shapes_money.batch(refuse_batch(call.id, reason=call.body["reason"], version=call.version, by=call.me, at=call.at)))


@shelf.post("/batches/{id}/bank-return", Act.RECORD_BANK_RETURN, "Read the bank's answers; the same file again changes nothing.", BATCH,
            sees=by_id(batch_seen_by), body=Form((), most_megabytes=10, bare=("text/csv",)), versioned=True,
            refusals={403: ("second_person_required",), 409: LIFE, 422: (*TABLE_CODES, "unknown_line", "amount_differs", "taken")})  # fmt: skip
def read_a_bank_return(call: Call) -> Reply:
    """Read a bank return; the good rows are taken, the others are refused by row when none was good."""
    answers, unread = bank_answers(call.body["file"].content, call.body["file"].name)
    reading = record_bank_return(call.id, answers, version=call.version, by=call.me, at=call.at)
    wrong = [*unread, *reading.problems]
    if wrong and not (reading.paid or reading.failed or reading.unchanged):
        raise Invalid([Problem(problem.code, f"row {row}.{problem.field}", problem.facts) for row, problem in wrong])
    return Reply(shapes_money.batch(reading.batch))
