"""Use case of the year's end: cut a pro-rata programme's approved claims to its budget, once, and move the money."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, Role, require, require_other_hand
from equipment_share.domain.errors import AlreadyDecided, Conflict, InvalidTransition, Refused, invalid
from equipment_share.domain.money import Money
from equipment_share.domain.periods import Period
from equipment_share.domain.programmes.programmes import terms
from equipment_share.models.settlement import Claim, ProRataRun
from equipment_share.queries.prorata import Shares, promise_of, run_of, shares_of
from equipment_share.queries.vouchers import versions_of
from equipment_share.services.settlement.payout import pay_out
from equipment_share.services.transaction import note, record, transaction, use_case


class NothingToCut(Refused):
    """No approved claim of the period waits for its money."""

    code = "nothing_to_cut"


class ProRataChanged(Conflict):
    """Other claims were approved since the run was prepared: it is prepared anew."""

    code = "pro_rata_changed"


@use_case
def run_pro_rata(programme_code: str, period: Period, *, by: Actor, at: datetime) -> ProRataRun:
    """A clerk prepares the run, a reviewer decides it: every claim gets its share, and the money moves, in one unit.

    Raises: Forbidden, SecondPersonRequired, Invalid, NothingToCut, ProRataChanged, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CUT_PRO_RATA)
    with transaction(lost_race=AlreadyDecided) as session:
        versions = versions_of(programme_code)
        if not versions or terms(versions[0].document).exhaustion != "pro_rata":
            raise invalid("not_pro_rata", "programme")
        run = run_of(programme_code, period)
        if run is not None and run.decided_at is not None:
            raise AlreadyDecided(state="decided")
        shares = shares_of(programme_code, period, lock=True)
        if not shares.claims:
            raise NothingToCut()
        if by.role is Role.BUREAU_CLERK:
            return _prepared(session, run, programme_code, period, shares, by=by, at=at)
        if run is None:
            raise InvalidTransition(act="pro_rata")
        _decide(session, run, shares, by=by, at=at)
        return run


def _prepared(
    session: Session, run: ProRataRun | None, code: str, period: Period, shares: Shares, *, by: Actor, at: datetime
) -> ProRataRun:
    if run is None:
        run = ProRataRun(programme_code=code, period_first_on=period.first_on, period_last_on=period.last_on)
        session.add(run)
    run.budget, run.shares, run.prepared_by_id, run.made_at = shares.budget, shares.document(), by.id, at
    session.flush()
    note(session, "pro_rata.prepared", f"programme:{code}", by=by, at=at, facts={"period": str(period), "budget_fen": shares.budget.fen})
    return run


def _decide(session: Session, run: ProRataRun, shares: Shares, *, by: Actor, at: datetime) -> None:
    require_other_hand(by, run.prepared_by_id)
    if run.shares != shares.document():
        raise ProRataChanged()
    for claim in shares.claims:
        _cut(session, claim, shares.amounts[claim.number], by=by, at=at)
    run.decided_by_id, run.decided_at = by.id, at
    facts = {"budget_fen": shares.budget.fen, "claims": len(shares.claims)}
    note(session, "pro_rata.decided", f"programme:{run.programme_code}", by=by, at=at, facts=facts)


def _cut(session: Session, claim: Claim, amount: Money, *, by: Actor, at: datetime) -> None:
    said = promise_of(claim.booking_id, claim.programme_code)
    if said is None:
        raise AssertionError("a claim that waits for its money has a promise")
    claim.amount = amount
    if amount:
        pay_out(session, claim, said, amount, by=by, at=at)
    else:
        said.ended = "dropped"
    facts = {"asked_fen": claim.asked.fen, "amount_fen": amount.fen}
    record(session, "claim", claim, "cut_pro_rata", by=by, at=at, before=claim.state, facts=facts)
