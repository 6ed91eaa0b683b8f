"""The days of one service, and which of them a programme looks at."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from equipment_share.domain.programmes.programmes import Programme


@dataclass(frozen=True)
class ServiceDays:
    """When one service was ordered, begins and is completed; whole days at the bureau."""

    ordered_on: date
    starts_on: date
    completed_on: date


def counts_on(programme: Programme, days: ServiceDays, drawn_on: date | None = None) -> date:
    """The day that decides in which period of money a service counts.

    Units: bureau days; `drawn_on` is the day the voucher was issued. What an invoice or a payment will decide counts on completion until it is there.
    Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#period (domain §3.2 accrual, W11)
    """
    match programme.period_basis:
        case "draw":
            return drawn_on or days.ordered_on
        case "contract":
            return days.ordered_on
        case "usage_start":
            return days.starts_on
    return days.completed_on


def accrual_leg(programme: Programme) -> str | None:
    """The paper whose date decides the period in the end, if one does.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#period (domain §3.2 accrual)
    """
    return programme.period_basis if programme.period_basis in ("contract", "invoice", "payment") else None


def must_be_on(programme: Programme, days: ServiceDays) -> date:
    """The day that a voucher must still be good on: of the order, of the first use, or of completion.

    Units: bureau days. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#validity (domain §5.1 no. 22)
    """
    return {"registered": days.ordered_on, "used": days.starts_on}.get(programme.validity_must_be, days.completed_on)


def good_until(programme: Programme, until: date | None, days: ServiceDays) -> date | None:
    """A voucher's last good day as the subsidy function looks at it, which compares it with completion alone.

    Units: bureau days. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#validity (contract §4 hard stops)
    """
    if until is None:
        return None
    if must_be_on(programme, days) <= until:
        return max(until, days.completed_on)
    return min(until, days.completed_on - timedelta(days=1))


def joint_family(code: str, programmes: Iterable[Programme]) -> frozenset[str]:
    """The programmes that share a joint cap with one: those it names, and those that name it or each other.

    Units: programme codes. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#stacking (contract §4 *stacking*: programmes that share a joint cap each carry it)
    """
    capped = {p.code: set(p.stacking_with) for p in programmes if p.joint_cap is not None}
    family, more = {code}, {code}
    while more:
        near = {other for other, named in capped.items() if other in more or named & more}
        near |= {name for known in more for name in capped.get(known, set()) if name in capped}
        more = near - family
        family |= near
    return frozenset(family)


def takes_money_at_claim(programme: Programme) -> bool:
    """Whether nothing is set aside while the service runs: the money moves when the claim is approved.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#promise (contract §2b `none`, §4a `reserve_at`)
    """
    return programme.issue_mode == "none" or programme.reserve_at == "claim"


def stages_looked_at(programme: Programme) -> Collection[str]:
    """The stages at which the firm's class is looked at anew; being barred is looked at always.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#eligibility (domain §5.1 no. 10)
    """
    return programme.eligibility_at


def counted_because(programme: Programme, used_on: date, counts_on: date) -> str:
    """Why a use counts on another day than its last: the leg whose date decides the period, or `closed` for a period that was over; empty if not.

    Units: bureau days. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#period
    """
    if used_on == counts_on:
        return ""
    return accrual_leg(programme) or ("closed" if counts_on > used_on else "basis")
