"""What is closed: nothing becomes effective in a period whose batch was closed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select

from equipment_share.domain.periods import bureau_day, day_over
from equipment_share.domain.settlement.claims import BatchState
from equipment_share.models.base import db
from equipment_share.models.settlement import Batch


def closed_until(programme_code: str) -> date | None:
    """The last day of a programme's last closed period; None when nothing is closed."""
    query = select(func.max(Batch.period_last_on)).where(Batch.programme_code == programme_code, Batch.state == BatchState.CLOSED)
    return db.session.scalar(query)


def counts_at(programme_code: str, wanted: datetime) -> datetime:
    """The instant an entry counts at: the wanted one, or the first instant after what is closed."""
    last = closed_until(programme_code)
    return wanted if last is None or bureau_day(wanted) > last else day_over(last)


def counts_on_day(programme_code: str, wanted: date) -> date:
    """The day a claim counts on: the wanted one, or the first day after what is closed."""
    last = closed_until(programme_code)
    return wanted if last is None or wanted > last else bureau_day(day_over(last))
