"""The documents of settlement: claims with their legs, batches with their lines, findings."""

from __future__ import annotations

from collections.abc import Sequence

from equipment_share.api.plain import fen, key
from equipment_share.api.shapes import Shape
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.evidence import Finding
from equipment_share.models.settlement import Adjustment, Batch, BatchLine, Claim, FindingLine, ProRataRun
from equipment_share.queries.prorata import Shares
from equipment_share.queries.settlement import ClaimRow, lines_of_many, row_of, rows_of


def claim(row: Claim) -> Shape:
    """One claim."""
    return _claim(row_of(row))


def claims(rows: Sequence[Claim]) -> list[Shape]:
    """Claims with legs and findings: three questions more, however many."""
    return [_claim(row) for row in rows_of(rows)]


def _claim(row: ClaimRow) -> Shape:
    held = row.claim
    return {
        "id": key(held.id),
        "booking": key(held.booking_id),
        "programme": held.programme_code,
        "amount_fen": held.amount.fen,
        "status": held.state.value,
        "version": held.version,
        "legs": [{"leg": leg.leg, "state": leg.state, "document": key(leg.paper.id) if leg.paper else None} for leg in row.legs],
        "findings": [_raised(found, held) for found in row.findings],
    }


def _raised(found: Finding, held: Claim) -> Shape:
    return {
        "id": f"{held.id}-{found.code}", "code": found.code, "severity": found.severity, "subject": found.subject,
        "amount_fen": fen(found.amount), "text": f"{found.code} {found.subject}", "claim": key(held.id), "batch": key(held.batch_id),
        "disposition": None, "reason": "",
    }  # fmt: skip


def finding(row: FindingLine) -> Shape:
    """A finding that was written down, with what was decided about it."""
    return {
        "id": key(row.id), "code": row.code, "severity": row.severity, "subject": row.subject, "amount_fen": fen(row.amount),
        "text": f"{row.code} {row.subject}", "claim": key(row.claim_id), "batch": key(row.batch_id), "disposition": row.disposition or None,
        "reason": row.reason,
    }  # fmt: skip


def batch(row: Batch) -> Shape:
    """One batch with its lines."""
    return batches([row])[0]


def batches(rows: Sequence[Batch]) -> list[Shape]:
    """Batches with their lines: one question more, however many."""
    lines = lines_of_many([row.id for row in rows])
    return [_batch(row, lines[row.id]) for row in rows]


def _batch(row: Batch, lines: Sequence[BatchLine]) -> Shape:
    return {
        "id": key(row.id),
        "programme": row.programme_code,
        "period": str(Period(row.period_first_on, row.period_last_on)),
        "payee": row.payee,
        "status": row.state.value,
        "total_fen": row.total.fen,
        "file_hash": row.file_hash or None,
        "version": row.version,
        "lines": [
            {
                "line": line.line,
                "adjusts": f"{line.adjusts.batch_id}/{line.adjusts.line}" if line.adjusts else None,
                "claim": key(line.claim_id),
                "amount_fen": line.amount.fen,
                "result": line.result or None,
            }
            for line in lines
        ],
    }


def adjustment(row: Adjustment) -> Shape:
    """Money beside a claim: below zero what the payee gives back."""
    return {
        "id": key(row.id),
        "number": row.number,
        "kind": row.kind.value,
        "programme": row.programme_code,
        "claim": key(row.claim_id),
        "payee": row.payee.code,
        "amount_fen": row.amount.fen,
        "status": row.state.value,
        "reason": row.reason,
        "appeal": row.appeal,
        "batch": key(row.batch_id),
        "version": row.version,
    }


def pro_rata(code: str, period: Period, shares: Shares, run: ProRataRun | None) -> Shape:
    """What a run gives each claim of what there is."""
    status = "preview" if run is None else "prepared" if run.decided_at is None else "decided"
    lines = shares.document() if run is None else run.shares
    budget = shares.budget if run is None else run.budget
    return {
        "programme": code,
        "period": str(period),
        "status": status,
        "budget_fen": budget.fen,
        "shares": [{**row, "claim": str(row["claim"])} for row in lines],
    }
