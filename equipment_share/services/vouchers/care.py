"""Use cases that help firms to use what is theirs: told before a voucher ends, reminded of one that lies unused."""

from __future__ import annotations

from datetime import datetime

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.entitlement import check_reminder, is_ending
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.vouchers import NotEligible, VoucherState
from equipment_share.queries.entitlement import REMINDED, reminders, unused
from equipment_share.queries.people import organisation_seen_by
from equipment_share.queries.vouchers import firm_locked, voucher_locked, with_figures
from equipment_share.services.letters import tell_organisation
from equipment_share.services.transaction import record, transaction, use_case


@use_case
def warn_of_voucher_end(voucher_id: int, *, by: Actor, at: datetime) -> bool:
    """Tell a firm once that a voucher ends soon and what is left on it; False when there is nothing to tell."""
    with transaction() as session:
        voucher = voucher_locked(voucher_id)
        left = with_figures([voucher])[0].figures.available
        due = voucher.state is VoucherState.ISSUED and voucher.warned_at is None
        if not due or not is_ending(voucher.valid_until, left, on=bureau_day(at)):
            return False

        voucher.warned_at = at
        facts = {"number": voucher.number, "amount_fen": left.fen, "valid_until": str(voucher.valid_until)}
        record(session, "voucher", voucher, "end_warned", by=by, at=at, before=voucher.state, facts=facts)
        tell_organisation(session, voucher.firm_id, "voucher_ending", at=at, facts={"voucher_id": voucher.id, **facts})
    return True


@use_case
def remind_of_entitlement(firm_id: int, programme_code: str, *, by: Actor, at: datetime) -> None:
    """The clerk reminds a firm of a programme that it hardly uses, once in thirty days.

    Raises: Forbidden, NotFound, NotEligible when it is not on the list, AlreadyDecided.
    """
    require(by, Act.REMIND_FIRM)
    organisation_seen_by(firm_id, by)
    with transaction() as session:
        firm = firm_locked(firm_id)
        row = next((row for row in unused(at) if row.firm.id == firm.id and row.programme.code == programme_code), None)

        if row is None:
            raise NotEligible(programme=programme_code)
        check_reminder(reminders([firm.id]).get((firm.id, programme_code)), at=at)

        facts = {
            "programme": programme_code,
            "issued_fen": row.issued.fen,
            "used_fen": row.used.fen,
            "valid_until": row.last_on.isoformat(),
        }
        record(session, "organisation", firm, REMINDED, by=by, at=at, before=firm.state, facts=facts)
        tell_organisation(session, firm.id, "voucher_unused", at=at, facts=facts)
