"""Building block: the reports of a closed batch are kept with their hash, and can be made again to the byte."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from equipment_share.domain.errors import NotFound
from equipment_share.models.ledger_guards import CLOSING
from equipment_share.models.settlement import Batch, KeptReport
from equipment_share.queries.reporting.kept import Facts, facts_of, kept_facts, kept_report
from equipment_share.services.settlement.rendering import rendered

KEPT = (
    "payment_list.csv", "payment_list.xlsx", "payment_list.pdf", "budget.csv", "funnel.csv", "adjustments.csv", "savings.csv",
)  # fmt: skip
"""Report 1 in all forms; the programme's reports 4, 5, 7 and 10 of the period for machines."""


def keep_reports(session: Session, batch: Batch, *, at: datetime) -> list[KeptReport]:
    """Write the reports of a batch that is being closed; call it last, in the transaction that closes."""
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({CLOSING})"))  # no step with a lower number may still come
    facts = facts_of(batch)
    contents = {"facts.json": facts.content()} | {file: _made(facts, file) for file in KEPT}
    kept = [
        KeptReport(
            key=f"batch:{batch.id}:{file}", batch_id=batch.id, sha256=hashlib.sha256(content).hexdigest(), content=content, made_at=at
        )
        for file, content in contents.items()
    ]
    session.add_all(kept)
    return kept


def _made(facts: Facts, file: str) -> bytes:
    name, _, form = file.rpartition(".")
    return rendered(kept_report(facts, name), form)


def remade(kept: KeptReport) -> bytes:
    """The same report made again: out of the kept rows and of the ledger, as far as it went when the batch was closed.

    Raises: NotFound when the rows were not kept.
    """
    facts = kept_facts(kept.batch_id or 0)
    if facts is None:
        raise NotFound(report=kept.key)
    file = kept.key.rsplit(":", 1)[1]
    return facts.content() if file == "facts.json" else _made(facts, file)


def is_whole(kept: KeptReport) -> bool:
    """Whether the kept bytes have their hash, and the report made again is those bytes."""
    return hashlib.sha256(kept.content).hexdigest() == kept.sha256 and remade(kept) == kept.content
