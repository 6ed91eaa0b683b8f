"""Use case: what is approved and in no batch is gathered."""

from __future__ import annotations

from datetime import datetime

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import Conflict
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.claims import BatchState
from equipment_share.models.settlement import Batch
from equipment_share.queries.adjustments import adjustments_to_batch
from equipment_share.queries.settlement import claims_to_batch, live_batch
from equipment_share.services.settlement.batches import EmptyBatch, new_batch, payee_side
from equipment_share.services.transaction import transaction, use_case


class BatchNotClosed(Conflict):
    """There is one batch of a programme, period and payee side at a time, and it is on its way."""

    code = "batch_not_closed"


@use_case
def gather_batch(programme_code: str, period: Period, payee: str | None = None, *, by: Actor, at: datetime) -> Batch:
    """The open batch of what waits; none is made where nothing waits, or where another has to be closed first.

    Raises: Forbidden, Invalid, EmptyBatch, BatchNotClosed.
    """
    require(by, Act.LOCK_BATCH)
    with transaction() as session:
        side = payee_side(programme_code, payee)
        found = live_batch(programme_code, period, side)
        if found is not None and found.state is not BatchState.OPEN:
            raise BatchNotClosed(number=found.number)
        if found is not None:
            return found
        if not claims_to_batch(programme_code, period, side) and not adjustments_to_batch(programme_code, side):
            raise EmptyBatch()

        return new_batch(session, programme_code, period, side, by=by, at=at)
