"""Which minutes of a use are charged: those that were booked, those that were used, or both. Pure."""

from __future__ import annotations

from datetime import timedelta

from equipment_share.domain.timeslots import Slot


def charged_minutes(basis: str, booked: Slot, used: Slot) -> int:
    """The minutes a charge counts (`contract.md` §2a `charge_basis`).

    Units: elapsed whole minutes.
    Rounding: both ends cut to the minute, at least 1.
    Raises: nothing.
    Source: docs/rules.md#charge-basis (acceptance 22)
    """
    if basis == "reserved":
        return booked.minutes
    if basis == "reserved_plus_overrun" and used.end > booked.end:
        return booked.minutes + Slot(booked.end, used.end).minutes
    return booked.minutes if basis == "reserved_plus_overrun" else used.minutes


def charged_time(basis: str, booked: Slot, used: Slot) -> Slot:
    """When the charged minutes lie, which decides their price band: from the start of the use, or of the booking.

    Units: a slot of `charged_minutes`.
    Rounding: the start is cut to the minute.
    Raises: nothing.
    Source: docs/rules.md#charge-basis (acceptance 22, 25)
    """
    start = (used if basis == "used" else booked).start.replace(second=0, microsecond=0)
    return Slot(start, start + timedelta(minutes=charged_minutes(basis, booked, used)))
