"""Which part of the books a report looks at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, true

from equipment_share.domain.ledger import Phase
from equipment_share.domain.periods import Period
from equipment_share.models.bookings import Booking
from equipment_share.models.ledger import LedgerTransfer


@dataclass(frozen=True)
class Scope:
    """Programmes, a period, one party or all; `upto` is the newest transfer that counts, for a report made again."""

    programmes: tuple[str, ...]
    period: Period
    upto: int | None = None
    owner_id: int | None = None
    firm_id: int | None = None

    @property
    def starts_at(self) -> datetime:
        """The first instant inside."""
        return self.period.span.start

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return self.period.span.end

    def until(self, t: type[LedgerTransfer] = LedgerTransfer) -> ColumnElement[bool]:
        """Transfers that count before the period's end, of whatever programme."""
        known = t.id <= self.upto if self.upto is not None else true()
        return and_(t.effective_at < self.ends_at, known)

    def counted(self, t: type[LedgerTransfer] = LedgerTransfer) -> ColumnElement[bool]:
        """Transfers of the programmes that count before the period's end."""
        return and_(t.programme_code.in_(self.programmes), self.until(t))

    def before(self, t: type[LedgerTransfer] = LedgerTransfer) -> ColumnElement[bool]:
        """Transfers of the programmes that count before the period."""
        known = t.id <= self.upto if self.upto is not None else true()
        return and_(t.programme_code.in_(self.programmes), t.effective_at < self.starts_at, known)

    def inside(self, t: type[LedgerTransfer] = LedgerTransfer) -> ColumnElement[bool]:
        """Transfers that count inside the period."""
        return and_(self.counted(t), t.effective_at >= self.starts_at)

    def later(self, t: type[LedgerTransfer] = LedgerTransfer) -> ColumnElement[bool]:
        """Transfers of the programmes that do not count: after the period, or newer than the report."""
        newer = t.id > self.upto if self.upto is not None else false()
        # every phase is named, for the index goes by programme, phase and time
        return and_(t.programme_code.in_(self.programmes), t.phase.in_(list(Phase)), or_(t.effective_at >= self.ends_at, newer))

    def of_party(self) -> ColumnElement[bool]:
        """Bookings of the one party, if there is one."""
        owner = Booking.owner_id == self.owner_id if self.owner_id is not None else true()
        firm = Booking.firm_id == self.firm_id if self.firm_id is not None else true()
        return and_(owner, firm)

    def whole(self) -> Scope:
        """The same for all parties."""
        return replace(self, owner_id=None, firm_id=None)
