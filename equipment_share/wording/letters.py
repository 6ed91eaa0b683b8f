"""The words of letters: their subjects, and what stands below. An invitation has both languages, any other its facts and where to go."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import force_locale
from flask_babel import lazy_pgettext as _p

from equipment_share.wording.kinds import Words, word_of
from equipment_share.wording.people import PEOPLE_WORDS

LETTER_WORDS: Words = {
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
}
"""The subjects."""

LANGUAGES = ("zh", "en")
INVITATION = _p(
    "letter_text",
    "You are invited to %(organisation)s as %(role)s. Set your password at the address below; it works once and for 7 days.",
)


def letter_text(base: str, kind: str, facts: Mapping[str, object]) -> str:
    """The text of a letter, for the post."""
    if kind == "invitation":
        return _invitation(f"{base}/link/{facts['token']}", facts)
    if "token" in facts:
        return f"{base}/link/{facts['token']}"
    lines = [f"{name}: {value}" for name, value in facts.items() if name != "booking_id"]
    return "\n".join([*lines, f"{base}/bookings/{facts['booking_id']}" if "booking_id" in facts else base])


def _invitation(link: str, facts: Mapping[str, object]) -> str:
    """Whoever is invited has chosen no language yet, and reads both."""
    told = []
    for language in LANGUAGES:
        with force_locale(language):
            told.append(str(INVITATION) % {"organisation": facts["organisation"], "role": word_of(PEOPLE_WORDS, "role", facts["role"])})
    return "\n\n".join([*told, link])
