"""Building block: a change is decided, and the old booking gives way to the new one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Actor
from equipment_share.domain.bookings.life import BookingAct, SlotTaken, blocks, next_state
from equipment_share.domain.errors import InvalidTransition
from equipment_share.domain.money import ZERO
from equipment_share.domain.timeslots import Slot
from equipment_share.models.bookings import Booking
from equipment_share.queries.instruments.instruments import free_unit, units_of
from equipment_share.services.bookings.freed import offer_freed
from equipment_share.services.bookings.holds import move_holds
from equipment_share.services.transaction import record


def settle_change(session: Session, new: Booking, old: Booking, *, by: Actor, at: datetime) -> None:
    """The old booking is rescheduled, the new one blocks, and one sum is held in the place of two. The caller holds the units' locks.

    Raises: AlreadyDecided, InvalidTransition when the old one is over or has begun; SlotTaken when no unit is free for the new one.
    """
    before = old.state
    old.state = next_state(before, BookingAct.RESCHEDULE)
    if at >= old.starts_at:
        raise InvalidTransition(state=before.value, act="change")
    freed = Slot(old.busy_from, old.busy_to)
    old.blocking, old.answer_by = blocks(old.state), None
    old.proposed_from = old.proposed_to = None
    session.flush()  # the old one makes room before the new one takes it

    if not new.blocking:
        units = [unit.id for unit in units_of(new.instrument_id)]
        unit_id = free_unit(units, Slot(new.busy_from, new.busy_to), first=new.unit_id)
        if unit_id is None:
            raise SlotTaken()
        new.unit_id, new.blocking = unit_id, True
        session.flush()
    move_holds(session, old, new, by=by, at=at)
    old.charge, old.gross, old.subsidy, old.net = None, ZERO, ZERO, ZERO
    record(session, "booking", old, "rescheduled", by=by, at=at, before=before, facts={"new": new.id, "number": new.number})
    offer_freed(session, old.instrument, freed, not_to=old.firm_id, at=at)
