"""The words of the red flags: their names, what each means, what it is about, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_pgettext as _p

from equipment_share.wording.kinds import Words
from equipment_share.wording.marks import amount_words, apart, joined, labelled

FLAG_WORDS: Words = {
    "flag": {
        "X01": _p("flag", "Missing paper"),
        "X02": _p("flag", "Amounts differ"),
        "X03": _p("flag", "Wrong party"),
        "X04": _p("flag", "Dates out of order"),
        "X05": _p("flag", "Invoice used twice"),
        "X06": _p("flag", "Funded twice"),
        "X07": _p("flag", "Related parties"),
        "X08": _p("flag", "Split contract"),
        "X09": _p("flag", "Impossible use"),
        "X10": _p("flag", "No machine log"),
        "X11": _p("flag", "Price stands out"),
        "X12": _p("flag", "Round trip"),
        "X13": _p("flag", "Cut to a limit"),
        "X14": _p("flag", "Rush before expiry"),
        "X15": _p("flag", "Eligibility lost"),
        "X16": _p("flag", "Dormant firm"),
        "X17": _p("flag", "Statutory test"),
        "X18": _p("flag", "Report used twice"),
        "X19": _p("flag", "Conflict of hands"),
        "X20": _p("flag", "Quantity jumps"),
    },
    "flag_meaning": {
        "X01": _p("flag_meaning", "A paper that the programme asks for is not there."),
        "X02": _p("flag_meaning", "The paper does not say the amount that it must."),
        "X03": _p("flag_meaning", "Somebody else than the firm and the owner of the booking stands there."),
        "X04": _p("flag_meaning", "The dates do not follow each other as they must."),
        "X05": _p("flag_meaning", "The same invoice number is in the file of another booking."),
        "X06": _p("flag_meaning", "The same service is claimed in another programme, and the two exclude each other."),
        "X07": _p("flag_meaning", "Firm and owner have somebody or something in common."),
        "X08": _p("flag_meaning", "Jobs a few days apart keep below a limit that their sum crosses."),
        "X09": _p("flag_meaning", "The instrument or the person could not have been used at that time."),
        "X10": _p("flag_meaning", "It was charged, but neither a check-in nor the machine's log shows it."),
        "X11": _p("flag_meaning", "The price is above the published one, or far above what orders without voucher pay."),
        "X12": _p("flag_meaning", "Those behind the owner used an instrument of those behind the firm: the money may go in a circle."),
        "X13": _p("flag_meaning", "The claim takes what a limit had left, or keeps just below the amount that is looked at more closely."),
        "X14": _p(
            "flag_meaning",
            "Most of the year's voucher money falls into the last days before expiry: 30, unless the programme says otherwise.",
        ),
        "X15": _p("flag_meaning", "On the day of the claim the firm was no longer entitled."),
        "X16": _p(
            "flag_meaning", "The firm shows no work of its own: nobody insured, or new, without research and with voucher orders only."
        ),
        "X17": _p("flag_meaning", "What was ordered is called a statutory, compulsory or batch test."),
        "X18": _p("flag_meaning", "The same report proves another booking too."),
        "X19": _p("flag_meaning", "Who decided belongs to a party, or had two of the duties."),
        "X20": _p("flag_meaning", "More samples or hours than the machine can do in the time."),
    },
    "flag_subject": {
        "booking": _p("flag_subject", "booking and use"),
        "contract": _p("flag_subject", "contract"),
        "invoice": _p("flag_subject", "invoice"),
        "payment": _p("flag_subject", "payment"),
        "result": _p("flag_subject", "result report"),
        "deadline": _p("flag_subject", "last day to claim"),
        "voucher": _p("flag_subject", "day of the voucher"),
        "payee": _p("flag_subject", "who is paid"),
        "known": _p("flag_subject", "known to the bureau"),
        "controller": _p("flag_subject", "actual controller"),
        "legal_rep": _p("flag_subject", "legal representative"),
        "shareholder": _p("flag_subject", "shareholder"),
        "phone": _p("flag_subject", "telephone"),
        "address": _p("flag_subject", "address"),
        "bank_account": _p("flag_subject", "bank account"),
        "class": _p("flag_subject", "class of the firm"),
        "credit_list": _p("flag_subject", "credit list"),
        "barred": _p("flag_subject", "barred from public money"),
        "no_staff": _p("flag_subject", "nobody insured"),
        "new_firm": _p("flag_subject", "newly founded"),
        "use": _p("flag_subject", "another use of the unit"),
        "maintenance": _p("flag_subject", "under maintenance"),
        "person": _p("flag_subject", "the person was elsewhere"),
        "hours": _p("flag_subject", "hours"),
        "day": _p("flag_subject", "more than a day has"),
        "check_in": _p("flag_subject", "no check-in"),
        "machine": _p("flag_subject", "not in the machine's log"),
        "list": _p("flag_subject", "published price"),
        "median": _p("flag_subject", "orders without voucher"),
        "circle": _p("flag_subject", "uses the other way round"),
        "cap": _p("flag_subject", "limit used up to the fen"),
        "threshold": _p("flag_subject", "just below a threshold"),
        "firm": _p("flag_subject", "of the firm"),
        "owner": _p("flag_subject", "of the owner"),
        "purpose": _p("flag_subject", "purpose"),
        "samples": _p("flag_subject", "samples"),
        "submitted": _p("flag_subject", "handed in"),
        "checked": _p("flag_subject", "checked"),
        "approved": _p("flag_subject", "approved"),
        "handed_in": _p("flag_subject", "who handed it in"),
        "buyer": _p("flag_subject", "buyer"),
        "seller": _p("flag_subject", "seller"),
        "payer": _p("flag_subject", "payer"),
        "client": _p("flag_subject", "client"),
        "file": _p("flag_subject", "the same file"),
        "number": _p("flag_subject", "the same number"),
        "abnormal": _p("flag_subject", "list of abnormal operations"),
        "dishonest": _p("flag_subject", "list of serious dishonesty"),
        "ANNUAL_CAP": _p("flag_subject", "annual limit"),
        "PER_VOUCHER": _p("flag_subject", "what the voucher has left"),
        "HOLDING": _p("flag_subject", "limit on what may be held"),
        "JOINT_CAP": _p("flag_subject", "joint limit"),
    },
    "evidence": {
        "found_fen": _p("evidence", "found"),
        "expected_fen": _p("evidence", "expected"),
        "dated_on": _p("evidence", "dated"),
        "used_on": _p("evidence", "used on"),
        "claimed_on": _p("evidence", "handed in on"),
        "due_on": _p("evidence", "last day"),
        "issued_on": _p("evidence", "voucher issued on"),
        "number": _p("evidence", "number"),
        "bookings": _p("evidence", "other bookings"),
        "claims": _p("evidence", "other claims"),
        "programme": _p("evidence", "programme"),
        "amount_fen": _p("evidence", "amount"),
        "role": _p("evidence", "as"),
        "found": _p("evidence", "found"),
        "expected": _p("evidence", "expected"),
        "same": _p("evidence", "in common"),
        "value": _p("evidence", "in common"),
        "firm": _p("evidence", "firm"),
        "owner": _p("evidence", "owner"),
        "list": _p("evidence", "on the"),
        "since_on": _p("evidence", "since"),
        "insured_staff": _p("evidence", "people insured"),
        "founded_on": _p("evidence", "founded on"),
        "research_spend_fen": _p("evidence", "research spending"),
        "orders_without_voucher": _p("evidence", "orders without voucher"),
        "user": _p("evidence", "person no."),
        "acts": _p("evidence", "duties"),
        "minutes": _p("evidence", "minutes"),
        "most_minutes": _p("evidence", "minutes possible"),
        "samples": _p("evidence", "samples"),
        "most_samples": _p("evidence", "samples possible"),
        "logged_nearby": _p("evidence", "other entries in the log"),
        "word": _p("evidence", "word"),
        "text": _p("evidence", "in"),
        "sum_fen": _p("evidence", "sum of the jobs"),
        "limit_fen": _p("evidence", "limit"),
        "parts_fen": _p("evidence", "given for the parts"),
        "one_job_fen": _p("evidence", "one job would get"),
        "leak_fen": _p("evidence", "leak"),
        "price_fen": _p("evidence", "price of a unit"),
        "published_fen": _p("evidence", "highest published price"),
        "median_fen": _p("evidence", "median without voucher"),
        "orders": _p("evidence", "orders compared"),
        "limit": _p("evidence", "limit"),
        "before_limit_fen": _p("evidence", "before the limit"),
        "threshold_fen": _p("evidence", "threshold"),
        "returned_fen": _p("evidence", "came back"),
        "gross_fen": _p("evidence", "fee"),
        "by": _p("evidence", "from"),
        "to": _p("evidence", "to"),
        "window_days": _p("evidence", "days before the end"),
        "last_fen": _p("evidence", "in those last days, of this side"),
        "year_fen": _p("evidence", "in the year until the end, of this side"),
        "claims_count": _p("evidence", "claims in the last days"),
        "expires_on": _p("evidence", "ends on"),
    },
}
"""By kind and code; `wording.WORDS` has them too."""
_WORDED = frozenset({"role", "same", "list", "limit", "acts"})
"""Facts whose values are codes with words."""


def subject_words(subject: str) -> str:
    """What a finding is about: a word of the house, two of them, or a number that stands for itself."""
    known, parts = FLAG_WORDS["flag_subject"], subject.split("+")
    return " + ".join(str(known[part]) for part in parts) if all(part in known for part in parts) else subject


def evidence_words(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The evidence of a finding: each fact's label and value, what is empty left out."""
    return [
        (str(FLAG_WORDS["evidence"].get(name, name)), _value(name, value)) for name, value in facts.items() if value not in ("", [], None)
    ]


def _value(name: str, value: Any) -> str:
    if name.endswith("_fen") and isinstance(value, int):
        return amount_words(value)
    if isinstance(value, list):
        return joined(subject_words(str(part)) if name in _WORDED else part for part in value)
    return subject_words(str(value)) if name in _WORDED else str(value)


def flag_words(code: str, subject: str, facts: Mapping[str, Any]) -> str:
    """A finding in one line: its name, what it is about, and the evidence."""
    name = str(FLAG_WORDS["flag"].get(code, code))
    about = f"{code} {name}" + (f" \u00b7 {subject_words(subject)}" if subject else "")
    told = apart(f"{label} {value}" for label, value in evidence_words(facts))
    return labelled(about, told) if told else about
