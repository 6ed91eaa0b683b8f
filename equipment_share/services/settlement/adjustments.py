"""Use cases after payment: a claim is adjusted or clawed back by two persons, the payee appeals, finance records a repayment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, Role, require, require_other_hand
from equipment_share.domain.errors import AlreadyDecided, Invalid, InvalidTransition, Problem, invalid
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.settlement.adjustments import AdjustmentAct, AdjustmentKind, AdjustmentState
from equipment_share.domain.settlement.claims import ClaimAct, next_claim_state
from equipment_share.models.settlement import Adjustment, Claim
from equipment_share.queries.adjustments import adjustment_locked, adjustments_of, taken_back_of
from equipment_share.queries.firms import require_no_link
from equipment_share.queries.settlement import claim_locked
from equipment_share.services.bookings.decisions import given_reason
from equipment_share.services.posting import open_account, post
from equipment_share.services.settlement.taking_back import adjustment_step, take_effect, written_against
from equipment_share.services.transaction import record, transaction, use_case

A = AdjustmentAct


@use_case
def adjust_claim(claim_id: int, *, reason: str, amount: Money | None = None, version: int | None = None, by: Actor, at: datetime) -> Claim:
    """After payment: the clerk says how much of a claim is to come back and why, the reviewer decides; the next batch takes it.

    Raises: Forbidden, SecondPersonRequired, ConflictOfInterest, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.ADJUST)
    with transaction() as session:
        claim = claim_locked(claim_id, by, version)
        require_no_link(by, claim.claimant_id, claim.payee_id, claim.booking.firm_id)
        next_claim_state(claim.state, ClaimAct.CLAW_BACK)
        waiting = next((row for row in adjustments_of(claim.id) if row.state is AdjustmentState.PROPOSED), None)
        if by.role is Role.BUREAU_CLERK:
            if waiting is not None:
                raise AlreadyDecided(state=waiting.state.value)
            _propose(session, claim, amount, given_reason(reason), by=by, at=at)
        else:
            if waiting is None:
                raise InvalidTransition(state=claim.state.value, act="adjust")
            _approve(session, waiting, claim, amount, by=by, at=at)
    return claim


def _propose(session: Session, claim: Claim, amount: Money | None, reason: str, *, by: Actor, at: datetime) -> None:
    left = claim.amount - taken_back_of(claim.id)
    if amount is None:
        raise invalid("required", "amount_fen")
    if not ZERO < amount <= left:
        raise Invalid([Problem("out_of_range", "amount_fen", {"low": 1, "high": left.fen})])
    made = written_against(session, claim, amount, reason, prepared_by=by.id, at=at)
    facts = {"amount_fen": made.amount.fen, "number": made.number}
    record(session, "claim", claim, "adjustment_proposed", by=by, at=at, before=claim.state, reason=reason, facts=facts)


def _approve(session: Session, waiting: Adjustment, claim: Claim, amount: Money | None, *, by: Actor, at: datetime) -> None:
    require_other_hand(by, waiting.prepared_by_id)
    if amount is not None and amount != ZERO - waiting.amount:
        raise Invalid([Problem("amount_differs", "amount_fen")])
    take_effect(session, waiting, claim, by=by, at=at)


@use_case
def refuse_adjustment(adjustment_id: int, *, reason: str, by: Actor, at: datetime) -> Adjustment:
    """The reviewer says no to what a clerk prepared.

    Raises: Forbidden, SecondPersonRequired, NotFound, Invalid, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.REVIEW_BATCH)
    with transaction() as session:
        adjustment = adjustment_locked(adjustment_id, by)
        require_other_hand(by, adjustment.prepared_by_id)
        adjustment_step(session, adjustment, A.REFUSE, "refused", by=by, at=at, reason=given_reason(reason))
        adjustment.decided_by_id, adjustment.decided_at = by.id, at
    return adjustment


@use_case
def appeal_adjustment(adjustment_id: int, *, words: str, by: Actor, at: datetime) -> Adjustment:
    """The payee says what speaks against an adjustment; the bureau reads it before it decides, and keeps it.

    Raises: Forbidden, NotFound, Invalid, InvalidTransition.
    """
    require(by, Act.SUBMIT_CLAIM)
    with transaction() as session:
        adjustment = adjustment_locked(adjustment_id, by)
        if adjustment.kind is AdjustmentKind.BONUS or adjustment.state not in (AdjustmentState.PROPOSED, AdjustmentState.APPROVED):
            raise InvalidTransition(state=adjustment.state.value, act="appeal")
        adjustment.appeal = given_reason(words)
        record(session, "adjustment", adjustment, "appealed", by=by, at=at, before=adjustment.state, reason=words)
    return adjustment


@use_case
def record_repayment(adjustment_id: int, *, reference: str, by: Actor, at: datetime) -> Adjustment:
    """Finance has the money back from the payee: the account below zero is level again, and no batch takes it.

    Raises: Forbidden, SecondPersonRequired, NotFound, Invalid, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.RECORD_REPAYMENT)
    with transaction() as session:
        adjustment = adjustment_locked(adjustment_id, by)
        require_other_hand(by, adjustment.decided_by_id)
        if adjustment.amount >= ZERO:
            raise InvalidTransition(state=adjustment.state.value, act="repay")
        adjustment_step(session, adjustment, A.REPAY, "repaid", by=by, at=at, reason=given_reason(reference))
        code = adjustment.programme_code
        paid = open_account(session, AccountKind.PAID, code, programme_code=code)
        payable = open_account(
            session, AccountKind.PAYABLE, f"{code}:{adjustment.payee_id}", programme_code=code, organisation_id=adjustment.payee_id
        )
        booking_id = adjustment.claim.booking_id if adjustment.claim else None
        back, reason = ZERO - adjustment.amount, f"repaid {reference}"
        step = post(session, paid, payable, back, Phase.DIRECT, programme_code=code, booking_id=booking_id, by=by, at=at, reason=reason)
        adjustment.transfer_id = step.id
    return adjustment
