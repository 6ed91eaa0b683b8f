"""The thresholds and severities of the red flags, with their defaults; a programme may override each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

BLOCK, WARN, OFF = "block", "warn", "off"
SEVERITIES = (BLOCK, WARN, OFF)

Overrides = Mapping[str, Mapping[str, str | int]]
"""What a programme says: `{"X08": {"severity": "block", "split_days": 10}}`."""


@dataclass(frozen=True)
class FlagTerms:
    """Every threshold of the flags; days, minutes, basis points, fen and pieces."""

    related_share_bp: int = 2_500
    """X07: from this share on a common shareholder makes firm and owner related (domain §1.3)."""
    split_days: int = 7
    """X08: jobs that lie no further apart are looked at as one."""
    hours_grace_minutes: int = 30
    """X09: how far a use may run out of the opening hours."""
    log_days: int = 30
    """X10: a machine that logged anything this near to the use should have logged the use."""
    log_uses: int = 3
    """X10: a machine with fewer entries around the use keeps no log."""
    price_factor_bp: int = 15_000
    """X11: how far above the owner's median for orders without voucher is an outlier."""
    price_orders: int = 5
    """X11: a median of fewer orders says nothing."""
    return_days: int = 90
    """X12: within how many days a use in the other direction is a round trip."""
    review_threshold_fen: int = 1_000_000
    """X13: above this a claim is looked at more closely."""
    review_near_bp: int = 500
    """X13: how near below the threshold is just below."""
    review_claims: int = 2
    """X13: how many of a firm's claims just below make a cluster."""
    review_days: int = 90
    """X13: how near to each other the claims of a cluster are."""
    burst_days: int = 30
    """X14: the last days before a voucher expires."""
    burst_share_bp: int = 7_000
    """X14: the share of the year's volume in those days that is a burst."""
    burst_claims: int = 4
    """X14: fewer claims in those days are no burst."""
    young_days: int = 365
    """X16: a firm founded this short a time before the use is newly set up."""
    samples_per_hour: int = 60
    """X20: the physical most where the instrument's own figures do not say."""


DEFAULT_TERMS = FlagTerms()
THRESHOLDS: dict[str, tuple[str, ...]] = {
    "X07": ("related_share_bp",),
    "X08": ("split_days",),
    "X09": ("hours_grace_minutes",),
    "X10": ("log_days", "log_uses"),
    "X11": ("price_factor_bp", "price_orders"),
    "X12": ("return_days",),
    "X13": ("review_threshold_fen", "review_near_bp", "review_claims", "review_days"),
    "X14": ("burst_days", "burst_share_bp", "burst_claims"),
    "X16": ("young_days",),
    "X20": ("samples_per_hour",),
}
"""Which thresholds a flag has, by the names that a programme may use."""
LARGEST = {"_days": 3_660, "share_bp": 10_000, "near_bp": 10_000, "factor_bp": 1_000_000, "_minutes": 1_440}
"""How large a threshold may be, by what it counts; all else up to a thousand million."""
DEFAULT_SEVERITY: dict[str, str] = {
    "X01": BLOCK,
    "X02": BLOCK,
    "X03": BLOCK,
    "X04": WARN,
    "X05": BLOCK,
    "X06": BLOCK,
    "X07": BLOCK,
    "X08": WARN,
    "X09": WARN,
    "X10": WARN,
    "X11": WARN,
    "X12": WARN,
    "X13": WARN,
    "X14": WARN,
    "X15": BLOCK,
    "X16": WARN,
    "X17": WARN,
    "X18": WARN,
    "X19": BLOCK,
    "X20": WARN,
}
"""Breaches of a rule block until they are disposed of; what is only odd warns."""
CODES = tuple(DEFAULT_SEVERITY)
MENDABLE = frozenset({"X01", "X02", "X03", "X04", "X05", "X18"})
"""Flags on one's own papers, which the claimant may see; the others are the bureau's."""


def most_of(name: str) -> int:
    """The largest value that a programme may give a threshold.

    Units: as the threshold. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags
    """
    return next((most for end, most in LARGEST.items() if name.endswith(end)), 10**9)


def severity_of(code: str, overrides: Overrides) -> str:
    """What a flag does under a programme: `block`, `warn` or `off`.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags
    """
    return str(overrides.get(code, {}).get("severity", DEFAULT_SEVERITY[code]))


def terms_under(overrides: Overrides) -> FlagTerms:
    """The thresholds with what a programme says otherwise.

    Units: as `FlagTerms`. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#red-flags
    """
    said = {name: value for code in overrides.values() for name, value in code.items() if name != "severity" and isinstance(value, int)}
    return replace(DEFAULT_TERMS, **said) if said else DEFAULT_TERMS
