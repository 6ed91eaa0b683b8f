"""Use cases of random inspection: draw paid claims, and say what was found about one."""

from __future__ import annotations

from datetime import datetime

from equipment_share.adapters.tokens import fresh_token
from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import AlreadyDecided, Refused, invalid
from equipment_share.domain.periods import Period
from equipment_share.domain.programmes.programmes import terms
from equipment_share.domain.settlement.inspection import drawn, share_drawn
from equipment_share.models.settlement import Inspection, InspectionLine
from equipment_share.queries.inspections import line_locked, paid_claims, was_drawn
from equipment_share.services.transaction import note, transaction, use_case

RESULTS = ("in_order", "faulty")


class NothingPaid(Refused):
    """No claim of this programme and period has been paid: there is nothing to draw from."""

    code = "nothing_paid"


@use_case
def draw_inspection(programme_code: str, period: Period, *, share_bp: int | None = None, by: Actor, at: datetime) -> Inspection:
    """Draw paid claims with a fresh seed, which is kept; as many as the programme says, or more.

    Raises: Forbidden, NothingPaid, AlreadyDecided (the same population was drawn from before).
    """
    require(by, Act.DISPOSE_FINDING)
    with transaction() as session:
        claims = {claim.number: claim for claim in paid_claims(programme_code, period, at)}
        if not claims:
            raise NothingPaid(programme=programme_code, period=str(period))
        if was_drawn(programme_code, period, len(claims)):
            raise AlreadyDecided(state="drawn")

        share = share_drawn(share_bp, (terms(claim.programme.document).sample_bp for claim in claims.values()))
        seed = fresh_token()
        numbers = drawn(seed, claims, share)

        made = Inspection(
            programme_code=programme_code, period_first_on=period.first_on, period_last_on=period.last_on, seed=seed, share_bp=share,
            population=len(claims), by_id=by.id, made_at=at,
        )  # fmt: skip
        session.add(made)
        session.flush()
        session.add_all(InspectionLine(inspection_id=made.id, claim_id=claims[number].id) for number in numbers)
        facts = {"seed": seed, "share_bp": share, "population": len(claims), "drawn": numbers}
        note(session, "inspection.drawn", f"inspection:{made.id}", by=by, at=at, facts=facts)
    return made


@use_case
def record_inspection_result(
    inspection_id: int, line_id: int, *, result: str, note_text: str = "", by: Actor, at: datetime
) -> InspectionLine:
    """Say once what was found about a drawn claim; a fault needs words.

    Raises: Forbidden, NotFound, Invalid, AlreadyDecided.
    """
    require(by, Act.DISPOSE_FINDING)
    if result not in RESULTS:
        raise invalid("not_a_choice", "result")
    if result == "faulty" and not note_text.strip():
        raise invalid("required", "note")
    with transaction() as session:
        line = line_locked(inspection_id, line_id)
        if line.result:
            raise AlreadyDecided(state=line.result)

        line.result, line.by_id, line.at = result, by.id, at
        line.note = note_text.strip()
        facts = {"claim": line.claim.number, "result": result, "note": line.note}
        note(session, "inspection.recorded", f"inspection:{inspection_id}", by=by, at=at, facts=facts)
    return line
