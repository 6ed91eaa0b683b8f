"""Money beside claims: adjustments after payment, the pro-rata run, owners' bonuses."""

from __future__ import annotations

from equipment_share.api import shapes_money
from equipment_share.api.bodies import Json
from equipment_share.api.fields import Field
from equipment_share.api.kinds import CODE, Choice, Fen, Text, YesNo
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.domain.access import Act
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.adjustments import AdjustmentState
from equipment_share.queries.adjustments import adjustment_seen_by, adjustments_seen_by
from equipment_share.queries.prorata import shares_of
from equipment_share.queries.settlement import claim_seen_by
from equipment_share.services.settlement.adjustments import adjust_claim, appeal_adjustment, record_repayment, refuse_adjustment
from equipment_share.services.settlement.bonuses import approve_bonus, prepare_bonuses
from equipment_share.services.settlement.prorata import run_pro_rata

shelf = Shelf("adjustments")
ADJUSTMENT = Answer("Adjustment")
LIFE = ("already_decided", "invalid_transition")
HANDS = ("second_person_required", "conflict_of_interest")
REASON = Field("reason", Text(500, lines=True), required=True)


@shelf.post("/claims/{id}/adjust", Act.ADJUST, "After payment: the clerk says how much comes back, the reviewer decides with the same call.",
            Answer("Claim"), sees=by_id(claim_seen_by), body=Json((
                REASON, Field("amount_fen", Fen(), means="How much of the claim is taken back; the reviewer may leave it out."),
            )), versioned=True, refusals={403: HANDS, 409: LIFE, 422: ("amount_differs",)})  # fmt: skip
def adjust_a_claim(call: Call) -> Reply:
    """Adjust a paid claim."""
    claim = adjust_claim(call.id, reason=call.body["reason"], amount=call.body["amount_fen"], version=call.version, by=call.me, at=call.at)
    return Reply(shapes_money.claim(claim, call.me))


@shelf.get("/adjustments", Act.SEE_CLAIMS, "Money beside claims: one's own, or all for the bureau.", Answer("Adjustment", listed=True),
           query=(Field("status", Choice(tuple(AdjustmentState))), Field("programme", CODE)))  # fmt: skip
def list_adjustments(call: Call) -> Reply:
    """The newest adjustments."""
    states = (AdjustmentState(call.query["status"]),) if call.query["status"] else ()
    rows = adjustments_seen_by(call.me, states=states, programme=call.query["programme"] or "")
    return Reply({"items": [shapes_money.adjustment(row) for row in rows], "next": None})


@shelf.post("/adjustments/{id}/refuse", Act.REVIEW_BATCH, "Say no to an adjustment that was prepared.", ADJUSTMENT, sees=by_id(adjustment_seen_by),
            body=Json((REASON,)), refusals={403: HANDS, 409: LIFE})  # fmt: skip
def refuse_an_adjustment(call: Call) -> Reply:
    """Refuse."""
    return Reply(shapes_money.adjustment(refuse_adjustment(call.id, reason=call.body["reason"], by=call.me, at=call.at)))


@shelf.post("/adjustments/{id}/approve", Act.REVIEW_BATCH, "Grant an owner's bonus that was prepared.", ADJUSTMENT, sees=by_id(adjustment_seen_by),
            body=Json(), refusals={403: HANDS, 409: LIFE, 422: ("no_bonus", "over_budget")})  # fmt: skip
def approve_a_bonus(call: Call) -> Reply:
    """Approve a bonus."""
    return Reply(shapes_money.adjustment(approve_bonus(call.id, by=call.me, at=call.at)))


@shelf.post("/adjustments/{id}/appeal", Act.SUBMIT_CLAIM, "Say what speaks against an adjustment.", ADJUSTMENT, sees=by_id(adjustment_seen_by),
            body=Json((REASON,)), refusals={409: LIFE})  # fmt: skip
def appeal_against_an_adjustment(call: Call) -> Reply:
    """Appeal."""
    return Reply(shapes_money.adjustment(appeal_adjustment(call.id, words=call.body["reason"], by=call.me, at=call.at)))


@shelf.post("/adjustments/{id}/repaid", Act.RECORD_REPAYMENT, "Finance has the money back.", ADJUSTMENT, sees=by_id(adjustment_seen_by),
            body=Json((Field("reference", Text(60), required=True),)), refusals={403: HANDS, 409: LIFE})  # fmt: skip
def record_a_repayment(call: Call) -> Reply:
    """Record a repayment."""
    return Reply(shapes_money.adjustment(record_repayment(call.id, reference=call.body["reference"], by=call.me, at=call.at)))


@shelf.post("/programmes/{code}/pro-rata", Act.CUT_PRO_RATA, "Cut the approved claims of a period to the budget: the clerk prepares, the reviewer decides.",
            Answer("ProRata"), body=Json((Field("period", Text(30), required=True), Field("preview", YesNo(), default=False))),
            refusals={403: HANDS, 409: (*LIFE, "pro_rata_changed"), 422: ("not_a_period", "not_pro_rata", "nothing_to_cut")})  # fmt: skip
def cut_pro_rata(call: Call) -> Reply:
    """Preview, prepare or decide a run."""
    code, period = call.path["code"], Period.parse(call.body["period"])
    run = None if call.body["preview"] else run_pro_rata(code, period, by=call.me, at=call.at)
    return Reply(shapes_money.pro_rata(code, period, shares_of(code, period), run))


@shelf.post("/programmes/{code}/bonus", Act.PREPARE_BONUS, "Prepare the owners' bonuses of a period; preparing twice adds nothing.",
            Answer("Adjustment", listed=True), body=Json((Field("period", Text(30), required=True),)),
            refusals={422: ("not_a_period", "no_bonus")})  # fmt: skip
def prepare_the_bonuses(call: Call) -> Reply:
    """Prepare bonuses."""
    made = prepare_bonuses(call.path["code"], Period.parse(call.body["period"]), by=call.me, at=call.at)
    return Reply({"items": [shapes_money.adjustment(row) for row in made], "next": None})
