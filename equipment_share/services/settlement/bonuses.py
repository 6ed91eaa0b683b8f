"""Use cases of the owners' bonus: a clerk prepares it for a period, a reviewer decides each; the next batch pays it."""

from __future__ import annotations

from datetime import datetime

from equipment_share.adapters.tokens import short_code
from equipment_share.domain.access import Act, Actor, require, require_other_hand
from equipment_share.domain.errors import invalid
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import Period
from equipment_share.domain.programmes.programmes import terms
from equipment_share.domain.settlement.adjustments import AdjustmentAct, AdjustmentKind, AdjustmentState
from equipment_share.domain.subsidy.bonus import owner_bonus
from equipment_share.domain.vouchers import OverBudget
from equipment_share.models.settlement import Adjustment
from equipment_share.queries.adjustments import adjustment_locked, bonuses_given, services_by_owner
from equipment_share.queries.firms import require_no_link
from equipment_share.queries.vouchers import versions_of
from equipment_share.services.letters import tell_organisation
from equipment_share.services.posting import lock_accounts, open_account, post
from equipment_share.services.settlement.taking_back import adjustment_step
from equipment_share.services.transaction import record, transaction, use_case


@use_case
def prepare_bonuses(programme_code: str, period: Period, *, by: Actor, at: datetime) -> list[Adjustment]:
    """What each owner's supported services of a period earn above what it already has; preparing twice adds nothing.

    Raises: Forbidden, Invalid.
    """
    require(by, Act.PREPARE_BONUS)
    with transaction() as session:
        versions = versions_of(programme_code)
        bonus = terms(versions[0].document).owner_bonus if versions else None
        if bonus is None:
            raise invalid("no_bonus", "programme")
        given = bonuses_given(programme_code, period)
        rate_bp, cap = bonus[0], Money(bonus[1]) if bonus[1] is not None else None

        made = []
        for owner_id, services in services_by_owner(programme_code, period).items():
            earned = owner_bonus(services, rate_bp, cap)
            more = earned.amount - given.get(owner_id, ZERO)
            if more > ZERO:
                facts = {"services_fen": services.fen, "rate_bp": rate_bp, "binding": earned.binding}
                adjustment = Adjustment(
                    number=f"O-{programme_code}-{period}-{owner_id}-{short_code(4)}", kind=AdjustmentKind.BONUS, programme_code=programme_code,
                    payee_id=owner_id, amount=more, state=AdjustmentState.PROPOSED, period_first_on=period.first_on,
                    period_last_on=period.last_on, facts=facts, prepared_by_id=by.id, made_at=at,
                )  # fmt: skip
                session.add(adjustment)
                record(session, "adjustment", adjustment, "prepared", by=by, at=at, facts={"amount_fen": more.fen, **facts})
                made.append(adjustment)
    return made


@use_case
def approve_bonus(adjustment_id: int, *, by: Actor, at: datetime) -> Adjustment:
    """Another person decides: the programme owes the owner its bonus.

    Raises: Forbidden, SecondPersonRequired, ConflictOfInterest, NotFound, Invalid, OverBudget, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.REVIEW_BATCH)
    with transaction() as session:
        adjustment = adjustment_locked(adjustment_id, by)
        if adjustment.kind is not AdjustmentKind.BONUS:
            raise invalid("no_bonus", "id")
        require_other_hand(by, adjustment.prepared_by_id)
        require_no_link(by, adjustment.payee_id)
        adjustment_step(session, adjustment, AdjustmentAct.APPROVE, "approved", by=by, at=at)
        adjustment.decided_by_id, adjustment.decided_at = by.id, at

        code = adjustment.programme_code
        source = open_account(session, AccountKind.PROGRAMME, code, programme_code=code)
        payable = open_account(
            session, AccountKind.PAYABLE, f"{code}:{adjustment.payee_id}", programme_code=code, organisation_id=adjustment.payee_id
        )
        held = lock_accounts(session, [source.id])[source.id]
        if held.bounded and held.sums.available < adjustment.amount:
            raise OverBudget(left_fen=held.sums.available.fen)
        post(
            session,
            source,
            payable,
            adjustment.amount,
            Phase.DIRECT,
            programme_code=code,
            by=by,
            at=at,
            reason=f"bonus {adjustment.number}",
        )
        facts = {"number": adjustment.number, "amount_fen": adjustment.amount.fen}
        tell_organisation(session, adjustment.payee_id, "bonus_granted", at=at, facts=facts)
    return adjustment
