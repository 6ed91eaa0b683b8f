"""The words people read for every code and state, in one place, for all three doors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

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
        "draft": _l("Draft"),
        "submitted": _l("Waiting for the owner"),
        "approved": _l("Approved"),
        "in_use": _l("In use"),
        "usage_recorded": _l("Waiting for the firm"),
        "confirmed": _l("Confirmed"),
        "invoiced": _l("Invoiced"),
        "completed": _l("Completed"),
        "offered": _l("Offered"),
        "rejected": _l("Declined"),
        "expired": _l("Not answered in time"),
        "cancelled_by_firm": _l("Cancelled by the firm"),
        "cancelled_by_owner": _l("Cancelled by the owner"),
        "rescheduled": _l("Rescheduled"),
        "no_show": _l("No-show"),
        "disputed": _l("Disputed"),
        "adjusted": _l("Adjusted"),
    },
    "voucher": {
        "draft": _l("Draft"),
        "applied": _l("Applied for"),
        "checked": _l("Checked"),
        "issued": _l("Valid"),
        "returned": _l("Returned"),
        "rejected": _l("Turned down"),
        "frozen": _l("Frozen"),
        "exhausted": _l("Used up"),
        "expired": _l("Expired"),
        "revoked": _l("Revoked"),
    },
    "claim": {
        "draft": _l("To be submitted"),
        "submitted": _l("Submitted"),
        "in_review": _l("In review"),
        "returned": _l("Returned"),
        "checked": _l("Checked"),
        "approved": _l("Approved"),
        "rejected": _l("Refused"),
        "publicised": _l("Public notice"),
        "batched": _l("In a batch"),
        "paid": _l("Paid"),
        "payment_failed": _l("Payment failed"),
        "adjusted": _l("Adjusted"),
        "clawed_back": _l("Clawed back"),
        "withdrawn": _l("Withdrawn"),
    },
    "batch": {
        "open": _l("Open"),
        "locked": _l("Locked"),
        "reviewed": _l("Reviewed"),
        "approved": _l("Approved"),
        "sent": _l("Sent to finance"),
        "paid": _l("Paid"),
        "part_failed": _l("Partly failed"),
        "closed": _l("Closed"),
        "refused": _l("Refused"),
    },
    "organisation": {
        "unverified": _l("Waiting to be verified"),
        "verified": _l("Verified"),
        "suspended": _l("Suspended"),
    },
    "programme": {
        "draft": _l("Draft"),
        "published": _l("In force"),
    },
    "listing": {
        "draft": _l("Draft"),
        "open": _l("In the pool"),
        "withdrawn": _l("Withdrawn"),
    },
    "kind": {
        "firm": _l("Firm"),
        "owner": _l("Owner"),
        "bureau": _l("Bureau"),
        "platform": _l("Platform"),
    },
    "role": {
        "visitor": _l("Visitor"),
        "firm_user": _l("Firm user"),
        "firm_admin": _l("Firm administrator"),
        "owner_operator": _l("Instrument keeper"),
        "owner_admin": _l("Owner administrator"),
        "bureau_clerk": _l("Clerk"),
        "bureau_reviewer": _l("Reviewer"),
        "bureau_leader": _l("Leader"),
        "finance": _l("Finance"),
        "auditor": _l("Auditor"),
        "admin": _l("Platform administrator"),
        "system": _l("The system"),
    },
    "mode": {
        "self_operate": _l("Self-operated"),
        "guided": _l("Guided"),
        "commissioned": _l("Commissioned samples"),
        "remote": _l("Remote"),
    },
    "unit": {
        "hour": _l("hour"),
        "sample": _l("sample"),
        "day": _l("day"),
        "item": _l("item"),
    },
    "line": {
        "machine_time": _l("Instrument time"),
        "sample": _l("Samples"),
        "setup": _l("Set-up"),
        "minimum": _l("Up to the minimum"),
        "maximum": _l("Down to the maximum"),
        "late_cancel": _l("Late cancellation"),
        "no_show": _l("No-show"),
    },
    "class": {
        "external": _l("Everybody"),
        "tech_sme": _l("Technology SME"),
        "hnte": _l("High-tech enterprise"),
        "team": _l("Start-up team"),
        "incubated": _l("Incubated firm"),
        "small_micro": _l("Small or micro firm"),
        "adv_service": _l("Advanced service firm"),
        "tech_firm": _l("Technology firm"),
    },
    "leg": {
        "booking": _l("Booking and use"),
        "contract": _l("Contract"),
        "invoice": _l("Invoice"),
        "payment": _l("Payment proof"),
        "result": _l("Result report"),
    },
    "leg_state": {
        "ok": _l("Agrees"),
        "missing": _l("Missing"),
        "different": _l("Differs"),
        "not_needed": _l("Not needed"),
    },
    "closed": {
        "occupied": _l("Occupied"),
        "maintenance": _l("Maintenance"),
        "holiday": _l("Public holiday"),
        "outside_opening_hours": _l("Closed"),
        "lead_time": _l("Too soon"),
        "horizon": _l("Not yet open"),
    },
    "run_status": {
        "normal": _l("Normal"),
        "standby": _l("Standby"),
        "remote": _l("Serving remotely"),
        "faulty_sometimes": _l("Sometimes faulty"),
        "faulty_often": _l("Often faulty"),
        "awaiting_repair": _l("Awaiting repair"),
        "to_be_scrapped": _l("To be scrapped"),
    },
    "share_mode": {
        "internal": _l("Internal"),
        "external": _l("External"),
        "none": _l("Not shared"),
    },
    "severity": {
        "block": _l("Blocks"),
        "warn": _l("Warns"),
    },
    "disposition": {
        "cleared": _l("Cleared"),
        "corrected": _l("Corrected"),
        "rejected": _l("Rejected"),
        "referred": _l("Referred"),
    },
    "binding": {
        "RATE": _l("by rate"),
        "PER_ORDER": _l("limit per order"),
        "PER_VOUCHER": _l("what the voucher has left"),
        "HOLDING": _l("limit on what may be held"),
        "ANNUAL_CAP": _l("annual limit"),
        "JOINT_CAP": _l("joint limit"),
        "JOINT_RATE": _l("joint rate"),
        "HELD": _l("amount set aside"),
        "BUDGET": _l("budget left"),
        "MIN_CLAIM": _l("below the minimum claim"),
        "NOT_ELIGIBLE": _l("the firm does not meet the terms"),
        "RELATED_PARTY": _l("firm and owner are related"),
        "EXCLUDED_SERVICE": _l("this service is not covered"),
        "VOUCHER_EXPIRED": _l("the voucher is over by then"),
        "BLACKLISTED": _l("the firm is barred"),
        "PERIOD_CLOSED": _l("the period is closed"),
        "EXCLUSIVE": _l("another programme gives more"),
    },
    "event": {
        "submitted": _l("Requested"),
        "approved": _l("Approved"),
        "rejected": _l("Declined"),
        "expired": _l("Expired"),
        "cancelled_by_firm": _l("Cancelled by the firm"),
        "cancelled_by_owner": _l("Cancelled by the owner"),
        "checked_in": _l("Checked in"),
        "checked_out": _l("Checked out"),
        "no_show": _l("Nobody came"),
        "usage_recorded": _l("Use recorded"),
        "confirmed": _l("Use confirmed"),
        "disputed": _l("Disputed"),
        "dispute_answered": _l("Dispute answered"),
        "invoiced": _l("Invoice added"),
        "completed": _l("Payment added"),
        "document_added": _l("Paper added"),
        "registered": _l("Registered"),
        "made": _l("Made"),
        "verified": _l("Verified"),
        "suspended": _l("Suspended"),
        "described": _l("Described"),
        "applied": _l("Applied"),
        "checked": _l("Checked"),
        "issued": _l("Issued"),
        "granted": _l("Granted without application"),
        "returned": _l("Returned"),
        "frozen": _l("Frozen"),
        "unfrozen": _l("Unfrozen"),
        "revoked": _l("Revoked"),
        "drafted": _l("Drafted"),
        "published": _l("Published"),
        "withdrawn": _l("Withdrawn"),
        "sent_back": _l("Sent back"),
        "publicised": _l("Public notice"),
        "objected": _l("Objected"),
        "batched": _l("Put into a batch"),
        "paid": _l("Paid"),
        "payment_failed": _l("Payment failed"),
        "opened": _l("Opened"),
        "locked": _l("Locked"),
        "reviewed": _l("Reviewed"),
        "refused": _l("Refused"),
        "sent": _l("Sent to finance"),
        "closed": _l("Closed"),
        "bank_return": _l("Bank return read"),
        "listed": _l("Listed"),
        "changed": _l("Changed"),
        "admitted": _l("Admitted"),
        "prices_set": _l("Prices set"),
        "maintenance_planned": _l("Maintenance planned"),
        "maintenance_ended": _l("Maintenance ended"),
        "unbatched": _l("Out of the batch"),
    },
    "step": {
        "base": _l("Covered fee %(base)s"),
        "deduct": _l("less %(deducted)s of other programmes"),
        "bands": _l("at %(rates)s: %(raw)s"),
        "limit": _l("%(reason)s: bears %(amount)s"),
        "min_claim": _l("%(amount)s is below the minimum of %(least)s"),
        "exclusive": _l("another programme gives more"),
        "stop": _l("bears nothing: %(reason)s"),
    },
    "letter": {
        "booking_requested": _l("A booking waits for your answer"),
        "booking_approved": _l("Your booking is approved"),
        "booking_rejected": _l("Your booking was declined"),
        "booking_expired": _l("A booking was not answered in time"),
        "booking_cancelled_by_firm": _l("A booking was cancelled by the firm"),
        "booking_cancelled_by_owner": _l("A booking was cancelled by the owner"),
        "booking_no_show": _l("Nobody came to a booking"),
        "usage_recorded": _l("Please confirm the use"),
        "usage_confirmed": _l("The firm confirmed the use"),
        "usage_disputed": _l("The firm disputes the use"),
        "dispute_answered": _l("The dispute was answered"),
        "voucher_issued": _l("A voucher was issued"),
        "voucher_returned": _l("An application was returned"),
        "voucher_rejected": _l("An application was turned down"),
        "voucher_frozen": _l("A voucher is frozen"),
        "voucher_unfrozen": _l("A voucher may be used again"),
        "voucher_revoked": _l("A voucher was revoked"),
        "voucher_expired": _l("A voucher has expired"),
        "organisation_verified": _l("Your organisation is verified"),
        "organisation_suspended": _l("Your organisation is suspended"),
        "password_reset": _l("Set a new password"),
        "claim_returned": _l("A claim was returned"),
        "claim_rejected": _l("A claim was refused"),
        "claim_paid": _l("A claim was paid"),
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
