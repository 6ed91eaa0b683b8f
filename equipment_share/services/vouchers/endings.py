"""Use case of the night: a voucher is over; what is free of it expires, or is carried into the next period."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Actor
from equipment_share.domain.entitlement import may_carry
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import Money
from equipment_share.domain.periods import bureau_day, day_over
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.vouchers import LIVING, VoucherAct, VoucherState
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.vouchers import voucher_locked
from equipment_share.services.posting import lock_accounts, open_account, post
from equipment_share.services.transaction import record, transaction, use_case
from equipment_share.services.vouchers.granting import put_money
from equipment_share.services.vouchers.steps import sweep, tell_of_voucher, voucher_step


@use_case
def expire_voucher(voucher_id: int, *, by: Actor, at: datetime) -> bool:
    """Let what is free of a voucher expire once its last good day is over, or carry it over once; False when there is nothing to do."""
    with transaction() as session:
        voucher = voucher_locked(voucher_id)
        if voucher.valid_until is None or voucher.valid_until >= bureau_day(at):
            return False
        programme = terms(voucher.programme.document)
        carries = may_carry(programme, voucher.state, carried=voucher.carried_from_id is not None)
        carried = _carried(session, voucher, programme, by=by, at=at) if carries else None
        taken = sweep(session, voucher, AccountKind.EXPIRED, by=by, at=at)
        if voucher.state in LIVING:
            left = {"amount_fen": taken.fen, "carried_fen": carried.wanted.fen if carried else 0}
            voucher_step(session, voucher, VoucherAct.EXPIRE, "expired", by=by, at=at, facts=left)
            tell_of_voucher(session, voucher, "voucher_carried" if carried else "voucher_expired", at=at)
        return True


def _carried(session: Session, old: Voucher, programme: Programme, *, by: Actor, at: datetime) -> Voucher | None:
    """A voucher of the next period for what is free of the old one: back to the programme, and from there onto the new one."""
    if old.account_id is None:
        return None
    code = old.programme_code
    source = open_account(session, AccountKind.PROGRAMME, code, programme_code=code)
    house = lock_accounts(session, [source.id, old.account_id])[old.account_id]
    free = house.sums.available
    if not free:
        return None
    post(session, house, source, free, Phase.DIRECT, programme_code=code, by=by, at=at, reason="carried over")
    return _next(session, old, programme, free, by=by, at=at)


def _next(session: Session, old: Voucher, programme: Programme, amount: Money, *, by: Actor, at: datetime) -> Voucher:
    begins = bureau_day(day_over(old.period_last_on))
    period = programme.period_of(begins)
    voucher = Voucher(
        number=f"{old.number}-N", programme_code=old.programme_code, version_id=old.version_id, firm_id=old.firm_id, state=VoucherState.ISSUED,
        wanted=amount, period_first_on=period.first_on, period_last_on=period.last_on, valid_from=begins, valid_until=period.last_on,
        carried_from_id=old.id, tier=old.tier, made_at=at,
    )  # fmt: skip
    session.add(voucher)
    session.flush()
    put_money(session, voucher, programme, amount, by=by, at=at)
    record(session, "voucher", voucher, "carried_over", by=by, at=at, facts={"from": old.number, "amount_fen": amount.fen})
    return voucher
