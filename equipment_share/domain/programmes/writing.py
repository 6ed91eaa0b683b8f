"""A programme written back as its canonical document."""

from __future__ import annotations

from collections.abc import Mapping

from equipment_share.domain.money import Money
from equipment_share.domain.programmes.parts import ProgrammeParts, RateRule


def _fen(amount: Money | None) -> int | None:
    return None if amount is None else amount.fen


def _tags(by_tag: Mapping[str, Money]) -> dict[str, int]:
    return {tag: amount.fen for tag, amount in sorted(by_tag.items())}


def _rule_document(rule: RateRule) -> dict[str, object]:
    bands = [{"up_to_fen": _fen(band.up_to), "rate_bp": band.rate_bp} for band in rule.bands]
    return {"when": dict(rule.when), "bands": bands, "uplift_bp": rule.uplift_bp, "max_bp": rule.max_bp}


def document_of(p: ProgrammeParts) -> dict[str, object]:
    """The canonical document of a programme: every key, in one spelling; what is beyond contract.md §4a only where it was given."""
    same = {
        name: getattr(p, name)
        for name in (
            "code", "name", "authority", "currency", "order", "sample", "band_mode", "band_base", "tax_basis", "period", "period_basis",
            "issue_mode", "tier_at", "cap_subject", "carry_over", "overrun", "flow", "claimant", "invoice_mode", "payout",
            "publicity_days", "sample_bp",
        )
    }  # fmt: skip
    lists = {
        name: list(getattr(p, name))
        for name in ("eligible_any", "provider_regions", "services_in", "exclude", "eligibility_at", "docs_required")
    }
    flags = {"flags": {code: dict(said) for code, said in sorted(p.flags.items())}} if p.flags else {}
    english = {"name_en": p.name_en} if p.name_en else {}
    return {**same, **english, **lists, **_computed_document(p), **_course_document(p), **flags}


def _computed_document(p: ProgrammeParts) -> dict[str, object]:
    limits = p.limits
    return {
        "limits": {
            "max_staff": limits.max_staff, "max_revenue_fen": _fen(limits.max_revenue), "min_revenue_fen": _fen(limits.min_revenue),
            "max_capital_fen": _fen(limits.max_capital), "regions": list(limits.regions),
        },
        "rate_rules": [_rule_document(rule) for rule in p.rate_rules],
        "caps": {
            "per_order_fen": _fen(p.per_order), "per_voucher_fen": _fen(p.per_voucher), "holding_fen": _fen(p.holding),
            "annual_fen": _tags(p.annual),
        },
        "min_claim_fen": p.min_claim.fen,
        "rounding": {"mode": p.rounding_mode, "unit_fen": p.rounding_unit},
        "stacking": {
            "mode": p.stacking, "with": list(p.stacking_with), "multiplier": p.multiplier, "joint_cap_fen": _fen(p.joint_cap),
            "joint_rate_bp": p.joint_rate_bp,
        },
        "sources": [{"code": source.code, "weight": source.weight} for source in p.sources],
    }  # fmt: skip


def _course_document(p: ProgrammeParts) -> dict[str, object]:
    return {
        "budget": {
            "total_fen": _fen(p.budget_total), "partial_ok": p.partial_ok, "reserve_at": p.reserve_at, "exhaustion": p.exhaustion,
            "waitlist": p.waitlist,
        },
        "quota_fen": _tags(p.quota),
        "validity": {"days": p.validity_days, "months": p.validity_months, "must_be": p.validity_must_be},
        "expiry_penalty": p.expiry_penalty and {"ratio_bp": p.expiry_penalty[0], "bar_periods": p.expiry_penalty[1]},
        "claim_deadline": {"days": p.claim_days, "next_period": p.claim_next_period},
        "owner_bonus": p.owner_bonus and {"rate_bp": p.owner_bonus[0], "cap_fen": p.owner_bonus[1]},
        "penalty": p.penalty and {"clawback": p.penalty[0], "ban_years": p.penalty[1]},
        "effective_from": p.effective_from and p.effective_from.isoformat(),
        "effective_to": p.effective_to and p.effective_to.isoformat(),
    }  # fmt: skip
