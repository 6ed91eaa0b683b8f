"""The words of vouchers, and the sentence why a voucher bears what it bears."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_pgettext as _p

from equipment_share.wording.kinds import Words, word_of
from equipment_share.wording.marks import amount_words

VOUCHER_WORDS: Words = {
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
    "counted": {
        "closed": _p("counted", "the period of its use was closed, so it counts in the next one"),
        "contract": _p("counted", "the date of the contract decides the period"),
        "invoice": _p("counted", "the date of the invoice decides the period"),
        "payment": _p("counted", "the date of the payment decides the period"),
        "basis": _p("counted", "the programme counts by another day than completion"),
    },
    "against": {"fee": _p("against", "fee"), "own_share": _p("against", "the firm's own share")},
}


def step_words(rule: str, facts: Mapping[str, object]) -> str:
    """One step of a subsidy's explanation."""
    shown = {name.removesuffix("_fen"): _shown(name, value) for name, value in facts.items()}
    if rule in ("limit", "stop"):
        shown["reason"] = word_of(VOUCHER_WORDS, "binding", facts["reason"])
        shown.setdefault("left", shown.get("amount", ""))  # explanations kept before the limit was told apart from what it gave
    return word_of(VOUCHER_WORDS, "step", rule) % shown


def _shown(name: str, value: object) -> str:
    return amount_words(value) if name.endswith("_fen") and isinstance(value, int) else str(value)


def award_words(entry: Mapping[str, Any]) -> str:
    """The sentence why: the steps of one subsidy, in the reader's language."""
    return " → ".join(step_words(step["rule"], step.get("facts", {})) for step in entry.get("steps", []))
