"""Sample programmes (domain §5.3), every one marked as a sample: the bureau's own figures are data, never code."""

from __future__ import annotations

from collections.abc import Mapping

_HALF: list[dict[str, object]] = [{"bands": [{"up_to_fen": None, "rate_bp": 5000}]}]

SAMPLES: Mapping[str, Mapping[str, object]] = {
    "Haining": {
        "code": "HN", "name": "海宁市科技创新券", "authority": "海宁市科学技术局", "sample": True, "order": 10,
        "eligible_any": ["tech_sme", "hnte", "team", "incubated"], "rate_rules": _HALF,
        "caps": {"annual_fen": {"tech_sme": 20_000_000, "hnte": 20_000_000, "incubated": 20_000_000, "team": 5_000_000}},
        "exclude": ["related_party", "statutory"], "stacking": {"mode": "exclusive"},
        "period": "calendar_year", "period_basis": "completion", "issue_mode": "auto",
        "budget": {"total_fen": 2_000_000_000, "reserve_at": "issue", "exhaustion": "first_come"}, "flow": "net_pay", "claimant": "owner",
        "payout": "quarterly", "overrun": "cap_at_hold", "docs_required": ["contract", "invoice", "payment"],
    },
    "SH": {
        "code": "SH", "name": "上海市科技创新券", "authority": "上海市科学技术委员会", "sample": True, "order": 20,
        "eligible_any": ["tech_sme", "team"], "rate_rules": _HALF, "caps": {"annual_fen": {"tech_sme": 30_000_000, "team": 10_000_000}},
        "exclude": ["related_party", "statutory"], "period": "calendar_year", "period_basis": "completion", "issue_mode": "apply",
        "budget": {"total_fen": 1_000_000_000}, "flow": "net_pay", "claimant": "owner", "payout": "quarterly",
        "docs_required": ["contract", "invoice", "payment"],
    },
    "YH": {
        "code": "YH", "name": "玉环市创新券", "authority": "玉环市科学技术局", "sample": True, "order": 30,
        "rate_rules": [{"bands": [{"up_to_fen": 1_000_000, "rate_bp": 10_000}, {"up_to_fen": None, "rate_bp": 5000}]}],
        "band_mode": "marginal", "band_base": "order",
        "caps": {"per_voucher_fen": 2_000_000, "holding_fen": 5_000_000, "annual_fen": {"any": 10_000_000}},
        "exclude": ["related_party", "statutory", "funded_project"], "period": "calendar_year", "issue_mode": "apply",
        "validity": {"months": 3, "must_be": "used"}, "budget": {"total_fen": 500_000_000}, "flow": "net_pay", "claimant": "firm",
        "payout": "yearly", "sample_bp": 500, "docs_required": ["contract", "result", "invoice", "payment"],
    },
    "TJ": {
        "code": "TJ", "name": "天津市科技创新券", "authority": "天津市科学技术局", "sample": True, "order": 40, "rate_rules": _HALF,
        "caps": {"annual_fen": {"any": 10_000_000}}, "exclude": ["related_party", "statutory", "funded_project"],
        "period": "calendar_year", "issue_mode": "apply", "overrun": "cap_at_hold", "budget": {"total_fen": 500_000_000},
        "flow": "gross_refund", "claimant": "firm", "payout": "yearly", "docs_required": ["contract", "invoice", "payment", "result"],
    },
}  # fmt: skip
"""By name; sources and doubts in domain §5.3."""
