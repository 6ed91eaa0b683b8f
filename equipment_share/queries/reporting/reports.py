"""The ten reports of domain §3.3 by name, each for whoever may see it: the bureau all, an owner or a firm its own rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from equipment_share.domain.access import FIRM, OWNER, Act, Actor, require
from equipment_share.domain.errors import Forbidden, invalid
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import Period
from equipment_share.domain.reports import budgets, parties, paying, pool
from equipment_share.domain.reports.values import Head, Report
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.vouchers import ProgrammeVersion, VersionState
from equipment_share.queries.people import organisation_by_code
from equipment_share.queries.reporting import books as ledger
from equipment_share.queries.reporting import pool as pool_rows
from equipment_share.queries.reporting import rows
from equipment_share.queries.reporting.scope import Scope

OWNERS = frozenset({"owner_statement", "adjustments", "utilisation", "savings"})
"""What an owner may see of itself."""
FIRMS = frozenset({"firm_statement", "savings"})
"""What a firm may see of itself."""
ACROSS = frozenset({"exceptions", "adjustments", "publicity", "utilisation", "savings"})
"""What may be asked for all programmes together."""


@dataclass(frozen=True)
class Ask:
    """One question for a report, allowed and read."""

    head: Head
    scope: Scope
    across: bool
    party_id: int | None = None

    @property
    def period(self) -> Period:
        """The period."""
        return self.scope.period


def report(name: str, programme: str, period: Period, *, by: Actor, party: str = "") -> Report:
    """A report by name. An owner and a firm get their own rows; `party` is a code, for who may see all.

    Raises: Forbidden, NotFound for a party that is not there, Invalid.
    """
    is_party = by.role in FIRM | OWNER
    require(by, Act.OWN_REPORTS if is_party else Act.SEE_REPORTS)
    if name not in reports_for(by):
        raise Forbidden(act=Act.SEE_REPORTS.value)
    return REPORTS[name](_ask(name, programme, period, party, by))


def reports_for(by: Actor) -> tuple[str, ...]:
    """The names of the reports that somebody may see, in the order of domain §3.3."""
    allowed = FIRMS if by.role in FIRM else OWNERS if by.role in OWNER else frozenset(REPORTS)
    return tuple(name for name in REPORTS if name in allowed)


def _ask(name: str, programme: str, period: Period, party: str, by: Actor) -> Ask:
    known = _authorities()
    across = not programme
    if across and name not in ACROSS:
        raise invalid("required", "programme")
    if programme and programme not in known:
        raise invalid("not_found", "programme")
    codes = tuple(sorted(known)) if across else (programme,)
    firm_id, owner_id = (by.organisation_id if by.role in roles else None for roles in (FIRM, OWNER))
    if party and firm_id is None and owner_id is None:
        found = organisation_by_code(party)
        firm_id, owner_id = (found.id, None) if found.kind == "firm" else (None, found.id)
    head = head_of(name, programme, period, authority=known.get(programme, ""))
    return Ask(head, Scope(codes, period, owner_id=owner_id, firm_id=firm_id), across, owner_id or firm_id)


def head_of(name: str, programme: str, period: Period, *, authority: str, number: str = "") -> Head:
    """What stands above a report: its number is programme, period and name, or the batch's own."""
    made = "-".join(part for part in (number or programme or "all", "" if number else str(period), name) if part)
    return Head(name, programme, str(period), authority, made)


def _authorities() -> dict[str, str]:
    """The authority of every published programme by its code; one question."""
    query = select(ProgrammeVersion.code, ProgrammeVersion.document).where(ProgrammeVersion.state == VersionState.PUBLISHED)
    return {row[0]: str(row[1].get("authority") or "") for row in db.session.execute(query.order_by(ProgrammeVersion.number))}


def authority_of(programme: str) -> str:
    """Who answers for a programme."""
    return _authorities().get(programme, "")


def _payment_list(ask: Ask) -> Report:
    ids = rows.batch_ids(ask.scope)
    return paying.payment_list(ask.head, rows.line_rows(ids), ledger.batch_sums(ids))


def _owner_statement(ask: Ask) -> Report:
    uses, used = rows.use_rows(ask.scope), ledger.used_by(ask.scope, Booking.id)
    payees = ledger.used_by_account(ask.scope, AccountKind.PAYABLE)
    own = {use.payee_id for use in uses} if ask.party_id else set(payees)
    return parties.owner_statement(
        ask.head, uses, used, {key: payees[key] for key in sorted(own) if key in payees}, alone=ask.party_id is not None
    )


def _firm_statement(ask: Ask) -> Report:
    uses, used = rows.use_rows(ask.scope), ledger.used_by(ask.scope, Booking.id)
    vouchers, sums = rows.voucher_rows(ask.scope), ledger.firm_books(ask.scope)
    return parties.firm_statement(ask.head, uses, used, vouchers, sums, alone=ask.party_id is not None)


def _budget(ask: Ask) -> Report:
    sums = ledger.books(ask.scope, rows.batch_ids(ask.scope), by_month=True)
    return budgets.budget(ask.head, ask.period, sums, rows.claim_rows(ask.scope), ledger.houses(ask.head.programme))


def _funnel(ask: Ask) -> Report:
    return budgets.funnel(ask.head, ask.period, ledger.books(ask.scope), rows.voucher_rows(ask.scope))


def _exceptions(ask: Ask) -> Report:
    return pool.exceptions(ask.head, pool_rows.exception_rows(ask.scope))


def _adjustments(ask: Ask) -> Report:
    return paying.adjustments(ask.head, rows.adjustment_rows(ask.scope, since=rows.last_close(ask.scope), payee_id=ask.party_id))


def _publicity(ask: Ask) -> Report:
    return paying.publicity_list(ask.head, pool_rows.public_rows(ask.scope), ledger.used_by_account(ask.scope, AccountKind.VOUCHER))


def _utilisation(ask: Ask) -> Report:
    subsidies = ledger.used_by(ask.scope, Booking.instrument_id)
    return pool.utilisation(ask.head, pool_rows.instrument_rows(ask.scope), subsidies, _ledger_says(ask))


def _savings(ask: Ask) -> Report:
    return parties.savings(
        ask.head, rows.saving_rows(ask.scope, all_uses=ask.across), ledger.used_by(ask.scope, Booking.firm_id), _ledger_says(ask)
    )


def _ledger_says(ask: Ask) -> Money:
    """What was used in the period: all vouchers, the firm's vouchers, or the bookings of one owner."""
    if ask.scope.owner_id is not None:
        return ledger.used_by(ask.scope, Booking.owner_id).get(ask.scope.owner_id, ZERO)
    if ask.scope.firm_id is not None:
        return ledger.used_by_account(ask.scope, AccountKind.VOUCHER).get(ask.scope.firm_id, ZERO)
    return total(ledger.used_by_account(ask.scope, AccountKind.VOUCHER).values())


REPORTS: dict[str, Callable[[Ask], Report]] = {
    "payment_list": _payment_list, "owner_statement": _owner_statement, "firm_statement": _firm_statement, "budget": _budget,
    "funnel": _funnel, "exceptions": _exceptions, "adjustments": _adjustments, "publicity": _publicity, "utilisation": _utilisation,
    "savings": _savings,
}  # fmt: skip
"""Reports 1-10, in that order."""
