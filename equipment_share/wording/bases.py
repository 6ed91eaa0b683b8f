"""By what each report and figure goes: the day of use, the day of payment, or everything since the start."""

from __future__ import annotations

from flask_babel import lazy_pgettext as _p

from equipment_share.wording.kinds import Words

BASIS_WORDS: Words = {
    "report_basis": {
        "payment_list": _p("report_basis", "Goes by the batch's period, when the instruments were used, not by the day of payment."),
        "owner_statement": _p("report_basis", "Goes by the day of use, wherever the money stands today."),
        "firm_statement": _p("report_basis", "Goes by the day of use; what is left of the vouchers is at the period's end."),
        "budget": _p("report_basis", "Figures of several kinds: each says what it goes by."),
        "funnel": _p(
            "report_basis", "In the period: issued and used by their day, redeemed by the day of payment. At the end: since the start."
        ),
        "exceptions": _p("report_basis", "Goes by the period that the claim counts in, not by the day of finding."),
        "adjustments": _p("report_basis", "Everything since the last close before the period."),
        "publicity": _p("report_basis", "Goes by the period that the claim counts in, not by the day of payment."),
        "utilisation": _p("report_basis", "Goes by the day of use."),
        "savings": _p("report_basis", "Goes by the day of use, not by the day of payment."),
        "reconciliation": _p(
            "report_basis", "Held, used, expired by their day; claimed, approved, paid: of the uses of the period, paid whenever."
        ),
    },
    "figure_basis": {
        "budget.appropriated": _p("figure_basis", "since the start, until the period's end"),
        "budget.committed": _p("figure_basis", "uses of the period, approved and not paid"),
        "budget.paid": _p("figure_basis", "since the start, by day of payment"),
        "budget.execution_rate": _p("figure_basis", "paid of appropriated, since the start"),
        "budget.not_used_yet": _p("figure_basis", "appropriated less used, since the start"),
        "budget.to_issue": _p("figure_basis", "at the period's end"),
        "budget.live_in_vouchers": _p("figure_basis", "at the period's end, free or held"),
        "budget.expired": _p("figure_basis", "since the start; nobody can use it any more"),
        "budget.revoked": _p("figure_basis", "since the start; nobody can use it any more"),
        "budget.usable_until": _p("figure_basis", "at the pace since the first use, from what can still be used"),
        "owner_statement.bureau_paid": _p("figure_basis", "of the uses of the period, paid whenever"),
        "payment_list.paid_out": _p("figure_basis", "of these batches, paid whenever"),
        "funnel.left_in_vouchers": _p("figure_basis", "at the period's end"),
        "firm_statement.gross": _p("figure_basis", "of the uses of the period, before the voucher"),
        "firm_statement.subsidy": _p("figure_basis", "what vouchers paid of these fees"),
        "firm_statement.net": _p("figure_basis", "the rest of the fees, which the firm pays itself"),
        "firm_statement.quota_left": _p("figure_basis", "neither used nor held, at the period's end"),
        "firm_statement.held": _p("figure_basis", "set aside for bookings, at the period's end"),
        "voucher.wanted": _p("figure_basis", "what the firm applied for, or is due without applying"),
        "voucher.issued": _p("figure_basis", "put on the voucher: the figures beside it add up to it"),
        "voucher.available": _p("figure_basis", "for the next booking"),
        "voucher.held": _p("figure_basis", "set aside for bookings; free again as far as a use does not need it"),
        "voucher.consumed": _p("figure_basis", "what the voucher paid of settled uses"),
        "voucher.expired": _p("figure_basis", "was free when the voucher ended"),
        "voucher.revoked": _p("figure_basis", "taken back by the bureau"),
    },
    "table_basis": {
        "budget.budget": _p("table_basis", "Each amount by the day it moved: used by day of use, paid by day of payment."),
        "budget.of_the_period": _p("table_basis", "Only the uses of this period, and how far their money has come, whenever it was paid."),
        "budget.burn_down": _p("table_basis", "Used by day of use, paid by day of payment."),
    },
}
"""A figure or table without words here needs none: there is only one way to count it."""
