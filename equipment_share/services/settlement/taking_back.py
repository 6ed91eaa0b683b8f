"""Building blocks: an adjustment is written down, and when it is decided the books follow."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from equipment_share.adapters.tokens import short_code
from equipment_share.domain.access import Actor
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import bureau_day, months_later
from equipment_share.domain.programmes.programmes import terms
from equipment_share.domain.settlement.adjustments import AdjustmentAct, AdjustmentKind, AdjustmentState, next_adjustment_state
from equipment_share.domain.settlement.claims import ClaimAct, next_claim_state
from equipment_share.models.settlement import Adjustment, Claim
from equipment_share.queries.adjustments import taken_back_of
from equipment_share.services.bookings.returns import give_back_of
from equipment_share.services.letters import tell_organisation
from equipment_share.services.transaction import record


def written_against(session: Session, claim: Claim, amount: Money, reason: str, *, prepared_by: int | None, at: datetime) -> Adjustment:
    """An adjustment that takes an amount of a paid claim back; all of it is a claw-back."""
    whole = taken_back_of(claim.id) + amount == claim.amount
    made = Adjustment(
        number=f"A-{claim.number}-{short_code(4)}", kind=AdjustmentKind.CLAWBACK if whole else AdjustmentKind.CUT,
        programme_code=claim.programme_code, claim_id=claim.id, payee_id=claim.payee_id, amount=ZERO - amount,
        state=AdjustmentState.PROPOSED, reason=reason, facts={}, prepared_by_id=prepared_by, made_at=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def take_effect(session: Session, adjustment: Adjustment, claim: Claim, *, by: Actor, at: datetime) -> None:
    """The money goes back to the voucher at once, the payee's account is below zero until a batch or a repayment settles it.

    The booking stays as it was charged: bookings are never edited, the entry stands beside it.
    """
    adjustment_step(session, adjustment, AdjustmentAct.APPROVE, "approved", by=by, at=at)
    adjustment.decided_by_id, adjustment.decided_at = by.id, at
    amount = ZERO - adjustment.amount
    give_back_of(session, claim.booking_id, claim.programme_code, amount, by=by, at=at)
    act, event = (ClaimAct.CLAW_BACK, "clawed_back") if adjustment.kind is AdjustmentKind.CLAWBACK else (ClaimAct.ADJUST, "adjusted")
    before = claim.state
    claim.state = next_claim_state(before, act)
    facts = {"amount_fen": adjustment.amount.fen, "number": adjustment.number}
    record(session, "claim", claim, event, by=by, at=at, before=before, reason=adjustment.reason, facts=facts)
    if adjustment.kind is AdjustmentKind.CLAWBACK:
        _bar(session, claim, by=by, at=at)
    told = {"claim_id": claim.id, "number": claim.number, "amount_fen": amount.fen, "reason": adjustment.reason}
    tell_organisation(session, adjustment.payee_id, f"claim_{event}", at=at, facts=told)


def _bar(session: Session, claim: Claim, *, by: Actor, at: datetime) -> None:
    """A programme may keep a firm out for years after a claw-back (domain §1.6)."""
    penalty = terms(claim.programme.document).penalty
    if penalty is None or not penalty[1]:
        return
    firm = claim.booking.firm
    until: date = months_later(bureau_day(at), 12 * penalty[1])
    firm.barred_until = max(until, firm.barred_until or until)
    record(session, "organisation", firm, "barred", by=by, at=at, before=firm.state, facts={"until": firm.barred_until.isoformat()})


def adjustment_step(
    session: Session, adjustment: Adjustment, act: AdjustmentAct, event: str, *, by: Actor, at: datetime, reason: str = ""
) -> None:
    """Move an adjustment on and write it down."""
    before = adjustment.state
    adjustment.state = next_adjustment_state(before, act)
    facts = {"amount_fen": adjustment.amount.fen, "number": adjustment.number}
    record(session, "adjustment", adjustment, event, by=by, at=at, before=before, reason=reason, facts=facts)
