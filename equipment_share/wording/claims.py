"""The words of claims: states, papers, what is decided about a finding, and what corrects a claim."""

from __future__ import annotations

from flask_babel import lazy_pgettext as _p

from equipment_share.wording.kinds import Words

CLAIM_WORDS: Words = {
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
    "finding": {},
    "inspection": {
        "": _p("inspection", "To be looked at"),
        "in_order": _p("inspection", "In order"),
        "faulty": _p("inspection", "Faulty"),
    },
    "adjustment": {
        "cut": _p("adjustment", "Cut"),
        "clawback": _p("adjustment", "Claw-back"),
        "bonus": _p("adjustment", "Owner's bonus"),
    },
    "adjustment_state": {
        "proposed": _p("adjustment_state", "Proposed"),
        "approved": _p("adjustment_state", "Approved"),
        "refused": _p("adjustment_state", "Refused"),
        "batched": _p("adjustment_state", "In a batch"),
        "settled": _p("adjustment_state", "Settled"),
        "repaid": _p("adjustment_state", "Repaid"),
    },
}
