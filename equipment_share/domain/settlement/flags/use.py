"""Flags on the use itself: impossible, not logged, of a kind that is not supported, more than a machine can do."""

from __future__ import annotations

from datetime import timedelta

from equipment_share.domain.periods import BUREAU_ZONE
from equipment_share.domain.settlement.evidence import Finding
from equipment_share.domain.settlement.flags.facts import ClaimFacts, Occupied
from equipment_share.domain.settlement.flags.terms import DEFAULT_SEVERITY, FlagTerms
from equipment_share.domain.timeslots import MINUTE, Slot, clipped, joined, local_days

DAY_MINUTES = 1440
UNIT_MINUTES = 60
"""A charge may count one begun unit more than the clock."""


def impossible_use(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X09: at that time the unit was used by others or closed, the person was elsewhere, or the day has not so many hours.

    Units: minutes; slots are half open. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X09)
    """
    used, severity, found = claim.use.used, DEFAULT_SEVERITY["X09"], []
    if used is None:
        return []
    for kind in ("use", "maintenance", "person"):
        met = [taken for taken in claim.use.occupied if taken.kind == kind and taken.slot.overlaps(used)]
        if met:
            facts = {"bookings": sorted({taken.label for taken in met if taken.label}), "minutes": _common_minutes(used, met)}
            found.append(Finding("X09", severity, kind, None, facts))
    outside = _outside(used, claim.use.open_windows)
    if outside > terms.hours_grace_minutes:
        found.append(Finding("X09", severity, "hours", None, {"minutes": outside}))
    most = DAY_MINUTES * len(list(local_days(used, BUREAU_ZONE)))
    if claim.use.charged_minutes > most:
        found.append(Finding("X09", severity, "day", None, {"minutes": claim.use.charged_minutes, "most_minutes": most}))
    return found


def _common_minutes(used: Slot, met: list[Occupied]) -> int:
    return sum(part.minutes for slot in joined(taken.slot for taken in met) if (part := clipped(slot, used)))


def _outside(used: Slot, windows: tuple[Slot, ...] | None) -> int:
    """Whole minutes of a use outside every window."""
    if windows is None:
        return 0
    inside = sum(((part.end - part.start) for window in joined(windows) if (part := clipped(window, used))), timedelta())
    return int((used.end - used.start - inside) / MINUTE)


def no_machine_log(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X10: charged, but nobody checked in; or the machine logs its uses and knows nothing of this one.

    Units: days. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X10)
    """
    used = claim.use.used
    if used is None or not claim.case.gross:
        return []
    if claim.use.checked_in_at is None:
        return [Finding("X10", DEFAULT_SEVERITY["X10"], "check_in", claim.case.gross)]
    span = timedelta(days=terms.log_days)
    near = [log for log in claim.use.logs if used.start - span <= log.start <= used.end + span]
    if len(near) >= terms.log_uses and not any(log.overlaps(used) for log in near):
        return [Finding("X10", DEFAULT_SEVERITY["X10"], "machine", claim.case.gross, {"logged_nearby": len(near)})]
    return []


def statutory_test(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X17: what was ordered is called a statutory, compulsory or batch test.

    Units: none; a word after a negation does not count. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X17)
    """
    found = []
    for where, text in claim.use.texts:
        low = text.casefold()
        if word := next((word for word in claim.words if _says(low, word, claim)), None):
            found.append(Finding("X17", DEFAULT_SEVERITY["X17"], where, claim.amount, {"word": word, "text": text[:120]}))
    return found


def _says(text: str, word: str, claim: ClaimFacts) -> bool:
    at = text.find(word)
    while at >= 0:
        if not any(text[:at].rstrip().endswith(negation) for negation in claim.negations):
            return True
        at = text.find(word, at + 1)
    return False


def quantity_jump(claim: ClaimFacts, terms: FlagTerms) -> list[Finding]:
    """X20: more samples than the machine can take in the time, or more hours charged than passed.

    Units: pieces and minutes; an hour that has begun counts whole. Rounding: hours up.
    Raises: nothing.
    Source: docs/rules.md#red-flags (domain §3.4 X20)
    """
    used, found = claim.use.used, []
    if used is None:
        return []
    hours = -(-used.minutes // 60)
    rate = claim.use.most_samples_per_hour or terms.samples_per_hour
    if claim.use.samples > rate * hours:
        facts = {"samples": claim.use.samples, "most_samples": rate * hours, "minutes": used.minutes}
        found.append(Finding("X20", DEFAULT_SEVERITY["X20"], "samples", None, facts))
    span = joined([used, *([claim.use.booked] if claim.use.booked else [])])
    passed = Slot(span[0].start, span[-1].end).minutes
    if claim.use.charged_minutes > passed + UNIT_MINUTES:
        facts = {"minutes": claim.use.charged_minutes, "most_minutes": passed}
        found.append(Finding("X20", DEFAULT_SEVERITY["X20"], "hours", None, facts))
    return found
