"""The documents of settlement: claims with their legs, batches with their lines, findings."""

from __future__ import annotations

from collections.abc import Sequence

from equipment_share.api.plain import fen, key, local
from equipment_share.api.shapes import Shape
from equipment_share.domain.access import Actor
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.evidence import Finding
from equipment_share.models.settlement import Adjustment, Batch, BatchLine, Claim, FindingLine, Inspection, InspectionLine, ProRataRun
from equipment_share.queries.inspections import drawn_lines
from equipment_share.queries.prorata import Shares
from equipment_share.queries.settlement import ClaimRow, lines_of_many, row_of, rows_of
from equipment_share.wording.flags import flag_words


def claim(row: Claim, by: Actor) -> Shape:
    """One claim, with the flags that this person may see."""
    return _claim(row_of(row, by))


def claims(rows: Sequence[Claim], by: Actor) -> list[Shape]:
    """Claims with legs and flags: the same number of questions, however many."""
    return [_claim(row) for row in rows_of(rows, by)]


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
        "amount_fen": fen(found.amount), "text": flag_words(found.code, found.subject, found.facts), "claim": key(held.id), "batch": key(held.batch_id),
        "disposition": None, "reason": "", "facts": dict(found.facts),
    }  # fmt: skip


def finding(row: FindingLine) -> Shape:
    """A finding that was written down, with what was decided about it."""
    return {
        "id": key(row.id), "code": row.code, "severity": row.severity, "subject": row.subject, "amount_fen": fen(row.amount),
        "text": flag_words(row.code, row.subject, row.facts), "claim": key(row.claim_id), "batch": key(row.batch_id),
        "disposition": row.disposition or None, "reason": row.reason, "facts": dict(row.facts),
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


def inspection(row: Inspection) -> Shape:
    """One draw with what was drawn."""
    return inspections([row])[0]


def inspections(rows: Sequence[Inspection]) -> list[Shape]:
    """Draws with what was drawn: one question more, however many."""
    lines = drawn_lines([row.id for row in rows])
    return [_inspection(row, lines[row.id]) for row in rows]


def _inspection(row: Inspection, lines: Sequence[InspectionLine]) -> Shape:
    return {
        "id": key(row.id),
        "programme": row.programme_code,
        "period": str(Period(row.period_first_on, row.period_last_on)),
        "seed": row.seed,
        "share_bp": row.share_bp,
        "population": row.population,
        "made_at": local(row.made_at),
        "lines": [
            {
                "line": key(line.id), "claim": key(line.claim_id), "number": line.claim.number, "result": line.result or None, "note": line.note,
                "at": local(line.at),
            }
            for line in lines
        ],
    }  # fmt: skip
