"""What is closed: nothing becomes effective in a period whose batch was closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select

from equipment_share.domain.periods import bureau_day, day_over
from equipment_share.domain.settlement.claims import BatchState
from equipment_share.models.base import db
from equipment_share.models.settlement import Batch

_CLOSED = (
    select(Batch.programme_code, func.max(Batch.period_last_on))
    .where(Batch.programme_code.in_(bindparam("codes", expanding=True)), Batch.state == BatchState.CLOSED)
    .group_by(Batch.programme_code)
)


@dataclass(frozen=True)
class Closed:
    """The last day of each programme's last closed period; a programme that has closed nothing is not in it."""

    until: Mapping[str, date]

    def counts_at(self, code: str, wanted: datetime) -> datetime:
        """The instant an entry counts at: the wanted one, or the first instant after what is closed."""
        last = self.until.get(code)
        return wanted if last is None or bureau_day(wanted) > last else day_over(last)

    def counts_on(self, code: str, wanted: date) -> date:
        """The day a claim counts on: the wanted one, or the first day after what is closed."""
        last = self.until.get(code)
        return wanted if last is None or wanted > last else bureau_day(day_over(last))


def closed_of(codes: Collection[str]) -> Closed:
    """What some programmes have closed, in one question; none for none."""
    rows = db.session.execute(_CLOSED, {"codes": sorted(codes)}) if codes else ()
    return Closed({row[0]: row[1] for row in rows})


def counts_at(programme_code: str, wanted: datetime) -> datetime:
    """The instant an entry of one programme counts at."""
    return closed_of([programme_code]).counts_at(programme_code, wanted)


def counts_on_day(programme_code: str, wanted: date) -> date:
    """The day a claim of one programme counts on."""
    return closed_of([programme_code]).counts_on(programme_code, wanted)
