"""The words people read for every code and state, in one place, for all three doors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from equipment_share.domain.money import Money

REFUSALS: dict[str, Any] = {
    "refused": _l("This cannot be done."),
    "conflict": _l("Something else came first."),
    "not_found": _l("There is nothing here that you can see."),
    "forbidden": _l("Your role does not allow this."),
    "conflict_of_interest": _l("You may not decide for your own or a related organisation."),
    "second_person_required": _l("This step needs another person than the one before."),
    "organisation_not_verified": _l("Your organisation has not been verified yet."),
    "already_decided": _l("This has already been decided. Look at its present state."),
    "invalid_transition": _l("This step does not follow the present state."),
    "stale_version": _l("This has changed since you opened it. Look again and repeat."),
    "invalid": _l("Please mend what is marked."),
    "slot_taken": _l("This time has just been taken."),
    "end_before_start": _l("The end must be after the start."),
    "in_the_past": _l("This time is in the past."),
    "in_the_future": _l("This time has not come yet."),
    "not_aligned": _l("Times go by steps of %(minutes)s minutes."),
    "too_short": _l("At least %(minutes)s minutes."),
    "too_long": _l("Longer than allowed."),
    "lead_time": _l("Ask at least %(minutes)s minutes ahead."),
    "horizon": _l("At most %(days)s days ahead."),
    "outside_opening_hours": _l("Outside the opening hours."),
    "maintenance": _l("Closed for maintenance."),
    "outside_booked_slot": _l("The use must begin within the booked time."),
    "no_price": _l("There is no price for this mode of service yet."),
    "voucher_insufficient": _l("The voucher bears less than was shown. Look at the new quote."),
    "voucher_expired": _l("The voucher is over on that day."),
    "over_budget": _l("The programme has not enough left."),
    "not_eligible": _l("The firm does not meet the programme's terms."),
    "not_by_application": _l("This voucher is granted without application."),
    "related_party": _l("Firm and owner are related."),
    "not_supported": _l("This term cannot be run here yet."),
    "contradiction": _l("This contradicts another term."),
    "quota_exceeded": _l("More than the quota allows."),
    "not_authorised": _l("Training for this instrument is needed first."),
    "too_many": _l("Too many at once."),
    "too_many_rows": _l("Too many rows."),
    "overlapping_period": _l("Another price list of this class covers a part of this time."),
    "bookings_affected": _l("There are bookings in this time. Confirm that they are cancelled without a fee."),
    "publicity_running": _l("The public notice is still running."),
    "last_admin": _l("An organisation keeps at least one administrator."),
    "token_invalid": _l("This link was used or is too old. Ask for a new one."),
    "sign_in_refused": _l("Address or password is wrong, or there were too many tries. Wait 15 minutes or reset the password."),
    "not_signed_in": _l("Please sign in."),
    "csrf": _l("The page was open too long. Send it again."),
    "rate_limited": _l("Too many calls. Wait a little."),
    "in_progress": _l("The same request is still running."),
    "key_reused": _l("This key was used for another request."),
    "unavailable": _l("The system is busy. Try again in a moment."),
    "server_error": _l("Something went wrong on our side."),
    "required": _l("This is needed."),
    "unknown_field": _l("This field is not known."),
    "not_a_choice": _l("Choose one of the offered values."),
    "not_an_integer": _l("A whole number is needed."),
    "out_of_range": _l("Outside the allowed range."),
    "not_an_object": _l("An object is needed."),
    "not_a_text": _l("A text is needed."),
    "not_a_list": _l("A list is needed."),
    "not_a_list_of_texts": _l("A list of texts is needed."),
    "not_a_switch": _l("True or false is needed."),
    "not_a_date": _l("A date like 2026-05-04 is needed."),
    "not_an_instant": _l("A time with its offset is needed."),
    "not_a_time": _l("This is not a time."),
    "overlaps": _l("Overlaps row %(row)s of the same instrument."),
    "not_an_amount": _l("An amount in yuan like 12.50 is needed."),
    "not_an_email": _l("This is not an e-mail address."),
    "not_a_period": _l("A period like 2026, 2026-Q3 or 2026-09 is needed."),
    "not_a_code": _l("Letters, digits and - _ + only."),
    "not_a_uscc": _l("This is not a valid unified social credit code."),
    "not_a_table": _l("The file is not a table that can be read."),
    "too_long_text": _l("This text is too long."),
    "too_large": _l("The file is too large."),
    "bad_text": _l("The text holds characters that cannot be kept."),
    "bands_not_ascending": _l("Bands must ascend, and only the last may be open."),
    "weights_zero": _l("The weights add up to nothing."),
    "taken": _l("This is already in use."),
    "wrong_password": _l("This is not the current password."),
    "password_too_weak": _l("At least 10 characters of three kinds, or 16 characters."),
    "password_too_common": _l("This password is too easy to guess."),
    "password_too_long": _l("At most 128 characters."),
    "papers_missing": _l("These papers are missing: %(legs)s"),
    "claim_too_late": _l("The last day to claim has passed."),
    "not_balanced": _l("Claims and ledger do not agree."),
    "not_paid_yet": _l("Not every line has been paid."),
    "empty_batch": _l("There is no approved claim in this period."),
    "voucher_frozen": _l("The voucher is frozen."),
    "wrong_type": _l("The content type is not the one that is needed."),
    "malformed": _l("The request cannot be read."),
    "method_not_allowed": _l("This method is not offered here."),
    "file_kind": _l("Only JPG, PNG, PDF, XLSX or CSV files."),
    "picture_too_large": _l("The picture is too large."),
    "unknown_line": _l("There is no such line in the batch."),
    "amount_differs": _l("The amount is not the one of the line."),
    "bad_cursor": _l("This page mark is not one of ours."),
    "given_twice": _l("Something is given twice."),
    "bad_key": _l("The Idempotency-Key must be 1 to 255 printable characters."),
    "not_an_id": _l("This is not an id."),
    "duplicate_header": _l("Two columns have the same title."),
}
"""Every refusal and every problem of a field, by its stable code."""

STATUSES: dict[int, Any] = {
    400: _l("The request cannot be read"),
    401: _l("Please sign in"),
    403: _l("Not allowed"),
    404: _l("Not found"),
    405: _l("Method not allowed"),
    409: _l("Something came first"),
    413: _l("Too large"),
    415: _l("Wrong content type"),
    422: _l("Please mend what is marked"),
    429: _l("Too many calls"),
    500: _l("Something went wrong"),
    503: _l("Busy"),
}
"""What an answer's status means."""

WORDS: dict[str, dict[str, Any]] = {
    "booking": {
        "draft": _p("booking", "Draft"),
        "submitted": _p("booking", "Waiting for the owner"),
        "approved": _p("booking", "Approved"),
        "in_use": _p("booking", "In use"),
        "usage_recorded": _p("booking", "Waiting for the firm"),
        "confirmed": _p("booking", "Confirmed"),
        "invoiced": _p("booking", "Invoiced"),
        "completed": _p("booking", "Completed"),
        "offered": _p("booking", "Offered"),
        "rejected": _p("booking", "Declined"),
        "expired": _p("booking", "Not answered in time"),
        "cancelled_by_firm": _p("booking", "Cancelled by the firm"),
        "cancelled_by_owner": _p("booking", "Cancelled by the owner"),
        "rescheduled": _p("booking", "Rescheduled"),
        "no_show": _p("booking", "No-show"),
        "disputed": _p("booking", "Disputed"),
        "adjusted": _p("booking", "Adjusted"),
    },
    "voucher": {
        "draft": _p("voucher", "Draft"),
        "applied": _p("voucher", "Applied for"),
        "checked": _p("voucher", "Checked"),
        "issued": _p("voucher", "Valid"),
        "returned": _p("voucher", "Returned"),
        "rejected": _p("voucher", "Turned down"),
        "frozen": _p("voucher", "Frozen"),
        "exhausted": _p("voucher", "Used up"),
        "expired": _p("voucher", "Expired"),
        "revoked": _p("voucher", "Revoked"),
    },
    "claim": {
        "draft": _p("claim", "To be submitted"),
        "submitted": _p("claim", "Submitted"),
        "in_review": _p("claim", "In review"),
        "returned": _p("claim", "Returned"),
        "checked": _p("claim", "Checked"),
        "approved": _p("claim", "Approved"),
        "rejected": _p("claim", "Refused"),
        "publicised": _p("claim", "Public notice"),
        "batched": _p("claim", "In a batch"),
        "paid": _p("claim", "Paid"),
        "payment_failed": _p("claim", "Payment failed"),
        "adjusted": _p("claim", "Adjusted"),
        "clawed_back": _p("claim", "Clawed back"),
        "withdrawn": _p("claim", "Withdrawn"),
    },
    "batch": {
        "open": _p("batch", "Open"),
        "locked": _p("batch", "Locked"),
        "reviewed": _p("batch", "Reviewed"),
        "approved": _p("batch", "Approved"),
        "sent": _p("batch", "Sent to finance"),
        "paid": _p("batch", "Paid"),
        "part_failed": _p("batch", "Partly failed"),
        "closed": _p("batch", "Closed"),
        "refused": _p("batch", "Refused"),
    },
    "organisation": {
        "unverified": _p("organisation", "Waiting to be verified"),
        "verified": _p("organisation", "Verified"),
        "suspended": _p("organisation", "Suspended"),
    },
    "programme": {
        "draft": _p("programme", "Draft"),
        "published": _p("programme", "In force"),
    },
    "verdict": {
        "created": _p("verdict", "New"),
        "updated": _p("verdict", "Changed"),
        "unchanged": _p("verdict", "As it was"),
        "rejected": _p("verdict", "Not taken"),
        "skipped": _p("verdict", "Left out"),
    },
    "listing": {
        "draft": _p("listing", "Draft"),
        "open": _p("listing", "In the pool"),
        "withdrawn": _p("listing", "Withdrawn"),
    },
    "kind": {
        "firm": _p("kind", "Firm"),
        "owner": _p("kind", "Owner"),
        "bureau": _p("kind", "Bureau"),
        "platform": _p("kind", "Platform"),
    },
    "role": {
        "visitor": _p("role", "Visitor"),
        "firm_user": _p("role", "Firm user"),
        "firm_admin": _p("role", "Firm administrator"),
        "owner_operator": _p("role", "Instrument keeper"),
        "owner_admin": _p("role", "Owner administrator"),
        "bureau_clerk": _p("role", "Clerk"),
        "bureau_reviewer": _p("role", "Reviewer"),
        "bureau_leader": _p("role", "Leader"),
        "finance": _p("role", "Finance"),
        "auditor": _p("role", "Auditor"),
        "admin": _p("role", "Platform administrator"),
        "system": _p("role", "The system"),
    },
    "reason": {
        "competing": _p("reason", "Another request for this time was chosen."),
        "unanswered": _p("reason", "Nobody answered in time."),
    },
    "training": {
        "asked": _p("training", "Waiting"),
        "granted": _p("training", "Granted"),
        "refused": _p("training", "Declined"),
    },
    "pending": {
        "first_come": _p("pending", "First come: a request keeps others out"),
        "owner_chooses": _p("pending", "The keeper chooses among them"),
    },
    "per": {"day": _p("per", "a day"), "week": _p("per", "a week"), "month": _p("per", "a month")},
    "whom": {"user": _p("whom", "Each person"), "firm": _p("whom", "Each firm")},
    "mode": {
        "self_operate": _p("mode", "Self-operated"),
        "guided": _p("mode", "Guided"),
        "commissioned": _p("mode", "Commissioned samples"),
        "remote": _p("mode", "Remote"),
    },
    "unit": {
        "hour": _p("unit", "hour"),
        "sample": _p("unit", "sample"),
        "day": _p("unit", "day"),
        "item": _p("unit", "item"),
    },
    "line": {
        "machine_time": _p("line", "Instrument time"),
        "sample": _p("line", "Samples"),
        "setup": _p("line", "Set-up"),
        "minimum": _p("line", "Up to the minimum"),
        "maximum": _p("line", "Down to the maximum"),
        "late_cancel": _p("line", "Late cancellation"),
        "no_show": _p("line", "No-show"),
    },
    "class": {
        "external": _p("class", "Everybody"),
        "tech_sme": _p("class", "Technology SME"),
        "hnte": _p("class", "High-tech enterprise"),
        "team": _p("class", "Start-up team"),
        "incubated": _p("class", "Incubated firm"),
        "small_micro": _p("class", "Small or micro firm"),
        "adv_service": _p("class", "Advanced service firm"),
        "tech_firm": _p("class", "Technology firm"),
    },
    "leg": {
        "booking": _p("leg", "Booking and use"),
        "contract": _p("leg", "Contract"),
        "invoice": _p("leg", "Invoice"),
        "payment": _p("leg", "Payment proof"),
        "result": _p("leg", "Result report"),
    },
    "leg_state": {
        "ok": _p("leg_state", "Agrees"),
        "missing": _p("leg_state", "Missing"),
        "different": _p("leg_state", "Differs"),
        "not_needed": _p("leg_state", "Not needed"),
    },
    "closed": {
        "occupied": _p("closed", "Occupied"),
        "maintenance": _p("closed", "Maintenance"),
        "holiday": _p("closed", "Public holiday"),
        "outside_opening_hours": _p("closed", "Closed"),
        "lead_time": _p("closed", "Too soon"),
        "horizon": _p("closed", "Not yet open"),
    },
    "run_status": {
        "normal": _p("run_status", "Normal"),
        "standby": _p("run_status", "Standby"),
        "remote": _p("run_status", "Serving remotely"),
        "faulty_sometimes": _p("run_status", "Sometimes faulty"),
        "faulty_often": _p("run_status", "Often faulty"),
        "awaiting_repair": _p("run_status", "Awaiting repair"),
        "to_be_scrapped": _p("run_status", "To be scrapped"),
    },
    "share_mode": {
        "internal": _p("share_mode", "Internal"),
        "external": _p("share_mode", "External"),
        "none": _p("share_mode", "Not shared"),
    },
    "severity": {
        "block": _p("severity", "Blocks"),
        "warn": _p("severity", "Warns"),
    },
    "disposition": {
        "cleared": _p("disposition", "Cleared"),
        "corrected": _p("disposition", "Corrected"),
        "rejected": _p("disposition", "Rejected"),
        "referred": _p("disposition", "Referred"),
    },
    "binding": {
        "RATE": _p("binding", "by rate"),
        "PER_ORDER": _p("binding", "limit per order"),
        "PER_VOUCHER": _p("binding", "what the voucher has left"),
        "HOLDING": _p("binding", "limit on what may be held"),
        "ANNUAL_CAP": _p("binding", "annual limit"),
        "JOINT_CAP": _p("binding", "joint limit"),
        "JOINT_RATE": _p("binding", "joint rate"),
        "HELD": _p("binding", "amount set aside"),
        "BUDGET": _p("binding", "budget left"),
        "MIN_CLAIM": _p("binding", "below the minimum claim"),
        "NOT_ELIGIBLE": _p("binding", "the firm does not meet the terms"),
        "RELATED_PARTY": _p("binding", "firm and owner are related"),
        "EXCLUDED_SERVICE": _p("binding", "this service is not covered"),
        "VOUCHER_EXPIRED": _p("binding", "the voucher is over by then"),
        "BLACKLISTED": _p("binding", "the firm is barred"),
        "PERIOD_CLOSED": _p("binding", "the period is closed"),
        "EXCLUSIVE": _p("binding", "another programme gives more"),
    },
    "event": {
        "submitted": _p("event", "Requested"),
        "claim_submitted": _p("event", "Handed in"),
        "reminded": _p("event", "Owner reminded"),
        "escalated": _p("event", "Bureau told of the silence"),
        "training_asked": _p("event", "Training asked for"),
        "training_granted": _p("event", "Training granted"),
        "training_refused": _p("event", "Training declined"),
        "training_ended": _p("event", "Authorisation ended"),
        "approved": _p("event", "Approved"),
        "rejected": _p("event", "Declined"),
        "expired": _p("event", "Expired"),
        "cancelled_by_firm": _p("event", "Cancelled by the firm"),
        "cancelled_by_owner": _p("event", "Cancelled by the owner"),
        "checked_in": _p("event", "Checked in"),
        "checked_out": _p("event", "Checked out"),
        "no_show": _p("event", "Nobody came"),
        "usage_recorded": _p("event", "Use recorded"),
        "confirmed": _p("event", "Use confirmed"),
        "disputed": _p("event", "Disputed"),
        "dispute_answered": _p("event", "Dispute answered"),
        "invoiced": _p("event", "Invoice added"),
        "completed": _p("event", "Payment added"),
        "document_added": _p("event", "Paper added"),
        "registered": _p("event", "Registered"),
        "made": _p("event", "Made"),
        "verified": _p("event", "Verified"),
        "suspended": _p("event", "Suspended"),
        "described": _p("event", "Described"),
        "applied": _p("event", "Applied"),
        "checked": _p("event", "Checked"),
        "issued": _p("event", "Issued"),
        "granted": _p("event", "Granted without application"),
        "returned": _p("event", "Returned"),
        "frozen": _p("event", "Frozen"),
        "unfrozen": _p("event", "Unfrozen"),
        "revoked": _p("event", "Revoked"),
        "drafted": _p("event", "Drafted"),
        "published": _p("event", "Published"),
        "withdrawn": _p("event", "Withdrawn"),
        "sent_back": _p("event", "Sent back"),
        "publicised": _p("event", "Public notice"),
        "objected": _p("event", "Objected"),
        "batched": _p("event", "Put into a batch"),
        "paid": _p("event", "Paid"),
        "payment_failed": _p("event", "Payment failed"),
        "opened": _p("event", "Opened"),
        "locked": _p("event", "Locked"),
        "reviewed": _p("event", "Reviewed"),
        "refused": _p("event", "Refused"),
        "sent": _p("event", "Sent to finance"),
        "closed": _p("event", "Closed"),
        "bank_return": _p("event", "Bank return read"),
        "listed": _p("event", "Listed"),
        "changed": _p("event", "Changed"),
        "admitted": _p("event", "Admitted"),
        "prices_set": _p("event", "Prices set"),
        "maintenance_planned": _p("event", "Maintenance planned"),
        "maintenance_ended": _p("event", "Maintenance ended"),
        "unbatched": _p("event", "Out of the batch"),
    },
    "step": {
        "base": _p("step", "Covered fee %(base)s"),
        "deduct": _p("step", "less %(deducted)s of other programmes"),
        "bands": _p("step", "at %(rates)s: %(raw)s"),
        "limit": _p("step", "%(reason)s: bears %(amount)s"),
        "min_claim": _p("step", "%(amount)s is below the minimum of %(least)s"),
        "exclusive": _p("step", "another programme gives more"),
        "stop": _p("step", "bears nothing: %(reason)s"),
    },
    "letter": {
        "booking_reminder": _p("letter", "A request still waits for your answer"),
        "booking_escalated": _p("letter", "An owner does not answer a request"),
        "training_asked": _p("letter", "Somebody asks for training"),
        "training_granted": _p("letter", "You may use an instrument now"),
        "training_refused": _p("letter", "Your request for training was declined"),
        "training_ended": _p("letter", "Your authorisation for an instrument ends"),
        "booking_requested": _p("letter", "A booking waits for your answer"),
        "booking_approved": _p("letter", "Your booking is approved"),
        "booking_rejected": _p("letter", "Your booking was declined"),
        "booking_expired": _p("letter", "A booking was not answered in time"),
        "booking_cancelled_by_firm": _p("letter", "A booking was cancelled by the firm"),
        "booking_cancelled_by_owner": _p("letter", "A booking was cancelled by the owner"),
        "booking_no_show": _p("letter", "Nobody came to a booking"),
        "usage_recorded": _p("letter", "Please confirm the use"),
        "usage_confirmed": _p("letter", "The firm confirmed the use"),
        "usage_disputed": _p("letter", "The firm disputes the use"),
        "dispute_answered": _p("letter", "The dispute was answered"),
        "voucher_issued": _p("letter", "A voucher was issued"),
        "voucher_returned": _p("letter", "An application was returned"),
        "voucher_rejected": _p("letter", "An application was turned down"),
        "voucher_frozen": _p("letter", "A voucher is frozen"),
        "voucher_unfrozen": _p("letter", "A voucher may be used again"),
        "voucher_revoked": _p("letter", "A voucher was revoked"),
        "voucher_expired": _p("letter", "A voucher has expired"),
        "organisation_verified": _p("letter", "Your organisation is verified"),
        "organisation_suspended": _p("letter", "Your organisation is suspended"),
        "password_reset": _p("letter", "Set a new password"),
        "claim_returned": _p("letter", "A claim was returned"),
        "claim_rejected": _p("letter", "A claim was refused"),
        "claim_paid": _p("letter", "A claim was paid"),
    },
}
"""States, roles, kinds and reasons, by what they are words for."""


class NoWords(KeyError):
    """A code without words: a fault of ours that a test finds (law 8)."""


def refusal_words(code: str, facts: Mapping[str, object]) -> str:
    """The sentence for a refusal or a field's problem, in the reader's language.

    Raises: NoWords.
    """
    if code not in REFUSALS:
        raise NoWords(code)
    sentence = str(REFUSALS[code])
    try:
        return sentence % facts
    except (KeyError, TypeError, ValueError):
        return sentence.partition("%(")[0].rstrip(": ") or sentence


def status_words(status: int) -> str:
    """What a status means, in the reader's language."""
    return str(STATUSES.get(status, STATUSES[500]))


def word(kind: str, value: object) -> str:
    """The word for a state, role, mode or reason; a free value of the bureau (a tag, a class) stands for itself."""
    known = WORDS[kind]
    key = str(getattr(value, "value", value))
    if key not in known and kind != "class":
        raise NoWords(f"{kind}.{key}")
    return str(known.get(key, key))


def step_words(rule: str, facts: Mapping[str, object]) -> str:
    """One step of a subsidy's explanation."""
    shown = {name.removesuffix("_fen"): _shown(name, value) for name, value in facts.items()}
    if rule in ("limit", "stop"):
        shown["reason"] = word("binding", facts["reason"])
    return word("step", rule) % shown


def _shown(name: str, value: object) -> str:
    return str(Money(value)) if name.endswith("_fen") and isinstance(value, int) else str(value)


def award_words(entry: Mapping[str, Any]) -> str:
    """The sentence why: the steps of one subsidy, in the reader's language."""
    return " → ".join(step_words(step["rule"], step.get("facts", {})) for step in entry.get("steps", []))
