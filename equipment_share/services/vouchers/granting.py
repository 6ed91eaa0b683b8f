"""Building blocks: put money on a voucher, and grant one without application (免申即享)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Actor
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.vouchers import OverBudget, VoucherState
from equipment_share.models.people import SYSTEM, Organisation
from equipment_share.models.vouchers import ProgrammeVersion, Voucher
from equipment_share.queries.firms import tags_on
from equipment_share.queries.grants import auto_key, due_grants
from equipment_share.queries.vouchers import InForce
from equipment_share.services.posting import lock_accounts, open_account, post
from equipment_share.services.transaction import record


def put_money(session: Session, voucher: Voucher, programme: Programme, amount: Money, *, by: Actor, at: datetime) -> None:
    """Open the voucher's account and, when the budget is reserved at issue, move the amount onto it.

    Raises: OverBudget when the programme has less.
    """
    house = open_account(
        session, AccountKind.VOUCHER, str(voucher.id), programme_code=voucher.programme_code, organisation_id=voucher.firm_id
    )
    voucher.account_id = house.id
    if programme.reserve_at != "issue":
        return
    source = open_account(session, AccountKind.PROGRAMME, voucher.programme_code, programme_code=voucher.programme_code)
    locked = lock_accounts(session, [source.id, house.id])
    if source.bounded and locked[source.id].sums.available < amount:
        raise OverBudget(left_fen=locked[source.id].sums.available.fen)
    post(session, source, house, amount, Phase.DIRECT, programme_code=voucher.programme_code, by=by, at=at, reason="issue")


def affords(session: Session, voucher: Voucher, programme: Programme) -> bool:
    """Whether the programme has the whole amount; one without a budget, or that lends later, always has."""
    if programme.reserve_at != "issue":
        return True
    source = open_account(session, AccountKind.PROGRAMME, voucher.programme_code, programme_code=voucher.programme_code)
    return not source.bounded or lock_accounts(session, [source.id])[source.id].sums.available >= voucher.wanted


def grant_what_is_due(session: Session, firm: Organisation, *, in_force: Sequence[InForce] | None = None, at: datetime) -> int:
    """Issue every voucher that the firm is entitled to without asking and does not have yet; answers how many were issued.

    A programme whose budget is spent grants what is left, or nothing; that never refuses the booking that asked.
    """
    today, made = bureau_day(at), 0
    for version, _, _ in due_grants(firm, today, in_force):
        programme = terms(version.document)
        made += _grant(session, firm, version, programme, auto_key(version.code, firm.id, programme.period_of(today).first_on), at=at)
    return made


def _grant(session: Session, firm: Organisation, version: ProgrammeVersion, programme: Programme, key: str, *, at: datetime) -> bool:
    today = bureau_day(at)
    period = programme.period_of(today)
    amount = _affordable(session, version.code, programme, programme.quota_for(tags_on(firm, today)) or ZERO)
    if not amount:
        return False
    voucher = Voucher(
        number=f"V{today:%Y}-{version.code}-{firm.id}-{period.first_on:%m%d}",
        programme_code=version.code,
        version_id=version.id,
        firm_id=firm.id,
        state=VoucherState.ISSUED,
        wanted=amount,
        period_first_on=period.first_on,
        period_last_on=period.last_on,
        valid_from=today,
        valid_until=programme.valid_until(today, period),
        auto_key=key,
        tier=sorted(tags_on(firm, today)),
        made_at=at,
    )
    session.add(voucher)
    session.flush()
    put_money(session, voucher, programme, amount, by=SYSTEM, at=at)
    record(session, "voucher", voucher, "granted", by=SYSTEM, at=at, facts={"amount_fen": amount.fen})
    return True


def _affordable(session: Session, code: str, programme: Programme, quota: Money) -> Money:
    """The quota, or what the budget still gives of it."""
    if programme.reserve_at != "issue":
        return quota
    source = open_account(session, AccountKind.PROGRAMME, code, programme_code=code)
    if not source.bounded:
        return quota
    left = lock_accounts(session, [source.id])[source.id].sums.available
    return min(quota, left) if programme.partial_ok or left >= quota else ZERO
