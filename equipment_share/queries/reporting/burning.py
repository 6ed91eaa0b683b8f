"""How fast programmes and vouchers are used, out of the ledger: by week or month, by version and period, and the forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import NotFound
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import Period, bureau_day, day_begins, months_later
from equipment_share.domain.reports.burning import AROUND, LIKELY, Forecast, VoucherFlow, VoucherMonth, forecast, voucher_months
from equipment_share.domain.reports.sums import VoucherSums
from equipment_share.domain.reports.unused import Unused, unused
from equipment_share.models.base import db
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.models.vouchers import ProgrammeVersion, VersionState, Voucher
from equipment_share.queries.ledger import as_money
from equipment_share.queries.reporting.books import firm_books
from equipment_share.queries.reporting.scope import Scope
from equipment_share.queries.reporting.steps import by_step, paid_by_step, since, step_of, used_by_step
from equipment_share.queries.reporting.street import direct, held_by, houses_of, street
from equipment_share.queries.vouchers import voucher_seen_by

K, P = AccountKind, Phase
SHOWN = {"month": 12, "week": 26}
"""How many steps are told of."""
MOST_MONTHS = 60


@dataclass(frozen=True)
class PeriodBurn:
    """What the vouchers of one version and period came to."""

    version: int
    first_on: date
    last_on: date
    budget: Money
    granted: Money
    held: Money
    spent: Money
    left: Money


@dataclass(frozen=True)
class StepBurn:
    """One week or month: what was spent and paid in it, what was spent in all by its end, and what was left of the budget."""

    first_on: date
    last_on: date
    spent: Money
    paid: Money
    spent_so_far: Money
    left: Money


@dataclass(frozen=True)
class ProgrammeBurn:
    """A programme's budget at the end of a day, how it went, and how long it lasts."""

    programme: str
    on: date
    budget: Money
    granted: Money
    held: Money
    spent: Money
    paid: Money
    left: Money
    unused: Unused
    """Its parts: what has expired or was revoked is left, but nobody can use it."""
    periods: tuple[PeriodBurn, ...]
    steps: tuple[StepBurn, ...]
    forecast: Forecast


def programme_burn(code: str, *, by: Actor, on: date, step: str = "month") -> ProgrammeBurn:
    """The burn-down of a programme at the end of a day; spent is what was used less what came back, and owners' bonuses.

    Raises: Forbidden; NotFound for a programme that was never published.
    """
    require(by, Act.SEE_BATCHES)
    versions = _published(code)
    if not versions:
        raise NotFound()
    scope = Scope((code,), Period(on.replace(month=1, day=1), on))
    figures = street(scope, direct(scope)).figures()
    budget, spent, rest = figures["appropriated"].at_end, (figures["used"] + figures["bonus"]).at_end, unused(figures)
    return ProgrammeBurn(
        code, on, budget, figures["issued"].at_end, figures["held"].at_end, spent, figures["paid"].at_end, budget - spent, rest,
        _periods(scope, versions), _steps(scope, on, step, budget, spent), forecast(rest.usable, _paces(scope, on), on),
    )  # fmt: skip


def _published(code: str) -> dict[int, ProgrammeVersion]:
    query = select(ProgrammeVersion).where(ProgrammeVersion.code == code, ProgrammeVersion.state == VersionState.PUBLISHED)
    return {version.id: version for version in db.session.scalars(query.order_by(ProgrammeVersion.number))}


def _periods(scope: Scope, versions: dict[int, ProgrammeVersion]) -> tuple[PeriodBurn, ...]:
    """By version and period of the vouchers; the sums are those of the firms' statements."""
    sums, groups = firm_books(scope), dict[tuple[int, date, date], list[VoucherSums]]()
    query = select(Voucher.version_id, Voucher.period_first_on, Voucher.period_last_on, Voucher.account_id)
    query = query.where(Voucher.programme_code.in_(scope.programmes), Voucher.account_id.is_not(None))
    for version_id, first_on, last_on, account_id in db.session.execute(query):
        if account_id in sums:
            groups.setdefault((version_id, first_on, last_on), []).append(sums[account_id])
    found = []
    for (version_id, first_on, last_on), own in groups.items():
        granted, held, spent, left = (total(getattr(one, name) for one in own) for name in ("issued", "held", "used", "left"))
        version = versions[version_id]
        found.append(PeriodBurn(version.number, first_on, last_on, version.appropriated, granted, held, spent, left))
    return tuple(sorted(found, key=lambda row: (row.version, row.first_on)))


def _steps(scope: Scope, on: date, step: str, budget: Money, spent: Money) -> tuple[StepBurn, ...]:
    """The last weeks or months up to the day."""
    firsts = _weeks(on) if step == "week" else _months(on.replace(day=1), SHOWN["month"])
    amounts, paid = _spent(scope, firsts), paid_by_step(scope, firsts)
    so_far, rows = spent - total(amounts), []
    for at, first_on in enumerate(firsts):
        so_far += amounts[at]
        last_on = firsts[at + 1] - timedelta(days=1) if at + 1 < len(firsts) else on
        rows.append(StepBurn(first_on, last_on, amounts[at], paid[at], so_far, budget - so_far))
    return tuple(rows)


def _weeks(on: date) -> list[date]:
    monday = on - timedelta(days=on.weekday())
    return [monday - timedelta(weeks=back) for back in range(SHOWN["week"] - 1, -1, -1)]


def _months(last: date, count: int) -> list[date]:
    return [months_later(last, -back) for back in range(count - 1, -1, -1)]


def _paces(scope: Scope, on: date) -> dict[int, Money]:
    """What was spent in the last 30, 90 and 180 days, the day included."""
    windows = sorted({LIKELY, *AROUND}, reverse=True)
    parts = _spent(scope, [on - timedelta(days=days - 1) for days in windows])
    return {days: total(parts[at:]) for at, days in enumerate(windows)}


def _spent(scope: Scope, firsts: Sequence[date]) -> list[Money]:
    """Used less refunded, and bonuses, by the steps that begin on some days; two questions."""
    t, cr, step = LedgerTransfer, aliased(LedgerAccount), step_of(firsts)
    query = select(step, func.sum(t.amount)).join(cr, cr.id == t.cr_id).group_by(step)
    query = query.where(t.dr_id.in_(houses_of(scope, K.PROGRAMME)), cr.kind == K.PAYABLE, scope.until(), since(firsts))
    return [used + bonus for used, bonus in zip(used_by_step(scope, firsts), by_step(firsts, query), strict=True)]


def voucher_burn(voucher_id: int, *, by: Actor, on: date) -> list[VoucherMonth]:
    """A voucher by month from the day it had its money to the end of a day, the last five years at most.

    Raises: Forbidden, NotFound.
    """
    return _burn_of([voucher_seen_by(voucher_id, by).account_id], on)


def wallet_burn(firm_id: int, *, on: date) -> list[VoucherMonth]:
    """All vouchers of a firm together, by month, as one of them is told of; three questions."""
    query = select(Voucher.account_id).where(Voucher.firm_id == firm_id, Voucher.account_id.is_not(None))
    return _burn_of(list(db.session.scalars(query)), on)


def _burn_of(houses: Sequence[int | None], on: date) -> list[VoucherMonth]:
    """What moved in the accounts of some vouchers, by month; a voucher that is still asked for has none."""
    t = LedgerTransfer
    own = t.dr_id.in_(houses) | t.cr_id.in_(houses)
    until = t.effective_at < day_begins(on + timedelta(days=1))
    began = db.session.scalar(select(func.min(t.effective_at)).where(own, until)) if any(houses) else None
    if began is None:
        return []
    first, last = bureau_day(began).replace(day=1), on.replace(day=1)
    firsts = _months(last, (last.year - first.year) * 12 + last.month - first.month + 1)
    at, dr, cr = step_of(firsts), aliased(LedgerAccount), aliased(LedgerAccount)
    query = (
        select(at, t.phase, dr.kind, cr.kind, func.sum(t.amount), func.sum(held_by(t)))
        .join(dr, dr.id == t.dr_id)
        .join(cr, cr.id == t.cr_id)
    )
    flows = [VoucherFlow(day) for day in firsts]
    for index, phase, dr_kind, cr_kind, amount, held in db.session.execute(query.where(own, until).group_by(at, t.phase, dr.kind, cr.kind)):
        flows[index] = _with(flows[index], phase, dr_kind, cr_kind, as_money(amount), as_money(held))
    return voucher_months(flows)[-MOST_MONTHS:]


def _with(flow: VoucherFlow, phase: Phase, dr: AccountKind, cr: AccountKind, amount: Money, held: Money) -> VoucherFlow:
    """A month with one more kind of step."""
    granted, set_aside, spent, gone = flow.granted, flow.set_aside, flow.spent, flow.gone
    if phase is P.DIRECT:
        granted += amount if cr is K.VOUCHER else -amount if cr is K.PROGRAMME else ZERO
        gone += amount if cr in (K.EXPIRED, K.REVOKED) else ZERO
    elif phase is P.HOLD:
        set_aside += amount
    elif phase is P.REFUND:
        spent -= amount
    else:
        set_aside -= held
        spent += amount if phase is P.CAPTURE else ZERO
    return VoucherFlow(flow.first_on, granted, set_aside, spent, gone)
