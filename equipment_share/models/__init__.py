"""The tables remember: typed columns and value composites, no questions, no rules longer than a line."""

from equipment_share.models import authorisations, bookings, favourites, instruments, ledger, outbox, people, planning, settlement, vouchers

__all__ = ["authorisations", "bookings", "favourites", "instruments", "ledger", "outbox", "people", "planning", "settlement", "vouchers"]
