"""The tables remember: typed columns and value composites, no questions, no rules longer than a line."""

from equipment_share.models import bookings, instruments, ledger, outbox, people, settlement, vouchers

__all__ = ["bookings", "instruments", "ledger", "outbox", "people", "settlement", "vouchers"]
