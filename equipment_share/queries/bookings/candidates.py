"""The programmes that a wish may draw on, with what the firm has left in each; six questions whatever their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from equipment_share.domain.errors import NotFound
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.subsidy.awards import ProgrammeState
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import Organisation
from equipment_share.models.vouchers import ProgrammeVersion
from equipment_share.queries.firms import is_barred, tags_on
from equipment_share.queries.ledger import budgets_left
from equipment_share.queries.vouchers import VoucherRow, auto_key, auto_vouchers_made, programmes_in_force, usable_vouchers, used_in


@dataclass(frozen=True)
class Candidate:
    """A programme in force, the firm's vouchers in it, and the state its rules look at."""

    version: ProgrammeVersion
    programme: Programme
    vouchers: tuple[VoucherRow, ...]
    state: ProgrammeState


@dataclass(frozen=True)
class Instead:
    """The booking that a change replaces, and what it holds on each voucher."""

    booking_id: int
    holds: Mapping[int, Money]


def candidates_for(
    wanted: str | Sequence[str], instrument: Instrument, firm: Organisation, *, ordered_on: date, completed_on: date,
    instead: Instead | None = None,
) -> list[Candidate]:  # fmt: skip
    """The programmes that a wish may draw on, in the order the contract gives (`contract.md` §2a *Programmes*).

    A change counts what the booking it replaces holds as free, for the decision will free it.

    Raises: NotFound for a named programme that is not in force.
    """
    if not instrument.takes_vouchers:
        return []
    in_force = {version.code: (version, programme) for version, programme in programmes_in_force(ordered_on)}
    if instead is not None and wanted != "auto":
        wanted = [code for code in wanted if code in in_force]  # what is over since the first quote bears nothing more
    if wanted != "auto" and (missing := [code for code in wanted if code not in in_force]):
        raise NotFound(programme=missing[0])
    pairs = {code: in_force[code] for code in (in_force if wanted == "auto" else wanted)}
    rows = usable_vouchers(firm.id, list(pairs), ordered_on)
    freed = instead.holds if instead else {}
    left = {code: _left_on(rows[code], programme, completed_on, freed) for code, (_, programme) in pairs.items() if rows[code]}
    due = _due(pairs, set(left), firm, on=ordered_on)
    kept = [code for code in pairs if code in left or code in due or wanted != "auto"]
    used = used_in(
        firm.id, {code: pairs[code][1].period_of(completed_on) for code in kept}, without_booking=instead.booking_id if instead else None
    )
    budgets = budgets_left([code for code in kept if pairs[code][1].reserve_at == "hold"])
    for code in budgets.keys() & left.keys():
        budgets[code] = budgets[code] + total(freed.get(row.voucher.id, ZERO) for row in rows[code])
    found = []
    for code in kept:
        bears, until = left.get(code) or due.get(code) or (ZERO, None)
        state = ProgrammeState(
            annual_used=used.get(code, ZERO), voucher_left=bears, voucher_valid_until=until, budget_left=budgets.get(code)
        )  # at `reserve_at: issue` holds never touch the programme, so its budget is no limit (`contract.md` §4a)
        found.append(Candidate(*pairs[code], _valid(rows[code], completed_on), state))
    return found


def _valid(rows: Sequence[VoucherRow], on: date) -> tuple[VoucherRow, ...]:
    """Those that are good on the day of use; when none is, all of them, so that the refusal can name their end."""
    return tuple(row for row in rows if row.voucher.valid_until and row.voucher.valid_until >= on) or tuple(rows)


def _left_on(rows: Sequence[VoucherRow], programme: Programme, completed_on: date, freed: Mapping[int, Money]) -> tuple[Money, date | None]:
    """What the vouchers still bear, and until when."""
    rows = _valid(rows, completed_on)
    until = max(row.voucher.valid_until for row in rows if row.voucher.valid_until)
    if programme.reserve_at == "hold":
        return total(row.voucher.wanted - row.figures.issued + freed.get(row.voucher.id, ZERO) for row in rows), until
    return total(row.figures.available + freed.get(row.voucher.id, ZERO) for row in rows), until


def _due(
    pairs: Mapping[str, tuple[ProgrammeVersion, Programme]], has: set[str], firm: Organisation, *, on: date
) -> dict[str, tuple[Money, date | None]]:
    """Grants that are due count as if they had been made: the quote of a GET shows what the booking will write."""
    tags = tags_on(firm, on)
    auto = {
        code: auto_key(code, firm.id, programme.period_of(on).first_on)
        for code, (_, programme) in pairs.items()
        if code not in has and programme.issue_mode == "auto" and programme.is_open_to(tags) and not is_barred(firm, on)
    }
    made = auto_vouchers_made(auto.values())
    open_codes = [code for code, key in auto.items() if key not in made]
    budgets = budgets_left(open_codes)
    found: dict[str, tuple[Money, date | None]] = {}
    for code in open_codes:
        programme = pairs[code][1]
        quota = programme.quota_for(tags) or ZERO
        bears = min(quota, budgets.get(code, quota))
        found[code] = (bears, programme.valid_until(on, programme.period_of(on)))
    return found
