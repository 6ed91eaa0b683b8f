"""The life of a booking, the rules of an instrument, and what makes a slot bookable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.errors import AlreadyDecided, Conflict, InvalidTransition, Problem
from equipment_share.domain.timeslots import LONGEST, MINUTE, Hours, Slot, is_aligned, open_windows


class BookingState(StrEnum):
    """The states of `contract.md` §2."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    IN_USE = "in_use"
    USAGE_RECORDED = "usage_recorded"
    CONFIRMED = "confirmed"
    INVOICED = "invoiced"
    COMPLETED = "completed"
    OFFERED = "offered"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED_BY_FIRM = "cancelled_by_firm"
    CANCELLED_BY_OWNER = "cancelled_by_owner"
    RESCHEDULED = "rescheduled"
    NO_SHOW = "no_show"
    DISPUTED = "disputed"
    ADJUSTED = "adjusted"


S = BookingState
ENDED_WITHOUT_USE = frozenset({S.REJECTED, S.EXPIRED, S.CANCELLED_BY_FIRM, S.CANCELLED_BY_OWNER, S.RESCHEDULED, S.NO_SHOW})
"""States in which a booking no longer blocks its slot and its holds are released."""
LIVE = frozenset({S.SUBMITTED, S.OFFERED, S.APPROVED, S.IN_USE, S.USAGE_RECORDED, S.DISPUTED})
"""States in which holds are open."""
COUNTED = frozenset(S) - (ENDED_WITHOUT_USE - {S.NO_SHOW}) - {S.DRAFT}
"""States that count in a quota: a no-show does, a cancelled or rejected one does not."""
CHARGED = frozenset({S.CONFIRMED, S.INVOICED, S.COMPLETED, S.ADJUSTED})
"""States in which the use is settled between firm and owner."""


class BookingAct(StrEnum):
    """What can happen to a booking."""

    APPROVE = "approve"
    REJECT = "reject"
    EXPIRE = "expire"
    RESCHEDULE = "reschedule"
    ACCEPT_OFFER = "accept_offer"
    CANCEL_BY_FIRM = "cancel_by_firm"
    CANCEL_BY_OWNER = "cancel_by_owner"
    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"
    NO_SHOW = "no_show"
    RECORD_USAGE = "record_usage"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    ANSWER_DISPUTE = "answer_dispute"
    INVOICE = "invoice"
    COMPLETE = "complete"
    REOPEN = "reopen"
    ADJUST = "adjust"


B = BookingAct
STEPS: dict[BookingAct, tuple[frozenset[BookingState], BookingState]] = {
    B.APPROVE: (frozenset({S.SUBMITTED}), S.APPROVED),
    B.REJECT: (frozenset({S.SUBMITTED}), S.REJECTED),
    B.EXPIRE: (frozenset({S.SUBMITTED, S.OFFERED}), S.EXPIRED),
    B.RESCHEDULE: (frozenset({S.SUBMITTED, S.APPROVED}), S.RESCHEDULED),
    B.ACCEPT_OFFER: (frozenset({S.OFFERED}), S.SUBMITTED),
    B.CANCEL_BY_FIRM: (frozenset({S.SUBMITTED, S.APPROVED, S.OFFERED}), S.CANCELLED_BY_FIRM),
    B.CANCEL_BY_OWNER: (frozenset({S.SUBMITTED, S.APPROVED, S.OFFERED}), S.CANCELLED_BY_OWNER),
    B.CHECK_IN: (frozenset({S.APPROVED}), S.IN_USE),
    B.CHECK_OUT: (frozenset({S.IN_USE}), S.IN_USE),
    B.NO_SHOW: (frozenset({S.APPROVED}), S.NO_SHOW),
    B.RECORD_USAGE: (frozenset({S.APPROVED, S.IN_USE, S.USAGE_RECORDED}), S.USAGE_RECORDED),
    B.CONFIRM: (frozenset({S.USAGE_RECORDED}), S.CONFIRMED),
    B.DISPUTE: (frozenset({S.USAGE_RECORDED}), S.DISPUTED),
    B.ANSWER_DISPUTE: (frozenset({S.DISPUTED}), S.USAGE_RECORDED),
    B.INVOICE: (frozenset({S.CONFIRMED}), S.INVOICED),
    B.COMPLETE: (frozenset({S.INVOICED}), S.COMPLETED),
    B.REOPEN: (CHARGED, S.USAGE_RECORDED),
    B.ADJUST: (CHARGED, S.ADJUSTED),
}
"""From which states an act leads where (domain §7.1)."""

_RIVALS = frozenset({B.APPROVE, B.REJECT, B.EXPIRE, B.CANCEL_BY_FIRM, B.CANCEL_BY_OWNER, B.RESCHEDULE, B.ACCEPT_OFFER})


def next_state(now: BookingState, act: BookingAct) -> BookingState:
    """Where an act leads.

    Units: none. Rounding: none.
    Raises: AlreadyDecided when a rival act was faster or the same act comes again; InvalidTransition otherwise.
    Source: docs/rules.md#booking-life
    """
    sources, target = STEPS[act]
    if now in sources:
        return target
    decided = {STEPS[rival][1] for rival in _RIVALS - {B.ACCEPT_OFFER}}
    if now is target or (act in _RIVALS and now in decided):
        raise AlreadyDecided(state=now.value)
    raise InvalidTransition(state=now.value, act=act.value)


class SlotTaken(Conflict):
    """Somebody else holds part of the wanted slot."""

    code = "slot_taken"


@dataclass(frozen=True)
class Closed:
    """A time in which an instrument cannot be had, and why."""

    slot: Slot
    reason: str


@dataclass(frozen=True)
class Timetable:
    """All that decides whether a slot of one instrument may be asked for."""

    rules: Rules
    hours: Sequence[Hours]
    zone: ZoneInfo
    holidays: frozenset[date] = frozenset()
    maintenance: Sequence[Slot] = ()


def slot_problems(wanted_start: datetime, wanted_end: datetime, table: Timetable, *, at: datetime) -> list[Problem]:
    """Every broken rule of a wanted time, at once.

    Units: instants; minutes as the rules say.
    Rounding: none.
    Raises: nothing; an empty list means that the time may be asked for.
    Source: docs/rules.md#slot-rules (acceptance 7)
    """
    rules, found = table.rules, []
    end_first = wanted_end <= wanted_start
    length = (wanted_end - wanted_start) / MINUTE

    def broken(code: str, where: str, by: str | None = None, **facts: object) -> None:
        found.append(Problem(code, where, facts, by))

    if end_first:
        broken("end_before_start", "end")
    for where, moment in (("start", wanted_start), ("end", wanted_end)):
        if moment < at:
            broken("in_the_past", where)
        if moment > at + timedelta(days=rules.horizon_days):
            broken("horizon", where, "owner", days=rules.horizon_days)
        if not is_aligned(moment, rules.grid_minutes, table.zone):
            broken("not_aligned", where, minutes=rules.grid_minutes)
    if length < rules.min_minutes:
        broken("too_short", "end", "owner", minutes=rules.shortest_minutes)
    if length > rules.max_minutes:
        broken("too_long", "end", "owner", minutes=rules.max_minutes)
    if at <= wanted_start < at + rules.lead_minutes * MINUTE:
        broken("lead_time", "start", "owner", minutes=rules.lead_minutes)
    if not end_first and length <= LONGEST / MINUTE:
        found.extend(_closed_problems(Slot(wanted_start, wanted_end), table))
    return found


def _closed_problems(wanted: Slot, table: Timetable) -> list[Problem]:
    found = []
    windows = open_windows(table.hours, wanted.widened(1440, 1440), table.zone, table.holidays)
    if not any(window.contains(wanted) for window in windows):
        found.append(Problem("outside_opening_hours", "start", {}, "owner"))
    busy = wanted.widened(table.rules.buffer_before_minutes, table.rules.buffer_after_minutes)
    if any(busy.overlaps(window) for window in table.maintenance):
        found.append(Problem("maintenance", "start", {}, None))
    return found


def training_problems(rules: Rules, wanted_end: datetime, zone: ZoneInfo, until: date | None) -> list[Problem]:
    """Whether a person may use an instrument that needs training on the last day of a slot.

    Units: days by the instrument's own clock; `until` is the last good day, None for nobody trained.
    Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#training (acceptance 17)
    """
    if not rules.authorisation_required:
        return []
    last = (wanted_end - timedelta(microseconds=1)).astimezone(zone).date()
    return (
        []
        if until is not None and last <= until
        else [Problem("not_authorised", "instrument", {"until": until and until.isoformat()}, "owner")]
    )


def blocks(state: BookingState, *, pending: str = "first_come", waits_inside: bool = False) -> bool:
    """The stored flag that the database guard looks at: whether a booking keeps others out of its slot.

    Units: none. Rounding: none. `pending` is the instrument's rule: where the owner chooses, a request alone blocks nothing;
    `waits_inside` is a change that waits inside its own old slot.
    Raises: nothing.
    Source: docs/rules.md#blocking
    """
    waits = state is BookingState.SUBMITTED and (pending == "owner_chooses" or waits_inside)
    return state not in ENDED_WITHOUT_USE and state is not BookingState.DRAFT and not waits


def check_in_opens(start: datetime, rules: Rules) -> datetime:
    """From when on somebody may check in: the grace before the slot begins.

    Units: instants. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#booking-life
    """
    return start - rules.grace_minutes * MINUTE


def cut_off(start: datetime, rules: Rules) -> datetime:
    """Until when a firm may cancel without a fee; that instant included.

    Units: instants. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#cancel (acceptance 19)
    """
    return start - rules.cancel_cutoff_minutes * MINUTE
