"""The parameters of a programme, typed; reading, writing and computing are next door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from equipment_share.domain.money import Money


@dataclass(frozen=True)
class Band:
    """A part of the base, up to and including `up_to`, and its rate."""

    up_to: Money | None
    rate_bp: int


@dataclass(frozen=True)
class RateRule:
    """For which lines, at which rates."""

    bands: tuple[Band, ...]
    when: tuple[tuple[str, str], ...] = ()
    uplift_bp: int = 0
    max_bp: int | None = None


@dataclass(frozen=True)
class FirmLimits:
    """How large a firm may be, and where."""

    max_staff: int | None = None
    max_revenue: Money | None = None
    min_revenue: Money | None = None
    max_capital: Money | None = None
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """Whose money, by weight."""

    code: str
    weight: int


@dataclass(frozen=True)
class ProgrammeParts:
    """Every parameter, typed; what computes with them is in `programmes.py` and `subsidy.py`."""

    code: str
    name: str
    name_en: str
    """The English counterpart of `name`; empty where none was given. Ours, beyond contract.md §4a."""
    authority: str
    currency: str
    order: int
    sample: bool
    eligible_any: tuple[str, ...]
    limits: FirmLimits
    provider_regions: tuple[str, ...]
    services_in: tuple[str, ...]
    exclude: tuple[str, ...]
    rate_rules: tuple[RateRule, ...]
    band_mode: str
    band_base: str
    per_order: Money | None
    per_voucher: Money | None
    holding: Money | None
    annual: Mapping[str, Money]
    min_claim: Money
    rounding_mode: str
    rounding_unit: int
    tax_basis: str
    stacking: str
    stacking_with: tuple[str, ...]
    multiplier: int
    joint_cap: Money | None
    joint_rate_bp: int | None
    sources: tuple[Source, ...]
    budget_total: Money | None
    partial_ok: bool
    reserve_at: str
    exhaustion: str
    waitlist: bool
    period: Any
    period_basis: str
    issue_mode: str
    quota: Mapping[str, Money]
    eligibility_at: tuple[str, ...]
    tier_at: str
    cap_subject: str
    validity_days: int | None
    validity_months: int | None
    validity_must_be: str
    carry_over: bool
    expiry_penalty: tuple[int, int] | None
    overrun: str
    flow: str
    claimant: str
    invoice_mode: str
    claim_days: int | None
    claim_next_period: str | None
    payout: str
    publicity_days: int
    sample_bp: int
    docs_required: tuple[str, ...]
    owner_bonus: tuple[int, int | None] | None
    penalty: tuple[bool, int] | None
    flags: Mapping[str, Mapping[str, str | int]]
    """Severities and thresholds of red flags that differ from the defaults (`settlement/flags/terms.py`)."""
    effective_from: date | None
    effective_to: date | None
