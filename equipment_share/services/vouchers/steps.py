"""Building blocks of a voucher's life: a step written down, a letter, what is free swept to where lost money goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Actor
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.vouchers import VoucherAct, next_voucher_state
from equipment_share.models.vouchers import Voucher
from equipment_share.services.letters import tell_organisation
from equipment_share.services.posting import lock_accounts, open_account, post
from equipment_share.services.transaction import record


def sweep(session: Session, voucher: Voucher, to: AccountKind, *, by: Actor, at: datetime) -> Money:
    """Move what is free of a voucher to where spent or lost money goes."""
    if voucher.account_id is None:
        return ZERO
    code = voucher.programme_code
    target = open_account(session, to, code, programme_code=code)
    house = lock_accounts(session, [voucher.account_id])[voucher.account_id]
    free = house.sums.available
    if free:
        post(session, house, target, free, Phase.DIRECT, programme_code=code, by=by, at=at, reason=to.value)
    return free


def voucher_step(
    session: Session, voucher: Voucher, act: VoucherAct, event: str, *, by: Actor, at: datetime, reason: str = "",
    facts: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """Move a voucher on in its life and write it down."""
    before = voucher.state
    voucher.state = next_voucher_state(before, act)
    record(session, "voucher", voucher, event, by=by, at=at, before=before, reason=reason, facts=facts)


def tell_of_voucher(session: Session, voucher: Voucher, kind: str, *, at: datetime) -> None:
    """A letter to the firm about its voucher."""
    facts = {"voucher_id": voucher.id, "number": voucher.number, "amount_fen": voucher.wanted.fen, "reason": voucher.reason}
    tell_organisation(session, voucher.firm_id, kind, at=at, facts=facts)
