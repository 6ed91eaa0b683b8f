"""The words of the audit log: what was done, to what, and the facts that were sealed with it."""

from __future__ import annotations

from flask_babel import lazy_pgettext as _p

from equipment_share.wording.events import EVENT_WORDS
from equipment_share.wording.kinds import Words

AUDIT_WORDS: Words = {
    "audit_object": {
        "claim": _p("audit_object", "Claim"),
        "voucher": _p("audit_object", "Voucher"),
        "batch": _p("audit_object", "Batch"),
        "booking": _p("audit_object", "Booking"),
        "transfer": _p("audit_object", "Ledger step"),
        "organisation": _p("audit_object", "Organisation"),
        "owner": _p("audit_object", "Organisation"),
        "programme": _p("audit_object", "Programme"),
        "user": _p("audit_object", "Person"),
        "instrument": _p("audit_object", "Instrument"),
        "finding": _p("audit_object", "Red flag"),
        "inspection": _p("audit_object", "Random inspection"),
        "adjustment": _p("audit_object", "Adjustment"),
        "quotation": _p("audit_object", "Quotation"),
        "series": _p("audit_object", "Series"),
        "waiting": _p("audit_object", "Waiting list"),
        "training": _p("audit_object", "Training"),
        "closure": _p("audit_object", "Closed days"),
        "fault": _p("audit_object", "Fault"),
        "day": _p("audit_object", "Day"),
        "calendar_link": _p("audit_object", "Calendar link"),
        "installation": _p("audit_object", "Installation"),
    },
    "audit_act": {
        "sign_in": _p("audit_act", "Signed in"),
        "sign_in.refused": _p("audit_act", "Sign-in refused"),
        "sign_out": _p("audit_act", "Signed out"),
        "sign_ins_ended": _p("audit_act", "All sign-ins ended"),
        "password.set": _p("audit_act", "Password set by a link"),
        "password.reset_asked": _p("audit_act", "New password asked for"),
        "password.changed": _p("audit_act", "Password changed"),
        "language.chosen": _p("audit_act", "Language chosen"),
        "token.made": _p("audit_act", "Program key made"),
        "token.ended": _p("audit_act", "Program key ended"),
        "calendar_link.made": _p("audit_act", "Calendar link made"),
        "calendar_link.ended": _p("audit_act", "Calendar link ended"),
        "user.invited": _p("audit_act", "Person invited"),
        "user.role_changed": _p("audit_act", "Role changed"),
        "user.disabled": _p("audit_act", "Access ended"),
        "user.restored": _p("audit_act", "Access given back"),
        "answer_file.kept": _p("audit_act", "Answer file kept"),
        "answer_file.cleared": _p("audit_act", "Answer file cleared"),
        "uses_imported": _p("audit_act", "Uses imported"),
        "calendar.named": _p("audit_act", "Day named"),
        "calendar.forgotten": _p("audit_act", "Day removed"),
        "letters.posted_again": _p("audit_act", "Letters posted again"),
        "flags.written": _p("audit_act", "Red flags written down"),
        "flags.swept": _p("audit_act", "Looked for red flags"),
        "finding.disposed": _p("audit_act", "Red flag disposed of"),
        "inspection.drawn": _p("audit_act", "Claims drawn for inspection"),
        "inspection.recorded": _p("audit_act", "Inspection result noted"),
        "pro_rata.prepared": _p("audit_act", "Pro-rata cut prepared"),
        "pro_rata.decided": _p("audit_act", "Pro-rata cut decided"),
        "claim.submitted": _p("audit_act", "Claim: handed in"),
    },
    "audit_fact": {
        "amount_fen": _p("audit_fact", "amount"),
        "total_fen": _p("audit_fact", "sum"),
        "gross_fen": _p("audit_fact", "fee"),
        "subsidy_fen": _p("audit_fact", "borne by vouchers"),
        "held_fen": _p("audit_fact", "held"),
        "released_fen": _p("audit_fact", "released"),
        "fee_fen": _p("audit_fact", "cancellation fee"),
        "carried_fen": _p("audit_fact", "carried over"),
        "budget_fen": _p("audit_fact", "budget"),
        "from": _p("audit_fact", "before"),
        "to": _p("audit_fact", "after"),
        "changed": _p("audit_fact", "fields changed"),
        "tags": _p("audit_fact", "classes"),
        "related": _p("audit_fact", "related organisations"),
        "address": _p("audit_fact", "from the address"),
        "file_hash": _p("audit_fact", "check value of the file"),
        "sha256": _p("audit_fact", "check value of the file"),
        "leg": _p("audit_fact", "paper"),
        "number": _p("audit_fact", "number"),
        "role": _p("audit_fact", "role"),
        "organisation": _p("audit_fact", "organisation"),
        "name": _p("audit_fact", "name"),
        "scopes": _p("audit_fact", "rights"),
        "by": _p("audit_fact", "by"),
        "rule": _p("audit_fact", "by the rule"),
        "period": _p("audit_fact", "period"),
        "disposition": _p("audit_fact", "decided"),
        "claim": _p("audit_fact", "claim"),
        "claims": _p("audit_fact", "claims looked at"),
        "written": _p("audit_fact", "flags written"),
        "result": _p("audit_fact", "result"),
        "note": _p("audit_fact", "note"),
        "drawn": _p("audit_fact", "drawn"),
        "population": _p("audit_fact", "drawn from"),
        "share_bp": _p("audit_fact", "share of all"),
        "seed": _p("audit_fact", "seed"),
        "rows": _p("audit_fact", "rows"),
        "letters": _p("audit_fact", "letters"),
        "count": _p("audit_fact", "count"),
        "start": _p("audit_fact", "from"),
        "end": _p("audit_fact", "until"),
        "kind": _p("audit_fact", "kind"),
        "booked": _p("audit_fact", "days booked"),
        "of": _p("audit_fact", "days asked for"),
        "paid": _p("audit_fact", "lines paid"),
        "failed": _p("audit_fact", "lines failed"),
        "failures": _p("audit_fact", "why they failed"),
        "paid_again": _p("audit_fact", "lines paid again"),
        "change_of": _p("audit_fact", "changes the booking"),
        "new": _p("audit_fact", "changed into the booking"),
    },
    "audit_rule": {
        "auto_approve": _p("audit_rule", "of the owner, at once"),
        "proposal": _p("audit_rule", "of the owner's proposal"),
        "kept": _p("audit_rule", "of the same time"),
    },
    "fault": {
        "open": _p("fault_state", "not mended yet"),
        "closed": _p("fault_state", "mended"),
    },
}
"""Words by kind. What stands in an old log and has none here is shown as it was sealed: a log is never refused."""


def act_words(act: str) -> str:
    """An act of the audit log, `claim.approved`, in words; one of an old log that has none stands as it was sealed."""
    known = AUDIT_WORDS["audit_act"]
    kind, _, event = act.partition(".")
    if act in known:
        return str(known[act])
    if kind in AUDIT_WORDS["audit_object"] and event in EVENT_WORDS["event"]:
        return f"{AUDIT_WORDS['audit_object'][kind]} · {EVENT_WORDS['event'][event]}"
    return act
