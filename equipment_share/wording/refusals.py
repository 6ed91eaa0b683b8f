"""What is said where something cannot be done: every refusal, every problem of a field, and the page that says no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from equipment_share.domain.money import Money
from equipment_share.wording.kinds import NoWords, Words, word_of
from equipment_share.wording.marks import amount_words

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
    "whole_months": _l(
        "The public list is given of whole months: a month, a quarter, a year, or several months from the first day to the last."
    ),
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

REFUSAL_WORDS: Words = {
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
    "not_eligible": {
        "quota_used": _p("not_eligible", "The firm has its limit of this period already: %(drawn)s granted or applied for."),
        "no_longer_fits": _p("not_eligible", "The application for %(wanted)s no longer fits: the limits leave %(left)s."),
        "barred": _p("not_eligible", "The firm is barred from public money."),
        "class": _p("not_eligible", "The firm has none of the classes that the programme is open to."),
        "expired_too_much": _p("not_eligible", "The firm let too much of its earlier vouchers expire."),
    },
    "file_kind": {
        "broken": _p(
            "file_kind", "The file is named %(suffix)s, but its content is not a valid %(suffix)s file. Save it again and choose it anew."
        )
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
}
"""Why, more closely: of refusals that know it, and of a page that says no."""


def refusal_words(code: str, facts: Mapping[str, object]) -> str:
    """The sentence for a refusal or a field's problem, in the reader's language.

    Raises: NoWords.
    """
    if code not in REFUSALS:
        raise NoWords(code)
    if code in ("contradiction", "not_eligible", "file_kind") and "why" in facts:
        return word_of(REFUSAL_WORDS, code, facts["why"]) % {
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
    why = REFUSAL_WORDS["why"]
    return str(HEADLINES[told]) if told in HEADLINES else status_words(status), str(why.get(told, why["500"]))
