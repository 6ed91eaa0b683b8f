"""What is due and not yet done: each job may run late, twice, or in two processes, and acts once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from equipment_share.domain.periods import bureau_day
from equipment_share.models.people import SYSTEM
from equipment_share.queries.bookings.answer_files import unclaimed_answer_files
from equipment_share.queries.bookings.due import begun_without_check_in, requests_due, running_over, unanswered_since, uses_due
from equipment_share.queries.entitlement import vouchers_ending
from equipment_share.queries.exceptions import sweep_is_due
from equipment_share.queries.grants import firms_with_grants_due
from equipment_share.queries.proofs import firms_with_ending_tags
from equipment_share.queries.vouchers import vouchers_over, vouchers_waiting_for_budget
from equipment_share.services.bookings.answer_files import clear_answer_file
from equipment_share.services.bookings.attendance import tell_of_overrun
from equipment_share.services.bookings.confirming import confirm_by_silence
from equipment_share.services.bookings.usage import escalate_request, expire_request, notice_no_show, remind_owner
from equipment_share.services.people.proofs import warn_of_ending_tags
from equipment_share.services.settlement.flagging import sweep_flags
from equipment_share.services.vouchers.care import warn_of_voucher_end
from equipment_share.services.vouchers.endings import expire_voucher
from equipment_share.services.vouchers.vouchers import grant_without_application, issue_what_waited

JOBS: dict[str, tuple[Callable[[datetime], list[int]], Callable[..., object]]] = {
    "requests to remind of": (lambda at: unanswered_since(at, "remind", told="reminded"), remind_owner),
    "requests to tell the bureau of": (lambda at: unanswered_since(at, "escalate", told="escalated"), escalate_request),
    "requests that nobody answered": (requests_due, expire_request),
    "bookings that nobody came to": (lambda at: [booking.id for booking in begun_without_check_in(at)], notice_no_show),
    "uses that run over": (running_over, tell_of_overrun),
    "uses that nobody disputed": (uses_due, confirm_by_silence),
    "vouchers that are over": (lambda at: vouchers_over(bureau_day(at)), expire_voucher),
    "answer files that nothing names": (unclaimed_answer_files, clear_answer_file),
    "flags of the pool": (lambda at: [0] if sweep_is_due(bureau_day(at)) else [], sweep_flags),
    "classes that end soon": (firms_with_ending_tags, warn_of_ending_tags),
    "vouchers that end soon": (vouchers_ending, warn_of_voucher_end),
    "applications that wait for budget": (lambda at: vouchers_waiting_for_budget(), issue_what_waited),
    "grants without application": (lambda at: firms_with_grants_due(bureau_day(at)), grant_without_application),
}
"""Each job: what is due, and the use case that does it for one."""


def run_due(*, at: datetime) -> dict[str, int]:
    """Do everything that is due; answers how many of each were done."""
    done = {}
    for name, (due, act) in JOBS.items():
        done[name] = sum(1 for key in due(at) if act(key, by=SYSTEM, at=at))
    return done


def due_now(*, at: datetime) -> dict[str, int]:
    """How much of each job is due and not yet done: a look, nothing is done."""
    return {name: len(due(at)) for name, (due, _) in JOBS.items()}
