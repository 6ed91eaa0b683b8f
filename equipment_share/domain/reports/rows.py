"""The rows that reports are made of beside the ledger: plain enough to be kept as JSON when a batch is closed, and read back the same."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a batch: whom it pays for what."""

    batch_id: int
    batch: str
    line: int
    payee_id: int
    payee: str
    payee_code: str
    account: str
    claim_id: int | None
    claim: str
    booking_id: int | None
    booking: str
    firm: str
    gross_fen: int
    net_fen: int
    amount_fen: int
    result: str
    sources: list[list[int | str]] = field(default_factory=list)
    """`[[code, fen], …]`, together the amount."""


@dataclass(frozen=True)
class SavingRow:
    """What one firm's uses cost it."""

    firm_id: int
    firm: str
    firm_code: str
    uses: int
    gross_fen: int
    net_fen: int


@dataclass(frozen=True)
class ClaimRow:
    """Claims of one state on uses of the period, and how much they are for."""

    state: str
    count: int
    amount_fen: int


@dataclass(frozen=True)
class VoucherRow:
    """One voucher; its money stands in its account."""

    voucher_id: int
    number: str
    firm_id: int
    firm: str
    account_id: int
    valid_until: str


@dataclass(frozen=True)
class AdjustmentRow:
    """Money beside a claim."""

    number: str
    kind: str
    claim_id: int | None
    claim: str
    payee_id: int
    payee: str
    amount_fen: int
    state: str
    reason: str
    made_on: str
    batch_id: int | None
    batch: str
    lined_fen: int | None
    """What its batch line says, if it has one."""


@dataclass(frozen=True, slots=True)
class UseRow:
    """One confirmed use, with its claim in the programme."""

    booking_id: int
    booking: str
    used_on: str
    owner_id: int
    owner: str
    firm_id: int
    firm: str
    instrument: str
    gross_fen: int
    net_fen: int
    state: str
    claim_id: int | None
    claim_state: str
    claim_fen: int
    payee_id: int
    instrument_id: int


@dataclass(frozen=True)
class InstrumentRow:
    """How long one instrument worked, and for whom."""

    instrument_id: int
    code: str
    name: str
    owner_id: int
    owner: str
    uses: int
    minutes: int
    external_minutes: int
