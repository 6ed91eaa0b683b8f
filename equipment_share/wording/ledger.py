"""The words of the ledger: accounts, reasons, sources and the way that money went."""

from __future__ import annotations

from flask_babel import lazy_pgettext as _p

from equipment_share.wording.kinds import Words

LEDGER_WORDS: Words = {
    "account": {
        "treasury": _p("account", "Treasury"),
        "programme": _p("account", "Programme"),
        "voucher": _p("account", "Voucher"),
        "payable": _p("account", "Payable"),
        "batch": _p("account", "Batch"),
        "paid": _p("account", "Paid"),
        "expired": _p("account", "Expired"),
        "revoked": _p("account", "Revoked"),
    },
    "posting": {
        "appropriation": _p("posting", "appropriation"),
        "budget cut": _p("posting", "budget cut"),
        "carried over": _p("posting", "carried over"),
        "issue": _p("posting", "issued"),
        "expired": _p("posting", "expired"),
        "revoked": _p("posting", "revoked"),
        "hold": _p("posting", "held"),
        "top-up": _p("posting", "hold topped up"),
        "change": _p("posting", "booking changed"),
        "use confirmed": _p("posting", "use confirmed"),
        "reject": _p("posting", "booking turned down"),
        "expire": _p("posting", "nobody answered in time"),
        "reschedule": _p("posting", "booking moved"),
        "cancel_by_firm": _p("posting", "cancelled by the firm"),
        "cancel_by_owner": _p("posting", "cancelled by the owner"),
        "no_show": _p("posting", "no-show"),
        "claim": _p("posting", "for the claim"),
        "claim approved": _p("posting", "claim approved"),
        "batch_locked": _p("posting", "batch %(number)s locked"),
        "batch_refused": _p("posting", "batch %(number)s refused"),
        "paid": _p("posting", "paid, %(number)s"),
        "bonus": _p("posting", "bonus %(number)s"),
    },
    "phase": {
        "direct": _p("phase", "Moved"),
        "hold": _p("phase", "Held"),
        "capture": _p("phase", "Used"),
        "release": _p("phase", "Released"),
        "refund": _p("phase", "Refunded"),
    },
    "subject": {
        "booking": _p("subject", "Booking"),
        "voucher": _p("subject", "Voucher"),
        "claim": _p("subject", "Claim"),
        "batch": _p("subject", "Batch"),
    },
    "way": {
        "appropriated": _p("way", "Appropriated to the programme"),
        "returned": _p("way", "Back to the treasury"),
        "issued": _p("way", "Issued to the firm"),
        "drawn_back": _p("way", "Back to the programme"),
        "held": _p("way", "Held for the booking"),
        "captured": _p("way", "Used"),
        "released": _p("way", "Released"),
        "refunded": _p("way", "Given back to the voucher"),
        "gathered": _p("way", "Put into a batch"),
        "ungathered": _p("way", "Out of the batch"),
        "paid": _p("way", "Paid to the payee"),
        "expired": _p("way", "Expired"),
        "revoked": _p("way", "Revoked"),
        "bonus": _p("way", "Owner's bonus"),
        "repaid": _p("way", "Paid back by the payee"),
    },
    "source": {
        "city": _p("source", "City"),
        "province": _p("source", "Province"),
        "district": _p("source", "District"),
        "home": _p("source", "Firm's area"),
        "provider": _p("source", "Provider's area"),
        "nation": _p("source", "Nation"),
    },
    "hold_age": {
        "ahead": _p("hold_age", "Still to come"),
        "within_7": _p("hold_age", "7 days at most"),
        "within_30": _p("hold_age", "8 to 30 days"),
        "within_90": _p("hold_age", "31 to 90 days"),
        "older": _p("hold_age", "more than 90 days"),
    },
}
