"""The words of organisations and persons: states, roles, and what a firm is."""

from __future__ import annotations

from flask_babel import lazy_pgettext as _p

from equipment_share.wording.kinds import Words

PEOPLE_WORDS: Words = {
    "organisation": {
        "unverified": _p("organisation", "Waiting to be verified"),
        "verified": _p("organisation", "Verified"),
        "suspended": _p("organisation", "Suspended"),
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
    "credit_list": {
        "": _p("credit_list", "On none"),
        "abnormal": _p("credit_list", "Abnormal operations"),
        "dishonest": _p("credit_list", "Serious dishonesty"),
    },
    "proof": {
        "submitted": _p("proof", "Waits for the bureau"),
        "accepted": _p("proof", "Accepted"),
        "refused": _p("proof", "Refused"),
    },
    "account_change": {
        "proposed": _p("account_change", "Waits for a second hand"),
        "confirmed": _p("account_change", "Confirmed"),
        "refused": _p("account_change", "Refused"),
        "withdrawn": _p("account_change", "Taken back"),
    },
}
