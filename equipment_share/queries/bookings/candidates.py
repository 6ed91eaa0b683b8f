"""The programmes that a wish may draw on, with what the firm has left in each; a fixed number of questions whatever their number."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from equipment_share.domain.errors import NotFound
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.programmes.days import ServiceDays, counts_on, good_until, joint_family, must_be_on, takes_money_at_claim
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.subsidy.awards import ProgrammeState
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import Organisation
from equipment_share.models.vouchers import ProgrammeVersion, Voucher
from equipment_share.queries.drawn import NOTHING_DRAWN, Counted, drawn, group_of, promised_of, promised_on
from equipment_share.queries.eligibility import class_for
from equipment_share.queries.firms import is_barred, tags_on
from equipment_share.queries.grants import auto_key, auto_vouchers_made
from equipment_share.queries.ledger import NOTHING, VoucherFigures, budgets_left, voucher_figures
from equipment_share.queries.vouchers import InForce, programmes_in_force, usable_vouchers

Pairs = Mapping[str, tuple[ProgrammeVersion, Programme]]


@dataclass(frozen=True)
class Candidate:
    """A programme in force, the firm's vouchers in it, the state its rules look at, and the day it counts on."""

    version: ProgrammeVersion
    programme: Programme
    vouchers: tuple[Voucher, ...]
    state: ProgrammeState
    counts_on: date


@dataclass(frozen=True)
class Instead:
    """The booking that a change replaces, and what it holds on each voucher."""

    booking_id: int
    holds: Mapping[int, Money]


@dataclass(frozen=True)
class Bearing:
    """What a programme's vouchers still bear, until when, and on which days they were issued."""

    left: Money | None
    until: date | None
    drawn_on: date | None


def candidates_for(
    wanted: str | Sequence[str], instrument: Instrument, firm: Organisation, days: ServiceDays, *, instead: Instead | None = None,
    in_force: Sequence[InForce] | None = None,
) -> list[Candidate]:  # fmt: skip
    """The programmes that a wish may draw on, in the order the contract gives (`contract.md` §2a *Programmes*).

    A change counts what the booking it replaces holds as free, for the decision will free it.

    Raises: NotFound for a named programme that is not in force.
    """
    if not instrument.takes_vouchers:
        return []
    known = {pair[0].code: pair for pair in (programmes_in_force(days.ordered_on) if in_force is None else in_force)}
    if instead is not None and wanted != "auto":
        wanted = [code for code in wanted if code in known]  # what is over since the first quote bears nothing more
    if wanted != "auto" and (missing := [code for code in wanted if code not in known]):
        raise NotFound(programme=missing[0])
    pairs = {code: known[code] for code in (known if wanted == "auto" else wanted)}
    rows = usable_vouchers(firm.id, list(pairs), days.ordered_on)
    freed = instead.holds if instead else {}
    lent = voucher_figures([
        row.account_id for code, own in rows.items() if pairs[code][1].reserve_at != "issue" for row in own if row.account_id is not None
    ])  # fmt: skip
    bearing = {code: _bearing(rows[code], programme, days, freed, lent) for code, (_, programme) in pairs.items() if rows[code]}
    bearing |= _due(pairs, set(bearing), firm, on=days.ordered_on)
    kept = [code for code, (_, programme) in pairs.items() if code in bearing or programme.issue_mode == "none" or wanted != "auto"]
    return _with_state({code: pairs[code] for code in kept}, known, rows, bearing, firm, days, instead)


def _with_state(
    kept: Pairs, in_force: Pairs, rows: Mapping[str, Sequence[Voucher]], bearing: Mapping[str, Bearing], firm: Organisation,
    days: ServiceDays, instead: Instead | None,
) -> list[Candidate]:  # fmt: skip
    """Each programme with the state that its rules look at."""
    found = []
    accrual = {
        code: counts_on(programme, days, bearing[code].drawn_on if code in bearing else None) for code, (_, programme) in kept.items()
    }
    families = {code: joint_family(code, [p for _, p in in_force.values()]) for code, (_, p) in kept.items() if p.joint_cap is not None}
    counted = _counted(
        {**{code: in_force[code] for family in families.values() for code in family if code in in_force}, **kept}, accrual, firm, days
    )
    used = drawn(counted, without_booking=instead.booking_id if instead else None)
    budgets = _budgets(kept, rows, instead.holds if instead else {})
    for code, (version, programme) in kept.items():
        own, bears = used.get(code, NOTHING_DRAWN), bearing.get(code)
        vouchers = _valid(rows[code], must_be_on(programme, days))
        state = ProgrammeState(
            annual_used=own.amount,
            period_base=own.base,
            joint_used=total(used.get(name, NOTHING_DRAWN).amount for name in families.get(code, ())),
            budget_left=budgets.get(code),
            voucher_left=bears.left if bears else None if programme.issue_mode == "none" else ZERO,
            voucher_valid_until=good_until(programme, bears.until, days) if bears else None,
            tags=class_for(programme, firm, days, vouchers),
        )
        found.append(Candidate(version, _faced(programme, vouchers), vouchers, state, accrual[code]))
    return found


def _counted(pairs: Pairs, accrual: Mapping[str, date], firm: Organisation, days: ServiceDays) -> dict[str, Counted]:
    """Whose draws each programme counts, in which period."""
    group = group_of(firm) if any(p.cap_subject == "controller_group" for _, p in pairs.values()) else [firm.id]
    return {
        code: Counted(
            group if programme.cap_subject == "controller_group" else [firm.id],
            programme.period_of(accrual.get(code) or counts_on(programme, days)),
        )
        for code, (_, programme) in pairs.items()
    }


def _budgets(kept: Pairs, rows: Mapping[str, Sequence[Voucher]], freed: Mapping[int, Money]) -> dict[str, Money]:
    """What the programme itself still gives, where holds or claims draw on it; at `reserve_at: issue` it is no limit (`contract.md` §4a)."""
    lends = [code for code, (_, p) in kept.items() if p.reserve_at == "hold"]
    later = [code for code, (_, p) in kept.items() if takes_money_at_claim(p) and p.exhaustion == "first_come"]
    budgets, promised = budgets_left([*lends, *later]), promised_of(later)
    for code in budgets:
        mine = total(freed.get(row.id, ZERO) for row in rows[code]) if code in lends else ZERO
        budgets[code] = max(ZERO, budgets[code] + mine - promised.get(code, ZERO))
    return budgets


def _faced(programme: Programme, vouchers: Sequence[Voucher]) -> Programme:
    """Several vouchers on one order: the limit of one voucher is the sum of their faces (`contract.md` §4 `state`, W2b)."""
    if programme.per_voucher is None or len(vouchers) < 2:
        return programme
    return replace(programme, per_voucher=total(row.wanted for row in vouchers))


def _valid(rows: Sequence[Voucher], on: date) -> tuple[Voucher, ...]:
    """Those that are good on the day that counts; when none is, all of them, so that the refusal can name their end."""
    return tuple(row for row in rows if row.valid_until and row.valid_until >= on) or tuple(rows)


def _bearing(
    rows: Sequence[Voucher], programme: Programme, days: ServiceDays, freed: Mapping[int, Money], lent: Mapping[int, VoucherFigures]
) -> Bearing:
    """What the vouchers still bear, and until when."""
    rows = _valid(rows, must_be_on(programme, days))
    until = max(row.valid_until for row in rows if row.valid_until)
    back = total(freed.get(row.id, ZERO) for row in rows)
    if programme.reserve_at == "issue":
        left = total(row.account.sums.available for row in rows if row.account is not None)
    else:
        left = total(row.wanted - lent.get(row.account_id or 0, NOTHING).issued for row in rows)
        if programme.reserve_at == "claim":
            left = left - total(promised_on([row.id for row in rows]).values())
    return Bearing(max(ZERO, left + back), until, rows[0].valid_from)


def _due(pairs: Pairs, has: Collection[str], firm: Organisation, *, on: date) -> dict[str, Bearing]:
    """Grants that are due count as if they had been made: the quote of a GET shows what the booking will write."""
    tags = tags_on(firm, on)
    auto = {
        code: auto_key(code, firm.id, programme.period_of(on).first_on)
        for code, (_, programme) in pairs.items()
        if code not in has and programme.issue_mode == "auto" and programme.is_open_to(tags) and not is_barred(firm, on)
    }
    made = auto_vouchers_made(auto.values())
    open_codes = [code for code, key in auto.items() if key not in made]
    budgets = budgets_left([code for code in open_codes if pairs[code][1].reserve_at == "issue"])
    found: dict[str, Bearing] = {}
    for code in open_codes:
        programme = pairs[code][1]
        quota = programme.quota_for(tags) or ZERO
        found[code] = Bearing(min(quota, budgets.get(code, quota)), programme.valid_until(on, programme.period_of(on)), on)
    return found
