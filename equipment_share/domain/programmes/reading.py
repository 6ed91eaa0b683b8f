"""The programme document, read strictly: every problem with its field path, nothing guessed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any

from equipment_share.domain.money import Money
from equipment_share.domain.programmes.parts import Band, FirmLimits, RateRule, Source
from equipment_share.domain.reading import Reader
from equipment_share.domain.settlement.flags.terms import CODES, SEVERITIES, THRESHOLDS, most_of

_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_CODE = re.compile(r"[A-Za-z0-9_+-]{1,40}")
WHEN_KEYS = ("tag", "category", "region", "provider_region")
STAGES = ("issue", "hold", "usage", "claim")
BASES = ("draw", "contract", "usage_start", "completion", "invoice", "payment")


def read_programme(document: Mapping[str, object], at: str = "", also: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every parameter out of a document.

    Raises: Invalid with every problem and its field path.
    """
    reader = Reader(document, at)
    parts = {**_rules(reader), **_caps(reader), **_names(reader), **_budget(reader), **_course(reader), **_ends(reader)}
    reader.nothing_else(also)
    reader.finish()
    return parts


def _money(value: int | None) -> Money | None:
    return None if value is None else Money(value)


def _by_tag(values: Mapping[str, int]) -> dict[str, Money]:
    return {tag: Money(fen) for tag, fen in values.items()}


def _names(reader: Reader) -> dict[str, Any]:
    code = reader.text("code", required=True, most=40)
    if code and not _CODE.fullmatch(code):
        reader.say("not_a_code", "code")
    return {
        "code": code,
        "name": reader.text("name"),
        "name_en": reader.text("name_en").strip(),
        "authority": reader.text("authority"),
        "currency": reader.choice("currency", ("CNY",), "CNY"),
        "order": reader.whole("order", 100, high=10_000),
        "sample": reader.switch("sample", False),
    }


def _rules(reader: Reader) -> dict[str, Any]:
    limits = reader.inside("limits")
    firm = FirmLimits(
        limits.whole("max_staff"), _money(limits.whole("max_revenue_fen")), _money(limits.whole("min_revenue_fen")),
        _money(limits.whole("max_capital_fen")), limits.words("regions"),
    )  # fmt: skip
    limits.nothing_else()
    band_mode = reader.choice("band_mode", ("marginal", "whole"), "marginal")
    band_base = reader.choice("band_base", ("order", "period_cumulative"), "order")
    if band_mode == "whole" and band_base == "period_cumulative":
        reader.say("contradiction", "band_base")
    rounding = reader.inside("rounding")
    mode = rounding.choice("mode", ("floor", "half_up"), "floor")
    unit = rounding.whole("unit_fen", 1)
    if unit not in (1, 10, 100):
        rounding.say("not_a_choice", "unit_fen")
    rounding.nothing_else()
    return {
        "eligible_any": reader.words("eligible_any"),
        "limits": firm,
        "provider_regions": reader.words("provider_regions"),
        "services_in": reader.words("services_in"),
        "exclude": reader.words("exclude"),
        "rate_rules": _rate_rules(reader),
        "band_mode": band_mode,
        "band_base": band_base,
        "rounding_mode": mode,
        "rounding_unit": unit,
        "tax_basis": reader.choice("tax_basis", ("gross_invoice", "ex_vat"), "gross_invoice"),
    }


def _rate_rules(reader: Reader) -> tuple[RateRule, ...]:
    if not reader.items("rate_rules"):
        reader.say("required", "rate_rules")
    return tuple(_rate_rule(row) for row in reader.each("rate_rules"))


def _rate_rule(row: Reader) -> RateRule:
    when = row.inside("when")
    terms = tuple((key, when.text(key)) for key in WHEN_KEYS if when.raw(key) is not None)
    when.nothing_else()
    bands = []
    for band in row.each("bands"):
        up_to, rate = band.whole("up_to_fen"), band.whole("rate_bp", high=10_000, required=True)
        band.nothing_else()
        bands.append(Band(_money(up_to), rate or 0))
    if not bands:
        row.say("required", "bands")
    if not _ascending([band.up_to for band in bands]):
        row.say("bands_not_ascending", "bands")
    rule = RateRule(tuple(bands), terms, row.whole("uplift_bp", 0, high=10_000) or 0, row.whole("max_bp", high=10_000))
    row.nothing_else()
    return rule


def _ascending(ends: list[Money | None]) -> bool:
    numbers = [end.fen for end in ends if end is not None]
    return None not in ends[:-1] and all(low < high for low, high in itertools.pairwise(numbers))


def _caps(reader: Reader) -> dict[str, Any]:
    caps = reader.inside("caps")
    parts: dict[str, Any] = {
        "per_order": _money(caps.whole("per_order_fen")),
        "per_voucher": _money(caps.whole("per_voucher_fen")),
        "holding": _money(caps.whole("holding_fen")),
        "annual": _by_tag(caps.fen_by_tag("annual_fen")),
    }
    caps.nothing_else()
    stacking = reader.inside("stacking")
    mode = stacking.choice("mode", ("exclusive", "additive", "deduct_first"), "exclusive")
    parts |= {
        "stacking": mode,
        "stacking_with": stacking.words("with"),
        "multiplier": stacking.whole("multiplier", 1, low=1, high=100),
        "joint_cap": _money(stacking.whole("joint_cap_fen")),
        "joint_rate_bp": stacking.whole("joint_rate_bp", high=10_000),
        "min_claim": Money(reader.whole("min_claim_fen", 0) or 0),
    }
    stacking.nothing_else()
    if mode == "deduct_first" and not parts["stacking_with"]:
        stacking.say("required", "with")
    parts["sources"] = _sources(reader)
    return parts


def _sources(reader: Reader) -> tuple[Source, ...]:
    found = []
    for row in reader.each("sources"):
        found.append(Source(row.text("code", required=True), row.whole("weight", required=True, high=10**9) or 0))
        row.nothing_else()
    if found and not sum(source.weight for source in found):
        reader.say("weights_zero", "sources")
    return tuple(found)


def _budget(reader: Reader) -> dict[str, Any]:
    budget = reader.inside("budget")
    is_late = reader.raw("issue_mode") == "none" or budget.raw("exhaustion") == "pro_rata"  # nothing may move before the claim
    parts = {
        "budget_total": _money(budget.whole("total_fen")),
        "partial_ok": budget.switch("partial_ok", True),
        "reserve_at": budget.choice("reserve_at", ("issue", "hold", "claim"), "claim" if is_late else "issue"),
        "exhaustion": budget.choice("exhaustion", ("first_come", "pro_rata"), "first_come"),
        "waitlist": budget.switch("waitlist", False),
    }
    budget.nothing_else()
    return parts


def _course(reader: Reader) -> dict[str, Any]:
    validity = reader.inside("validity")
    days, months = validity.whole("days", low=1, high=3660), validity.whole("months", low=1, high=120)
    validity.switch("end_of_period", True)
    must_be = validity.choice("must_be", ("registered", "used", "completed"), "completed")
    validity.nothing_else()
    if days is not None and months is not None:
        validity.say("contradiction", "months")
    return {
        "period": _period(reader),
        "period_basis": reader.choice("period_basis", BASES, "completion"),
        "issue_mode": reader.choice("issue_mode", ("apply", "auto", "none"), "auto"),
        "quota": _by_tag(reader.fen_by_tag("quota_fen")),
        "eligibility_at": reader.words("eligibility_at") or ("issue", "hold", "claim"),
        "tier_at": reader.choice("tier_at", ("issue", "hold", "usage"), "hold"),
        "cap_subject": reader.choice("cap_subject", ("firm", "controller_group"), "firm"),
        "validity_days": days,
        "validity_months": months,
        "validity_must_be": must_be,
        "carry_over": reader.switch("carry_over", False),
        "expiry_penalty": _pair(reader, "expiry_penalty", ("ratio_bp", 10_000), ("bar_periods", 10)),
        "overrun": reader.choice("overrun", ("cap_at_hold", "topup_if_room"), "cap_at_hold"),
    }


def _period(reader: Reader) -> Any:
    value = reader.raw("period")
    if value is None or value in ("calendar_year", "lifetime"):
        return value or "calendar_year"
    if isinstance(value, Mapping) and set(value) == {"rolling_months"} and type(value["rolling_months"]) is int:
        if 1 <= value["rolling_months"] <= 120:
            return {"rolling_months": value["rolling_months"]}
    if isinstance(value, Mapping) and set(value) == {"from", "to"}:
        if all(isinstance(v, str) and _MONTH_DAY.fullmatch(v) for v in value.values()):
            return {"from": value["from"], "to": value["to"]}
    reader.say("not_a_period", "period")
    return "calendar_year"


def _pair(reader: Reader, name: str, first: tuple[str, int], second: tuple[str, int]) -> tuple[int, int] | None:
    if reader.raw(name) is None:
        return None
    inner = reader.inside(name)
    pair = (inner.whole(first[0], 0, high=first[1]) or 0, inner.whole(second[0], 0, high=second[1]) or 0)
    inner.nothing_else()
    return pair


def _ends(reader: Reader) -> dict[str, Any]:
    first, last = reader.day("effective_from"), reader.day("effective_to")
    if first and last and last < first:
        reader.say("contradiction", "effective_to")
    flow = reader.choice("flow", ("net_pay", "gross_refund"), "net_pay")
    return {
        "flow": flow,
        "claimant": reader.choice("claimant", ("owner", "firm", "either"), "firm" if flow == "gross_refund" else "owner"),
        "invoice_mode": reader.choice("invoice_mode", ("full_to_firm", "split"), "full_to_firm"),
        **_deadline(reader),
        "payout": reader.choice("payout", ("monthly", "quarterly", "yearly"), "quarterly"),
        "publicity_days": reader.whole("publicity_days", 0, high=365),
        "sample_bp": reader.whole("sample_bp", 0, high=10_000),
        "docs_required": reader.words("docs_required"),
        "owner_bonus": _bonus(reader),
        "penalty": _penalty(reader),
        "flags": _flags(reader),
        "effective_from": first,
        "effective_to": last,
    }


def _deadline(reader: Reader) -> dict[str, Any]:
    deadline = reader.inside("claim_deadline")
    days, fixed = deadline.whole("days", high=3660), deadline.raw("next_period")
    deadline.nothing_else()
    if fixed is not None and not (isinstance(fixed, str) and _MONTH_DAY.fullmatch(fixed)):
        deadline.say("not_a_date", "next_period")
        fixed = None
    return {"claim_days": days, "claim_next_period": fixed}


def _bonus(reader: Reader) -> tuple[int, int | None] | None:
    if reader.raw("owner_bonus") is None:
        return None
    inner = reader.inside("owner_bonus")
    bonus = (inner.whole("rate_bp", 0, high=10_000) or 0, inner.whole("cap_fen"))
    inner.nothing_else()
    return bonus


def _penalty(reader: Reader) -> tuple[bool, int] | None:
    if reader.raw("penalty") is None:
        return None
    inner = reader.inside("penalty")
    found = (inner.switch("clawback", False), inner.whole("ban_years", 0, high=100) or 0)
    inner.nothing_else()
    return found


def _flags(reader: Reader) -> dict[str, dict[str, str | int]]:
    """What differs from the flags' defaults, by code; a code that is none of the twenty is an unknown field."""
    inner, found = reader.inside("flags"), dict[str, dict[str, str | int]]()
    for code in CODES:
        if inner.raw(code) is None:
            continue
        row, said = inner.inside(code), dict[str, str | int]()
        if row.raw("severity") is not None:
            said["severity"] = row.choice("severity", SEVERITIES, "warn")
        for name in THRESHOLDS.get(code, ()):
            if (value := row.whole(name, low=1, high=most_of(name))) is not None:
                said[name] = value
        row.nothing_else()
        if said:
            found[code] = said
    inner.nothing_else()
    return found
