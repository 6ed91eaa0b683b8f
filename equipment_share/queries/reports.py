"""The voucher reconciliation report, re-added from the ledger alone; claims stand beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from equipment_share.domain.access import OWNER, Act, Actor, require
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.domain.settlement.reconciliation import (
    OWNER_FIGURES,
    Disagreement,
    Figures,
    PartyFigures,
    Report,
    disagreements,
    out_of_order,
)
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.models.people import Organisation
from equipment_share.models.settlement import Claim
from equipment_share.queries.ledger import as_money, mismatches

K, P = AccountKind, Phase
_CLAIMED = frozenset(ClaimState) - {ClaimState.DRAFT, ClaimState.WITHDRAWN, ClaimState.REJECTED, ClaimState.RETURNED}
_APPROVED = frozenset({ClaimState.APPROVED, ClaimState.PUBLICISED, ClaimState.BATCHED, ClaimState.PAID, ClaimState.PAYMENT_FAILED})


def reconciliation(programme_code: str, period: Period, *, by: Actor) -> Report:
    """Eleven figures in total, per owner and per firm; seven questions whatever their number.

    An owner sees its own row alone, and what does not add up in it.
    Raises: Forbidden.
    """
    require(by, Act.SEE_REPORTS)
    whole = _Adder()
    owners: dict[int, _Adder] = {}
    firms: dict[int, _Adder] = {}
    for figure, amount, owner_id, firm_id in [*_movements(programme_code, period), *_claims(programme_code, period)]:
        whole.add(figure, amount)
        if firm_id is not None:
            firms.setdefault(firm_id, _Adder()).add(figure, amount)
        if owner_id is not None and figure in OWNER_FIGURES:
            owners.setdefault(owner_id, _Adder()).add(figure, amount)
    total_figures = whole.closed()
    owner_rows, firm_rows = _named(owners), _named(dict(firms.items()), closing=True)
    found = disagreements(total_figures, owner_rows, firm_rows) + _off_books()
    if by.role in OWNER:
        own = [row for row in owner_rows if row.code == _code_of(by.organisation_id)]
        figures = own[0].figures if own else Figures()
        return Report(programme_code, str(period), figures, tuple(own), (), tuple(out_of_order(figures)))
    return Report(programme_code, str(period), total_figures, tuple(owner_rows), tuple(firm_rows), tuple(found))


class _Adder:
    """Sums by the name of a figure."""

    def __init__(self) -> None:
        self.sums: dict[str, Money] = {}

    def add(self, figure: str, amount: Money) -> None:
        self.sums[figure] = self.sums.get(figure, ZERO) + amount

    def closed(self, *, closing: bool = True) -> Figures:
        made = Figures(**self.sums)
        if not closing:
            return made
        return replace(made, closing=made.opening + made.issued - made.captured - made.expired - made.revoked)


def _movements(code: str, period: Period) -> Iterable[tuple[str, Money, int | None, int | None]]:
    """The ledger's steps of a programme as (figure, sum, owner, firm), by the instant they count at: added up by the database."""
    t, dr, cr, of, span = LedgerTransfer, aliased(LedgerAccount), aliased(LedgerAccount), aliased(LedgerTransfer), period.span
    yield from _opening(code, period)
    groups = (t.phase, dr.kind, cr.kind, dr.organisation_id, cr.organisation_id, Booking.owner_id)
    query = (
        select(*groups, func.sum(t.amount), func.sum(of.amount))
        .join(dr, dr.id == t.dr_id)
        .join(cr, cr.id == t.cr_id)
        .outerjoin(of, of.id == t.of_id)
        .outerjoin(Booking, Booking.id == t.booking_id)
        .where(t.programme_code == code, t.effective_at >= span.start, t.effective_at < span.end)
        .group_by(*groups)
    )
    for phase, dr_kind, cr_kind, dr_org, cr_org, owner_id, amount, held in db.session.execute(query):
        for figure, part in _figures_of(phase, dr_kind, cr_kind, as_money(amount), as_money(held)):
            yield figure, part, owner_id, _firm(dr_kind, cr_kind, dr_org, cr_org)


def _opening(code: str, period: Period) -> Iterable[tuple[str, Money, int | None, int | None]]:
    """What each firm held at the first instant: what its vouchers hold now, less what has moved since. `_off_books` vouches for the now."""
    t, a = LedgerTransfer, LedgerAccount
    now = select(a.organisation_id, func.sum(a.cr_post - a.dr_post)).where(a.kind == K.VOUCHER, a.programme_code == code)
    held = {row[0]: as_money(row[1]) for row in db.session.execute(now.group_by(a.organisation_id))}
    since = (t.programme_code == code, t.effective_at >= period.span.start, t.phase.in_([P.DIRECT, P.CAPTURE, P.REFUND]))
    for key, sign in ((t.dr_id, 1), (t.cr_id, -1)):
        moved = select(a.organisation_id, func.sum(t.amount)).join(a, a.id == key).where(*since, a.kind == K.VOUCHER)
        for firm_id, amount in db.session.execute(moved.group_by(a.organisation_id)):
            held[firm_id] += Money(sign * as_money(amount).fen)
    yield from (("opening", amount, None, firm_id) for firm_id, amount in held.items() if amount)


def _firm(dr_kind: AccountKind, cr_kind: AccountKind, dr_org: int | None, cr_org: int | None) -> int | None:
    """Whose voucher a step moves."""
    return dr_org if dr_kind is K.VOUCHER else cr_org if cr_kind is K.VOUCHER else None


def _figures_of(phase: Phase, dr: AccountKind, cr: AccountKind, amount: Money, held: Money | None) -> list[tuple[str, Money]]:
    """Which figures one step of the street moves."""
    match phase, dr, cr:
        case P.DIRECT, K.PROGRAMME, K.VOUCHER:
            return [("issued", amount)]
        case P.DIRECT, K.VOUCHER, K.PROGRAMME:
            return [("issued", ZERO - amount)]
        case P.DIRECT, K.VOUCHER, K.EXPIRED:
            return [("expired", amount)]
        case P.DIRECT, K.VOUCHER, K.REVOKED:
            return [("revoked", amount)]
        case P.HOLD, _, _:
            return [("held", amount)]
        case P.CAPTURE, _, _:
            return [("captured", amount), ("released", (held or ZERO) - amount)]
        case P.RELEASE, _, _:
            return [("released", amount)]
        case P.REFUND, _, _:
            return [("captured", ZERO - amount)]
    return []


def _claims(code: str, period: Period) -> Iterable[tuple[str, Money, int | None, int | None]]:
    """What was claimed, approved and paid of the uses captured in a period."""
    query = (
        select(Claim.state, func.sum(Claim.amount), Booking.owner_id, Booking.firm_id)
        .join(Booking, Booking.id == Claim.booking_id)
        .where(Claim.programme_code == code, Claim.completed_on.between(period.first_on, period.last_on))
        .group_by(Claim.state, Booking.owner_id, Booking.firm_id)
    )
    for state, added, owner_id, firm_id in db.session.execute(query):
        amount = as_money(added)
        if state in _CLAIMED:
            yield "claimed", amount, owner_id, firm_id
        if state in _APPROVED:
            yield "approved", amount, owner_id, firm_id
        if state is ClaimState.PAID:
            yield "paid", amount, owner_id, firm_id


def _named(adders: dict[int, _Adder], *, closing: bool = False) -> list[PartyFigures]:
    found = db.session.execute(
        select(Organisation.id, Organisation.code, Organisation.name, Organisation.name_key).where(Organisation.id.in_(adders))
    )
    rows = sorted(found, key=lambda row: (row[3], row[0]))
    return [PartyFigures(row[1], row[2], adders[row[0]].closed(closing=closing)) for row in rows]


def _code_of(organisation_id: int | None) -> str:
    return db.session.scalar(select(Organisation.code).where(Organisation.id == organisation_id)) or ""


def _off_books() -> list[Disagreement]:
    """Stored balances that the journal does not bear out."""
    return [
        Disagreement(
            "ledger", "block", f"{m.kind.value}:{m.key}.{m.column}", m.stored - m.added, "a stored sum is not the sum of its entries"
        )
        for m in mismatches()
    ]
