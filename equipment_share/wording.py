"""The words people read for every code and state, in one place, for all three doors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from equipment_share.domain.money import Money
from equipment_share.report_wording import REPORT_WORDS
from equipment_share.wording_audit import AUDIT_WORDS
from equipment_share.wording_flags import FLAG_WORDS
from equipment_share.wording_help import HELP_WORDS
from equipment_share.wording_house import HOUSE_WORDS
from equipment_share.wording_import import IMPORT_WORDS
from equipment_share.wording_marks import amount_words, joined
from equipment_share.wording_needs import NEED_WORDS
from equipment_share.wording_reports import BASIS_WORDS
from equipment_share.wording_tours import TOUR_WORDS

REFUSALS: dict[str, Any] = {
    "refused": _l("This cannot be done."),
    "nothing_paid": _l("No claim of this programme and period has been paid yet."),
    "not_a_share": _l("Write each holder with a share: Name 30%%, Name 25.5%%."),
    "conflict": _l("Something else came first."),
    "not_found": _l("There is nothing here that you can see."),
    "forbidden": _l("Your role does not allow this."),
    "conflict_of_interest": _l("You may not decide for your own or a related organisation."),
    "second_person_required": _l("This step needs another person than the one before."),
    "organisation_not_verified": _l("Your organisation has not been verified yet."),
    "organisation_suspended": _l("Your organisation is suspended."),
    "already_decided": _l("This has already been decided. Look at its present state."),
    "invalid_transition": _l("This step does not follow the present state."),
    "stale_version": _l("This has changed since you opened it. Look again and repeat."),
    "invalid": _l("Please mend what is marked."),
    "slot_taken": _l("This time is taken."),
    "slot_free": _l("This time is free: you can book it."),
    "unchanged": _l("This is the time it has already."),
    "too_close": _l("Keep at least %(minutes)s minutes to your other bookings of this instrument."),
    "banned": _l("You did not come too often; you may book this instrument again later."),
    "does_not_fit": _l("This does not go together with the rules of %(instrument)s."),
    "bad_rule": _l("A rule like FREQ=WEEKLY;COUNT=8 is needed."),
    "not_a_number": _l("A number is needed."),
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
    "voucher_insufficient": _l("You would pay more than was shown. Look at the new quote."),
    "voucher_expired": _l("The voucher is over on that day."),
    "over_budget": _l("The programme has not enough left."),
    "not_eligible": _l("The firm does not meet the programme's terms."),
    "findings_open": _l("A red flag of this batch has no disposition yet."),
    "pro_rata_missing": _l("Approved claims wait for the pro-rata run: decide it first."),
    "pro_rata_changed": _l("Claims were approved since the run was prepared: prepare it again."),
    "nothing_to_cut": _l("No approved claim of this period waits for its money."),
    "not_pro_rata": _l("This programme does not divide its budget pro rata."),
    "no_bonus": _l("There is no owners' bonus here."),
    "not_by_application": _l("This voucher is granted without application."),
    "related_party": _l("Firm and owner are related."),
    "not_supported": _l("This term cannot be run here yet."),
    "contradiction": _l("This contradicts another term."),
    "quota_exceeded": _l("More than the quota allows."),
    "not_authorised": _l("Training for this instrument is needed first."),
    "too_many": _l("Too many at once."),
    "too_many_rows": _l("Too many rows."),
    "not_offered": _l("The prices of this instrument do not offer this."),
    "quotation_expired": _l("This quotation was good until %(day)s. Ask for a new one."),
    "bands_overlap": _l("Two rows of this mode price the same hours."),
    "bands_gap": _l("Nothing prices this mode from %(clock)s on. Add a row without hours for the rest of the day."),
    "bands_differ": _l("All rows of one mode count in the same unit."),
    "does_not_go_together": _l("This does not go together with the rest of the row."),
    "prices_by_hours": _l("These prices go by the time of day or by whole units: publish new ones on the instrument's own page."),
    "overlapping_period": _l("Another price list of this class covers a part of this time."),
    "bookings_affected": _l("There are bookings in this time. Confirm that they are cancelled without a fee."),
    "publicity_running": _l("The public notice is still running."),
    "last_admin": _l("An organisation keeps at least one administrator."),
    "own_access": _l("Nobody ends their own access or changes their own role. Ask another administrator."),
    "access_ended": _l("Your access has ended. Ask your administrator to give it back."),
    "token_invalid": _l("This link was used or is too old. Ask for a new one."),
    "sign_in_refused": _l("Address or password is wrong, or there were too many tries. Wait 15 minutes or reset the password."),
    "not_signed_in": _l("Please sign in."),
    "csrf": _l("The page was open too long. Send it again."),
    "rate_limited": _l("Too many calls. Wait a little."),
    "already_rated": _l("This use has been rated already. A use is rated once."),
    "use_not_over": _l("A use can be rated once both sides have confirmed it."),
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
    "not_an_account": _l("An account number is 8 to 30 digits; up to four letters may stand before them."),
    "same_account": _l("This is the account that is known already."),
    "change_waits": _l("Another change waits for its second hand. Have it decided or taken back first."),
    "not_a_table": _l("The file is not a table that can be read."),
    "too_long_text": _l("This text is too long."),
    "too_large": _l("The file is too large."),
    "bad_text": _l("The text holds characters that cannot be kept."),
    "bands_not_ascending": _l("Bands must ascend, and only the last may be open."),
    "weights_zero": _l("The weights add up to nothing."),
    "taken": _l("This is already in use."),
    "wrong_password": _l("This is not the current password."),
    "other_name": _l("Type the name exactly: %(name)s"),
    "password_too_weak": _l("At least 10 characters of three kinds, or 16 characters."),
    "password_too_common": _l("This password is too easy to guess."),
    "password_too_long": _l("At most 128 characters."),
    "papers_missing": _l("These papers are missing: %(legs)s"),
    "claim_too_late": _l("The last day to claim has passed."),
    "not_balanced": _l("Claims and ledger do not agree."),
    "not_paid_yet": _l("Not every line has been paid."),
    "empty_batch": _l("There is no approved claim in this period."),
    "batch_not_closed": _l("Batch %(number)s of this period is on its way. What was approved since waits until it is closed."),
    "voucher_frozen": _l("The voucher is frozen."),
    "wrong_type": _l("The content type is not the one that is needed."),
    "malformed": _l("The request cannot be read."),
    "method_not_allowed": _l("This method is not offered here."),
    "file_kind": _l("Only JPG, PNG, PDF, XLSX or CSV files."),
    "picture_too_large": _l("The picture is too large."),
    "unknown_line": _l("There is no such line in the batch."),
    "amount_differs": _l("The amount is not the one of the line: %(expected)s yuan in the batch, %(given)s yuan in the file."),
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

RACES = frozenset({"conflict", "already_decided", "stale_version", "slot_taken", "voucher_insufficient", "pro_rata_changed", "in_progress"})
"""Refusals because somebody or something came first; every other one is a rule."""

HEADLINES: dict[str, Any] = {
    "rule": _l("This is not possible"),
    "organisation_not_verified": _l("Your organisation may not do this now"),
    "second_person_required": _l("Another person does this"),
    "conflict_of_interest": _l("Somebody without a link decides this"),
}
"""What stands over a page that says no, where the status would say it wrongly."""

WORDS: dict[str, dict[str, Any]] = {
    **AUDIT_WORDS,
    **IMPORT_WORDS,
    **FLAG_WORDS,
    **NEED_WORDS,
    "inspection": {
        "": _p("inspection", "To be looked at"),
        "in_order": _p("inspection", "In order"),
        "faulty": _p("inspection", "Faulty"),
    },
    "credit_list": {
        "": _p("credit_list", "On none"),
        "abnormal": _p("credit_list", "Abnormal operations"),
        "dishonest": _p("credit_list", "Serious dishonesty"),
    },
    "time": {
        "twelve_months": _p("time", "Twelve months"),
        "this_year": _p("time", "This year"),
        "last_year": _p("time", "Last year"),
        "this_quarter": _p("time", "This quarter"),
        "last_quarter": _p("time", "Last quarter"),
    },
    "lack": {
        "photo": _p("lack", "no photo"),
        "price": _p("lack", "no price"),
        "specs": _p("lack", "no specifications"),
    },
    "lacking": {
        "photo": _p("lacking", "Photo"),
        "price": _p("lacking", "Price"),
        "specs": _p("lacking", "Specifications"),
    },
    "grade": {
        "excellent": _p("grade", "Excellent"),
        "good": _p("grade", "Good"),
        "fair": _p("grade", "Fair"),
        "below": _p("grade", "Below what is asked"),
    },
    "booking": {
        "draft": _p("booking", "Draft"),
        "submitted": _p("booking", "Waiting for the owner"),
        "approved": _p("booking", "Approved"),
        "in_use": _p("booking", "In use"),
        "usage_recorded": _p("booking", "Waiting for the firm"),
        "confirmed": _p("booking", "Use confirmed"),
        "invoiced": _p("booking", "Invoiced"),
        "completed": _p("booking", "Completed"),
        "offered": _p("booking", "Offered to the firm"),
        "rejected": _p("booking", "Declined"),
        "expired": _p("booking", "Lapsed"),
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
    "hold_age": {
        "ahead": _p("hold_age", "Still to come"),
        "within_7": _p("hold_age", "7 days at most"),
        "within_30": _p("hold_age", "8 to 30 days"),
        "within_90": _p("hold_age", "31 to 90 days"),
        "older": _p("hold_age", "more than 90 days"),
    },
    "batch_step": {
        "lock": _p("batch_step", "Lock the lines"),
        "review": _p("batch_step", "Review the batch"),
        "approve": _p("batch_step", "Sign the batch"),
        "send": _p("batch_step", "Send to finance"),
        "bank_return": _p("batch_step", "Read the bank return"),
        "close": _p("batch_step", "Close the batch"),
    },
    "batch_sure": {
        "approve": _p(
            "batch_sure",
            "You sign for the payment of %(amount)s in %(lines)s lines to %(payees)s payees. Next the clerk sends it to finance.",
        ),
        "send": _p(
            "batch_sure", "The payment file of %(lines)s lines, %(amount)s, is written once and goes to finance. It cannot be taken back."
        ),
        "close": _p(
            "batch_sure",
            "From then on nothing in this batch changes: %(lines)s lines, %(amount)s. What comes later counts in the next period.",
        ),
    },
    "batch_done": {
        "lock": _p("batch_done", "Locked: %(lines)s lines, %(amount)s."),
        "review": _p("batch_done", "Reviewed: %(lines)s lines, %(amount)s."),
        "approve": _p("batch_done", "Signed: payment of %(amount)s, %(lines)s lines."),
        "send": _p("batch_done", "Sent to finance: %(lines)s lines, %(amount)s."),
        "close": _p("batch_done", "Closed: %(lines)s lines, %(amount)s. Its reports are kept."),
    },
    "batch_means": {
        "lock": _p("batch_means", "The approved claims of the period become the lines of this batch and stay as they are."),
        "review": _p("batch_means", "Another person than who locked it finds lines and sums right."),
        "approve": _p("batch_means", "The leader signs for the payment."),
        "send": _p("batch_means", "The payment file is written once; its hash is kept."),
        "bank_return": _p("batch_means", "What the bank paid and what it could not, line by line."),
        "close": _p("batch_means", "From then on nothing in this batch changes; its reports are kept."),
    },
    "bank_column": {
        "line": _p("bank_column", "Line"),
        "status": _p("bank_column", "Result"),
        "paid_on": _p("bank_column", "Paid on"),
        "reference": _p("bank_column", "Reference"),
        "amount_fen": _p("bank_column", "Amount (fen)"),
        "amount_yuan": _p("bank_column", "Amount (yuan)"),
        "reason": _p("bank_column", "Why it failed"),
    },
    "bank_result": {
        "paid": _p("bank_result", "Paid"),
        "failed": _p("bank_result", "Failed"),
    },
    "batch_stop": {
        "not_yours": _p("batch_stop", "Another role acts here."),
        "other_hand": _p("batch_stop", "You did an earlier step of this batch: another person must do this one."),
        "empty": _p("batch_stop", "There is no approved claim in this period."),
        "pro_rata": _p("batch_stop", "Approved claims wait for the pro-rata run of the period's end."),
        "publicity": _p("batch_stop", "The public notice of some claim is still running."),
        "checklist": _p("batch_stop", "Something on the checklist stops the close."),
    },
    "check_item": {
        "all_paid": _p("check_item", "Every line has its money"),
        "sums_agree": _p("check_item", "Lines, claims and ledger agree to the fen"),
        "findings_disposed": _p("check_item", "Every red flag of this batch that blocks has a disposition"),
        "warnings_disposed": _p("check_item", "Every red flag of this batch that warns has a disposition"),
        "claims_decided": _p("check_item", "No claim of the period waits for an answer"),
        "claims_gathered": _p("check_item", "Every approved claim of the period is in a batch"),
        "holds_resolved": _p("check_item", "No hold is older than its booking"),
    },
    "check_open": {
        "all_paid": _p("check_open", "Lines not paid yet: %(count)s"),
        "sums_agree": _p("check_open", "Lines, claims and ledger do not agree"),
        "findings_disposed": _p("check_open", "Red flags of this batch that block, without a disposition: %(count)s"),
        "warnings_disposed": _p("check_open", "Red flags of this batch that warn, without a disposition: %(count)s"),
        "claims_decided": _p("check_open", "Claims of the period that wait for an answer: %(count)s"),
        "claims_gathered": _p("check_open", "Approved claims of the period that are in no batch: %(count)s"),
        "holds_resolved": _p("check_open", "Holds that are older than their bookings: %(count)s"),
    },
    "organisation": {
        "unverified": _p("organisation", "Waiting to be verified"),
        "verified": _p("organisation", "Verified"),
        "suspended": _p("organisation", "Suspended"),
    },
    "programme": {
        "draft": _p("programme", "Draft"),
        "published": _p("programme", "In force"),
        "to_come": _p("programme", "Published, not in force yet"),
        "over": _p("programme", "No longer in force"),
        "replaced": _p("programme", "Replaced by a later version"),
    },
    "verdict": {
        "created": _p("verdict", "New"),
        "updated": _p("verdict", "Changed"),
        "unchanged": _p("verdict", "Unchanged"),
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
        "declined": _p("reason", "The firm did not take it."),
        "old_booking_ended": _p("reason", "The booking that was to be changed is over."),
        "own_use": _p("reason", "The instrument is needed for our own work at this time."),
        "unsuitable": _p("reason", "The samples do not suit this instrument."),
        "untrained": _p("reason", "Training is needed first: please ask for it."),
        "unclear": _p("reason", "Please say more about the samples and the purpose, and ask again."),
        "no_staff": _p("reason", "Nobody can attend at this time."),
        "repair": _p("reason", "The instrument is out of order."),
        "too_long": _p("reason", "Please ask for a shorter time."),
        "other_instrument": _p("reason", "Another instrument fits this better."),
    },
    "repeat": {
        "DAILY": _p("repeat", "every day"),
        "WEEKLY": _p("repeat", "every week"),
        "MONTHLY": _p("repeat", "every month"),
        "YEARLY": _p("repeat", "every year"),
        "DAILY_N": _p("repeat", "every %(n)s days"),
        "WEEKLY_N": _p("repeat", "every %(n)s weeks"),
        "MONTHLY_N": _p("repeat", "every %(n)s months"),
        "YEARLY_N": _p("repeat", "every %(n)s years"),
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
        "maximum_setup": _p("line", "Down to the maximum, set-up"),
        "first_unit": _p("line", "First unit"),
        "class": _p("line", "Price of the class"),
        "class_setup": _p("line", "Price of the class, set-up"),
        "urgent": _p("line", "Urgent order"),
        "urgent_setup": _p("line", "Urgent order, set-up"),
        "staff": _p("line", "Staff"),
        "consumables": _p("line", "Consumables"),
        "shipping": _p("line", "Shipping"),
        "late_cancel": _p("line", "Late cancellation"),
        "no_show": _p("line", "No-show"),
    },
    "every": {
        "": _p("every", "does not repeat"),
        "day": _p("every", "day"),
        "week": _p("every", "week"),
        "two_weeks": _p("every", "two weeks"),
        "month": _p("every", "month"),
        "quarter": _p("every", "quarter"),
        "year": _p("every", "year"),
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
    "region": {
        "haining": _p("region", "Haining"),
    },
    "service_category": {
        "shared_instrument": _p("service_category", "Shared instruments"),
    },
    "price_column": {
        "mode": _p("price_column", "Mode of service"),
        "unit": _p("price_column", "Per"),
        "unit_price_fen": _p("price_column", "Price (yuan)"),
        "from": _p("price_column", "From (08:00)"),
        "to": _p("price_column", "To (18:00)"),
        "setup_fee_fen": _p("price_column", "Set-up (yuan)"),
        "min_fee_fen": _p("price_column", "Minimum (yuan)"),
        "max_fee_fen": _p("price_column", "Maximum (yuan)"),
        "unit_minutes": _p("price_column", "Unit (minutes)"),
        "threshold_minutes": _p("price_column", "Counts from (minutes)"),
        "first_price_fen": _p("price_column", "First unit (yuan)"),
        "code": _p("price_column", "Code"),
        "name": _p("price_column", "Name"),
        "kind": _p("price_column", "Kind"),
        "part": _p("price_column", "Part"),
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
        "past": _p("closed", "Past"),
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
        "BONUS_CAP": _p("binding", "limit on the owner's bonus"),
    },
    "ineligible": {
        "class": _p("ineligible", "the firm has none of the classes asked for"),
        "staff": _p("ineligible", "the firm has more staff than allowed"),
        "revenue_above": _p("ineligible", "the firm's revenue is above the limit"),
        "revenue_below": _p("ineligible", "the firm's revenue is below the limit"),
        "capital": _p("ineligible", "the firm's capital is above the limit"),
        "region": _p("ineligible", "the firm is of another region"),
        "provider_region": _p("ineligible", "the owner is of another region"),
    },
    "sample": {
        "awaited": _p("sample", "samples awaited"),
        "received": _p("sample", "samples received"),
        "measured": _p("sample", "measured"),
        "delivered": _p("sample", "result delivered"),
    },
    "sample_act": {
        "received": _p("sample_act", "The samples have arrived"),
        "measured": _p("sample_act", "The samples are measured"),
        "delivered": _p("sample_act", "The result is handed over"),
    },
    "sample_next": {
        "awaited": _p("sample_next", "Approved. The samples come next; note it when they arrive."),
        "received": _p("sample_next", "The samples are here. They are measured next."),
        "measured": _p("sample_next", "Measured. The result is handed over next."),
        "delivered": _p("sample_next", "The result is handed over. The owner records the use once its time has begun."),
    },
    "account_change": {
        "proposed": _p("account_change", "Waits for a second hand"),
        "confirmed": _p("account_change", "Confirmed"),
        "refused": _p("account_change", "Refused"),
        "withdrawn": _p("account_change", "Taken back"),
    },
    "proof": {
        "submitted": _p("proof", "Waits for the bureau"),
        "accepted": _p("proof", "Accepted"),
        "refused": _p("proof", "Refused"),
    },
    "question": {
        "text": _p("question", "words"),
        "number": _p("question", "a number"),
        "choice": _p("question", "one of several"),
        "yes_no": _p("question", "yes or no"),
        "file": _p("question", "a file"),
    },
    "charge_basis": {
        "used": _p("charge_basis", "the time used"),
        "reserved": _p("charge_basis", "the time booked"),
        "reserved_plus_overrun": _p("charge_basis", "the time booked, and what runs over it"),
    },
    "calendar_day": {"off": _p("calendar_day", "day off"), "work": _p("calendar_day", "worked weekend day")},
    "occurrence": {
        "free": _p("occurrence", "free"),
        "taken": _p("occurrence", "taken"),
        "closed": _p("occurrence", "not possible"),
        "no_such_date": _p("occurrence", "no such date"),
        "booked": _p("occurrence", "booked"),
    },
    "waiting": {
        "waiting": _p("waiting", "in line"),
        "offered": _p("waiting", "offered to you"),
        "taken": _p("waiting", "taken"),
        "lapsed": _p("waiting", "lapsed"),
        "withdrawn": _p("waiting", "left"),
    },
    "quotation": {
        "good": _p("quotation", "Valid"),
        "over": _p("quotation", "Over"),
    },
    "why": {
        "400": _l("What was sent cannot be read, or the page was open too long. Nothing was changed."),
        "401": _l("This page is for people who are signed in."),
        "403": _l("This page is for another role. Ask your administrator if you need it. Nothing was changed."),
        "404": _l("The address may be mistyped, the thing may have been withdrawn, or it belongs to somebody else."),
        "405": _l("This address does not do that."),
        "409": _l("Somebody acted first, or the page showed an older state. Look again before you decide. Nothing was changed."),
        "413": _l("A file may have 20 MB at most. Nothing was kept."),
        "415": _l("This kind of content cannot be taken here."),
        "422": _l("A rule speaks against it. Nothing was changed."),
        "rule": _l("A rule speaks against it. Nothing was changed."),
        "organisation_not_verified": _l(
            "The bureau decides on this, not your administrator. Your first page says what comes next and what you can do meanwhile. Nothing was changed."
        ),
        "second_person_required": _l("The duties of one case go to different persons, so that nobody acts alone. Nothing was changed."),
        "conflict_of_interest": _l("Nobody decides on their own side. A colleague without a link can. Nothing was changed."),
        "429": _l("To protect everybody, so many calls are stopped for a while. It works again in a few minutes."),
        "500": _l("The fault is ours and has been written down. Nothing was half done: what did not finish was undone."),
        "503": _l("Too many people at once, or the database is away for a moment. Nothing was half done."),
    },
    "part": {
        "any": _p("part", "any two hours"),
        "am": _p("part", "9–12"),
        "pm": _p("part", "13–17"),
        "eve": _p("part", "18–21"),
    },
    "event": {
        "rated": _p("event", "Rated by the firm"),
        "submitted": _p("event", "Requested"),
        "claim_submitted": _p("event", "Claim submitted"),
        "reminded": _p("event", "Owner reminded"),
        "proposed": _p("event", "Another time proposed"),
        "correction_asked": _p("event", "Correction asked for"),
        "correction_refused": _p("event", "Correction refused"),
        "reopened": _p("event", "Opened again"),
        "adjusted": _p("event", "Adjusted by a new entry"),
        "sample_received": _p("event", "Samples received"),
        "sample_measured": _p("event", "Samples measured"),
        "sample_delivered": _p("event", "Result delivered"),
        "manual_added": _p("event", "Manual added"),
        "photo_added": _p("event", "Picture added"),
        "photo_removed": _p("event", "Picture removed"),
        "overran": _p("event", "Ran over its end"),
        "days_closed": _p("event", "Days closed"),
        "days_opened": _p("event", "Days opened again"),
        "fault_reported": _p("event", "Fault reported"),
        "outage_opened": _p("event", "Taken out of use"),
        "fault_closed": _p("event", "Works again"),
        "defaults_set": _p("event", "Defaults set"),
        "change_asked": _p("event", "Change asked for"),
        "rescheduled": _p("event", "Replaced by a change"),
        "offered": _p("event", "Offered to the firm"),
        "waiting_begun": _p("event", "Stood in line"),
        "waiting_ended": _p("event", "Left the line"),
        "quotation_made": _p("event", "Quotation made"),
        "series_asked": _p("event", "Series asked for"),
        "dates_added": _p("event", "Dates added"),
        "dates_given_up": _p("event", "Dates cancelled"),
        "escalated": _p("event", "Bureau told of the silence"),
        "training_asked": _p("event", "Training asked for"),
        "training_granted": _p("event", "Training granted"),
        "training_refused": _p("event", "Training declined"),
        "training_ended": _p("event", "Authorisation ended"),
        "approved": _p("event", "Approved"),
        "rejected": _p("event", "Declined"),
        "expired": _p("event", "Expired"),
        "booking_lapsed": _p("event", "Lapsed"),
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
        "contact_changed": _p("event", "Address or contact changed"),
        "account_proposed": _p("event", "Bank account proposed"),
        "account_confirmed": _p("event", "Bank account confirmed"),
        "account_refused": _p("event", "Bank account refused"),
        "account_withdrawn": _p("event", "Proposed bank account taken back"),
        "proof_submitted": _p("event", "Proof handed in"),
        "proof_accepted": _p("event", "Proof accepted"),
        "proof_refused": _p("event", "Proof refused"),
        "tag_ending": _p("event", "Told that a class ends"),
        "entitlement_reminded": _p("event", "Reminded of what it is entitled to"),
        "end_warned": _p("event", "Told that it ends soon"),
        "applied": _p("event", "Applied"),
        "checked": _p("event", "Checked"),
        "issued": _p("event", "Issued"),
        "granted": _p("event", "Granted without application"),
        "returned": _p("event", "Returned"),
        "frozen": _p("event", "Frozen"),
        "unfrozen": _p("event", "Unfrozen"),
        "revoked": _p("event", "Revoked"),
        "drafted": _p("event", "Drafted"),
        "redrafted": _p("event", "Draft changed"),
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
        "adjustment_proposed": _p("event", "Adjustment prepared"),
        "clawed_back": _p("event", "Clawed back"),
        "appealed": _p("event", "Appealed against"),
        "repaid": _p("event", "Paid back"),
        "settled": _p("event", "Settled"),
        "prepared": _p("event", "Prepared"),
        "cut_pro_rata": _p("event", "Cut pro rata"),
        "cut_to_budget": _p("event", "Cut to what the budget had left"),
        "carried_over": _p("event", "Carried over"),
        "waits_for_budget": _p("event", "Waits for budget"),
        "barred": _p("event", "Barred"),
    },
    "step": {
        "base": _p("step", "Covered fee %(base)s"),
        "deduct": _p("step", "less %(deducted)s of other programmes"),
        "bands": _p("step", "at %(rates)s: %(raw)s"),
        "limit": _p("step", "%(reason)s: %(left)s left"),
        "award": _p("step", "bears %(amount)s"),
        "min_claim": _p("step", "%(amount)s is below the minimum of %(least)s"),
        "exclusive": _p("step", "another programme gives more"),
        "stop": _p("step", "bears nothing: %(reason)s"),
    },
    "term": {
        "cap_subject.firm": _p("term", "each firm"),
        "cap_subject.controller_group": _p("term", "firms of one controller together"),
        "exclude.related_party": _p("term", "related owner"),
        "exclude.statutory": _p("term", "statutory tests"),
        "exclude.batch": _p("term", "tests of series production"),
        "exclude.subcontract": _p("term", "subcontracted services"),
        "exclude.funded_project": _p("term", "projects funded already"),
        "exclude.consumables": _p("term", "consumables"),
        "exclude.shipping": _p("term", "shipping"),
        "exclude.staff": _p("term", "staff"),
        "band_mode.marginal": _p("term", "each part at its own rate"),
        "band_mode.whole": _p("term", "the whole fee at the rate it reaches"),
        "band_base.order": _p("term", "order by order"),
        "band_base.period_cumulative": _p("term", "over the period's running total"),
        "rounding.mode.floor": _p("term", "down"),
        "rounding.mode.half_up": _p("term", "half up"),
        "rounding.unit_fen.1": _p("term", "the fen"),
        "rounding.unit_fen.10": _p("term", "the jiao"),
        "rounding.unit_fen.100": _p("term", "the yuan"),
        "tax_basis.gross_invoice": _p("term", "the invoice with tax"),
        "tax_basis.ex_vat": _p("term", "the fee without tax"),
        "stacking.mode.exclusive": _p("term", "only one, the one that gives most"),
        "stacking.mode.additive": _p("term", "added"),
        "stacking.mode.deduct_first": _p("term", "what named ones give is deducted first"),
        "period.calendar_year": _p("term", "calendar year"),
        "period.window": _p("term", "from a day to a day"),
        "period.rolling": _p("term", "rolling months"),
        "period.lifetime": _p("term", "for ever"),
        "period_basis.draw": _p("term", "application"),
        "period_basis.contract": _p("term", "contract"),
        "period_basis.usage_start": _p("term", "begin of use"),
        "period_basis.completion": _p("term", "end of use"),
        "period_basis.invoice": _p("term", "invoice"),
        "period_basis.payment": _p("term", "payment"),
        "eligibility_at.issue": _p("term", "at issue"),
        "eligibility_at.hold": _p("term", "at booking"),
        "eligibility_at.usage": _p("term", "at use"),
        "eligibility_at.claim": _p("term", "at the claim"),
        "tier_at.issue": _p("term", "issue"),
        "tier_at.hold": _p("term", "booking"),
        "tier_at.usage": _p("term", "use"),
        "budget.reserve_at.issue": _p("term", "issue"),
        "budget.reserve_at.hold": _p("term", "booking"),
        "budget.reserve_at.claim": _p("term", "claim"),
        "budget.exhaustion.first_come": _p("term", "first come, first served"),
        "budget.exhaustion.pro_rata": _p("term", "divided in proportion"),
        "issue_mode.apply": _p("term", "by application"),
        "issue_mode.auto": _p("term", "without application"),
        "issue_mode.none": _p("term", "not at all: refunded afterwards"),
        "overrun.cap_at_hold": _p("term", "bears what was held"),
        "overrun.topup_if_room": _p("term", "is topped up while there is room"),
        "flow.net_pay": _p("term", "the firm pays the rest"),
        "flow.gross_refund": _p("term", "the firm pays all and is refunded"),
        "claimant.owner": _p("term", "the owner"),
        "claimant.firm": _p("term", "the firm"),
        "claimant.either": _p("term", "either"),
        "invoice_mode.full_to_firm": _p("term", "in full to the firm"),
        "invoice_mode.split": _p("term", "split between firm and bureau"),
        "payout.monthly": _p("term", "monthly"),
        "payout.quarterly": _p("term", "quarterly"),
        "payout.yearly": _p("term", "yearly"),
        "docs_required.contract": _p("term", "contract"),
        "docs_required.invoice": _p("term", "invoice"),
        "docs_required.payment": _p("term", "payment proof"),
        "docs_required.result": _p("term", "result report"),
        "docs_required.booking_record": _p("term", "booking record"),
        "docs_required.qualification": _p("term", "qualification"),
        "docs_required.pledge": _p("term", "pledge"),
        "validity.end_of_period": _p("term", "until the period ends"),
        "validity.days": _p("term", "a number of days"),
        "validity.months": _p("term", "a number of months"),
        "validity.must_be.registered": _p("term", "registered"),
        "validity.must_be.used": _p("term", "used"),
        "validity.must_be.completed": _p("term", "completed"),
    },
    "counted": {
        "closed": _p("counted", "the period of its use was closed, so it counts in the next one"),
        "contract": _p("counted", "the date of the contract decides the period"),
        "invoice": _p("counted", "the date of the invoice decides the period"),
        "payment": _p("counted", "the date of the payment decides the period"),
        "basis": _p("counted", "the programme counts by another day than completion"),
    },
    "against": {"fee": _p("against", "fee"), "own_share": _p("against", "the firm's own share")},
    "file_kind": {
        "broken": _p(
            "file_kind", "The file is named %(suffix)s, but its content is not a valid %(suffix)s file. Save it again and choose it anew."
        )
    },
    "not_eligible": {
        "quota_used": _p("not_eligible", "The firm has its limit of this period already: %(drawn)s granted or applied for."),
        "no_longer_fits": _p("not_eligible", "The application for %(wanted)s no longer fits: the limits leave %(left)s."),
        "barred": _p("not_eligible", "The firm is barred from public money."),
        "class": _p("not_eligible", "The firm has none of the classes that the programme is open to."),
        "expired_too_much": _p("not_eligible", "The firm let too much of its earlier vouchers expire."),
    },
    "contradiction": {
        "nothing_issued": _p("contradiction", "Nothing is issued beforehand in this programme."),
        "gone_before_the_cut": _p("contradiction", "A budget that is divided at the end may leave the programme only with the claim."),
        "no_budget_to_divide": _p("contradiction", "A budget that is divided needs an amount."),
        "nobody_waits_for_a_share": _p("contradiction", "Where the budget is divided nobody waits for it."),
        "nobody_applies": _p("contradiction", "Nobody applies beforehand in this programme, so nobody can wait."),
        "no_next_period": _p("contradiction", "The period lasts for ever: no other follows."),
        "firm_paid_all": _p("contradiction", "The firm pays the whole fee first, so the firm is refunded."),
        "itself": _p("contradiction", "A programme cannot name itself here."),
        "one_rule_for_an_order": _p(
            "contradiction", "All lines of an order must fall under one rate here, so rates may not differ by category."
        ),
        "never_reached": _p("contradiction", "Above the limit of an order or voucher: nothing would ever be paid."),
        "named_twice": _p("contradiction", "This source is named twice."),
    },
    "letter": {
        "correction_refused": _p("letter", "The owner keeps the record"),
        "use_adjusted": _p("letter", "A use was adjusted by a new entry"),
        "sample_received": _p("letter", "Your samples have arrived"),
        "sample_measured": _p("letter", "Your samples have been measured"),
        "sample_delivered": _p("letter", "The result of your samples is there"),
        "use_overruns": _p("letter", "A use runs over its booked end"),
        "fault_reported": _p("letter", "A fault was reported"),
        "booking_reminder": _p("letter", "A request still waits for your answer"),
        "booking_escalated": _p("letter", "An owner does not answer a request"),
        "training_asked": _p("letter", "Somebody asks for training"),
        "training_granted": _p("letter", "You may use an instrument now"),
        "training_refused": _p("letter", "Your request for training was declined"),
        "training_ended": _p("letter", "Your authorisation for an instrument ends"),
        "booking_requested": _p("letter", "A booking waits for your answer"),
        "booking_change_requested": _p("letter", "A change of a booking waits for your answer"),
        "booking_proposed": _p("letter", "The owner proposes another time"),
        "booking_proposal_taken": _p("letter", "The firm takes the time you proposed"),
        "offer_made": _p("letter", "A time you wait for is free: take it before the deadline"),
        "offer_over": _p("letter", "An offered time is gone"),
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
        "voucher_carried": _p("letter", "What was left of a voucher was carried into the next period"),
        "voucher_waits": _p("letter", "Your voucher is approved and waits for budget"),
        "claim_adjusted": _p("letter", "A paid claim was adjusted"),
        "claim_clawed_back": _p("letter", "A paid claim was clawed back"),
        "bonus_granted": _p("letter", "An owner's bonus was granted"),
        "voucher_ending": _p("letter", "A voucher with money left ends soon"),
        "voucher_unused": _p("letter", "Your firm is entitled to a voucher that it hardly uses"),
        "account_proposed": _p("letter", "Another bank account is proposed and waits for a second hand"),
        "account_confirmed": _p("letter", "Your bank account was changed"),
        "account_refused": _p("letter", "The proposed bank account was refused"),
        "account_withdrawn": _p("letter", "The proposed bank account was taken back"),
        "proof_submitted": _p("letter", "A firm handed in a proof of eligibility"),
        "proof_accepted": _p("letter", "Your proof of eligibility was accepted"),
        "proof_refused": _p("letter", "Your proof of eligibility was refused"),
        "tag_ending": _p("letter", "A class of your firm ends soon: hand in a new proof"),
        "organisation_verified": _p("letter", "Your organisation is verified"),
        "organisation_suspended": _p("letter", "Your organisation is suspended"),
        "password_reset": _p("letter", "Set a new password"),
        "invitation": _p("letter", "You are invited to the shared pool of instruments"),
        "claim_returned": _p("letter", "A claim was returned"),
        "claim_rejected": _p("letter", "A claim was refused"),
        "claim_paid": _p("letter", "A claim was paid"),
    },
    **REPORT_WORDS,
    **BASIS_WORDS,
    **HELP_WORDS,
    **HOUSE_WORDS,
    **TOUR_WORDS,
}
"""States, roles, kinds and reasons, by what they are words for."""


class NoWords(KeyError):
    """A code without words: a fault of ours that a test finds (law 8)."""


READY_REASONS = ("own_use", "unsuitable", "untrained", "unclear", "no_staff", "repair", "too_long", "other_instrument", "competing")
"""Why an owner says no, ready-made: the key 1 to 9 chooses one, and the firm reads it in its own language."""


def refusal_words(code: str, facts: Mapping[str, object]) -> str:
    """The sentence for a refusal or a field's problem, in the reader's language.

    Raises: NoWords.
    """
    if code not in REFUSALS:
        raise NoWords(code)
    if code in ("contradiction", "not_eligible", "file_kind") and "why" in facts:
        return word(code, facts["why"]) % {
            name: amount_words(value) if isinstance(value, Money) else value for name, value in facts.items()
        }
    if code == "organisation_not_verified" and facts.get("state") == "suspended":
        return str(REFUSALS["organisation_suspended"])
    sentence = str(REFUSALS[code])
    try:
        return sentence % facts
    except (KeyError, TypeError, ValueError):
        return sentence.partition("%(")[0].rstrip(": ") or sentence


def status_words(status: int) -> str:
    """What a status means, in the reader's language."""
    return str(STATUSES.get(status, STATUSES[500]))


def no_words(status: int, code: str) -> tuple[str, str]:
    """What stands over a page that says no, and why it does: after the refusal, else after the status."""
    told = code if code in HEADLINES else "rule" if code and status in (409, 422) and code not in RACES else str(status)
    why = WORDS["why"]
    return str(HEADLINES[told]) if told in HEADLINES else status_words(status), str(why.get(told, why["500"]))


FREE = frozenset({"class", "region", "service_category", "source", "finding", "audit_object", "figure_basis", "table_basis"})
"""Kinds whose codes the bureau may name itself, or that an old log may carry."""


def word(kind: str, value: object) -> str:
    """The word for a state, role, mode or reason; a free value of the bureau (a tag, a class) stands for itself."""
    known = WORDS[kind]
    key = str(getattr(value, "value", value))
    if key not in known and kind not in FREE:
        raise NoWords(f"{kind}.{key}")
    return str(known.get(key, key))


def step_words(rule: str, facts: Mapping[str, object]) -> str:
    """One step of a subsidy's explanation."""
    shown = {name.removesuffix("_fen"): _shown(name, value) for name, value in facts.items()}
    if rule in ("limit", "stop"):
        shown["reason"] = word("binding", facts["reason"])
        shown.setdefault("left", shown.get("amount", ""))  # explanations kept before the limit was told apart from what it gave
    return word("step", rule) % shown


def _shown(name: str, value: object) -> str:
    return amount_words(value) if name.endswith("_fen") and isinstance(value, int) else str(value)


def award_words(entry: Mapping[str, Any]) -> str:
    """The sentence why: the steps of one subsidy, in the reader's language."""
    return " → ".join(step_words(step["rule"], step.get("facts", {})) for step in entry.get("steps", []))


def act_words(act: str) -> str:
    """An act of the audit log, `claim.approved`, in words; one of an old log that has none stands as it was sealed."""
    known = WORDS["audit_act"]
    kind, _, event = act.partition(".")
    if act in known:
        return str(known[act])
    if kind in WORDS["audit_object"] and event in WORDS["event"]:
        return f"{word('audit_object', kind)} · {word('event', event)}"
    return act


def fact_words(kind: str, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The facts of an audit line: each one's label and value, what is empty left out; a state in the words of its kind."""
    states, labels = {**WORDS.get(kind, {}), **WORDS["role"]}, WORDS["audit_fact"]
    told = []
    for name, value in facts.items():
        if value in ("", [], None) or name == "reason":
            continue
        if name.endswith("_fen") and isinstance(value, int):
            shown = amount_words(value)
        elif isinstance(value, list):
            shown = joined(value)
        else:
            shown = str(states.get(value, value)) if name in ("from", "to", "role") else str(value)
        told.append((str(labels.get(name, name)), shown))
    return told
