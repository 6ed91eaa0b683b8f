"""What the flags look at, as plain values: one claim's case and everything that stands around it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.programmes.parts import RateRule
from equipment_share.domain.settlement.evidence import Case
from equipment_share.domain.timeslots import Slot


@dataclass(frozen=True)
class Party:
    """A firm or owner with what is known of who is behind it."""

    id: int
    code: str = ""
    name: str = ""
    controller: str = ""
    legal_rep: str = ""
    shareholders: tuple[tuple[str, int], ...] = ()
    """Names with their shares in basis points."""
    phone: str = ""
    address: str = ""
    bank_account: str = ""
    related: frozenset[str] = frozenset()
    founded_on: date | None = None
    insured_staff: int | None = None
    research_spend: Money | None = None
    credit_list: str = ""
    credit_since: date | None = None
    barred: bool = False


@dataclass(frozen=True)
class OtherPaper:
    """A paper in the file of another booking."""

    booking: str
    leg: str
    key: str
    file_hash: str = ""
    owner_id: int = 0


@dataclass(frozen=True)
class OtherClaim:
    """Another live claim of the same firm or owner."""

    number: str
    booking: str
    programme: str
    firm_id: int
    owner_id: int
    instrument: str
    amount: Money
    gross: Money
    used_on: date
    exclusive: bool = True
    earlier: bool = True
    """Whether it was made before this one."""


@dataclass(frozen=True)
class Occupied:
    """A time at which something or somebody was taken: `use`, `maintenance` or `person`."""

    kind: str
    label: str
    slot: Slot


@dataclass(frozen=True)
class Crossing:
    """A use of another pair of parties, who may be these two the other way round."""

    booking: str
    firm: Party
    owner: Party
    used_on: date
    gross: Money


@dataclass(frozen=True)
class Hand:
    """Who did what to a claim, and where that person belongs."""

    act: str
    user_id: int
    organisation_id: int | None


@dataclass(frozen=True)
class Rates:
    """How a programme counts one order: what a split would go around."""

    rule: RateRule
    band_mode: str = "marginal"
    band_base: str = "order"
    per_order: Money | None = None
    rounding_mode: str = "floor"
    rounding_unit: int = 1


@dataclass(frozen=True)
class UseFacts:
    """What was used and charged, and what the machine and the calendar say of it."""

    booked: Slot | None = None
    used: Slot | None = None
    charged_minutes: int = 0
    """Hours and days of the charge, in minutes."""
    samples: int = 0
    most_samples_per_hour: int | None = None
    open_windows: tuple[Slot, ...] | None = None
    """When the instrument was open around the use; None means always."""
    occupied: Sequence[Occupied] = ()
    checked_in_at: datetime | None = None
    logs: Sequence[Slot] = ()
    """What the machine's own log says around the use."""
    unit_price: Money | None = None
    published: Money | None = None
    """The highest price that was published for such a unit."""
    peers: Sequence[Money] = ()
    """Unit prices of the same instrument's orders without voucher."""
    texts: Sequence[tuple[str, str]] = ()
    """Where and what was written: purpose, contract number."""


@dataclass(frozen=True)
class ClaimFacts:
    """One claim and everything around it."""

    number: str
    booking: str
    programme: str
    instrument: str
    amount: Money
    case: Case
    firm: Party
    owner: Party
    payee_id: int
    claimed_on: date
    claim_due: date | None = None
    issued_on: date | None = None
    """The first day of the voucher."""
    prior_issue: bool = False
    """Whether the voucher must have been issued before the contract."""
    exclusive: bool = True
    eligible: bool = True
    """Whether the firm still belongs to a class that the programme supports, on the day of the claim."""
    use: UseFacts = field(default_factory=UseFacts)
    papers_elsewhere: Sequence[OtherPaper] = ()
    claims_elsewhere: Sequence[OtherClaim] = ()
    crossings: Sequence[Crossing] = ()
    hands: Sequence[Hand] = ()
    rates: Rates | None = None
    cap_left: Money | None = None
    """What the firm's yearly limit had left before this claim."""
    cut_by: str = ""
    """The limit that cut the award, if one did."""
    raw: Money = ZERO
    """The award before any limit."""
    expires_on: date | None = None
    period_last_on: date | None = None
    orders_without_voucher: int = 0
    words: Collection[str] = ()
    """What statutory and batch tests are called, longest first."""
    negations: Collection[str] = ()
