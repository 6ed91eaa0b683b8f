"""Use cases that help firms to use what is theirs: told before a voucher ends, reminded of one that lies unused."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.entitlement import check_reminder, is_ending
from equipment_share.domain.money import total
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.vouchers import NotEligible, VoucherState
from equipment_share.queries.entitlement import REMINDED, Unused, unused
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
def remind_of_entitlement(firm_id: int, programme_codes: Collection[str], *, by: Actor, at: datetime) -> int:
    """The clerk reminds a firm of programmes that it hardly uses, each once in thirty days, all in one letter to everybody there.

    Answers how many letters that are.
    Raises: Forbidden, NotFound, NotEligible when one is not on the list, AlreadyDecided.
    """
    require(by, Act.REMIND_FIRM)
    organisation_seen_by(firm_id, by)
    with transaction() as session:
        firm = firm_locked(firm_id)
        rows = {row.programme.code: row for row in unused(at, firm_id=firm.id)}

        for code in programme_codes:
            if code not in rows:
                raise NotEligible(programme=code)
            check_reminder(rows[code].reminded_at, at=at)

        chosen = [rows[code] for code in dict.fromkeys(programme_codes)]
        for row in chosen:
            record(session, "organisation", firm, REMINDED, by=by, at=at, before=firm.state, facts=_facts([row]))
        return tell_organisation(session, firm.id, "voucher_unused", at=at, facts=_facts(chosen)) if chosen else 0


def _facts(rows: Sequence[Unused]) -> dict[str, object]:
    """What of which programmes lies unused, and which of them ends first."""
    return {
        "programme": ", ".join(row.programme.code for row in rows),
        "issued_fen": total(row.issued for row in rows).fen,
        "used_fen": total(row.used for row in rows).fen,
        "valid_until": min(row.last_on for row in rows).isoformat(),
    }
