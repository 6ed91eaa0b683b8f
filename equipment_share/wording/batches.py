"""The words of batches: each step, what stops it, the bank's answer and the list before the close."""

from __future__ import annotations

from flask_babel import lazy_pgettext as _p

from equipment_share.wording.kinds import Words

BATCH_WORDS: Words = {
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
    "batch_step": {
        "lock": _p("batch_step", "Lock the lines"),
        "review": _p("batch_step", "Review the batch"),
        "approve": _p("batch_step", "Sign the batch"),
        "send": _p("batch_step", "Send to finance"),
        "bank_return": _p("batch_step", "Read the bank return"),
        "close": _p("batch_step", "Close the batch"),
    },
    "batch_means": {
        "lock": _p("batch_means", "The approved claims of the period become the lines of this batch and stay as they are."),
        "review": _p("batch_means", "Another person than who locked it finds lines and sums right."),
        "approve": _p("batch_means", "The leader signs for the payment."),
        "send": _p("batch_means", "The payment file is written once; its hash is kept."),
        "bank_return": _p("batch_means", "What the bank paid and what it could not, line by line."),
        "close": _p("batch_means", "From then on nothing in this batch changes; its reports are kept."),
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
    "batch_stop": {
        "not_yours": _p("batch_stop", "Another role acts here."),
        "other_hand": _p("batch_stop", "You did an earlier step of this batch: another person must do this one."),
        "empty": _p("batch_stop", "There is no approved claim in this period."),
        "pro_rata": _p("batch_stop", "Approved claims wait for the pro-rata run of the period's end."),
        "publicity": _p("batch_stop", "The public notice of some claim is still running."),
        "checklist": _p("batch_stop", "Something on the checklist stops the close."),
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
    "line_result": {
        "": _p("line_result", "No answer of the bank yet"),
        "paid": _p("line_result", "Paid"),
        "failed": _p("line_result", "Failed"),
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
}
