"""The tables remember: typed columns and value composites, no questions, no rules longer than a line."""

from equipment_share.models import (
    authorisations,
    bank_accounts,
    bookings,
    favourites,
    instruments,
    ledger,
    outbox,
    people,
    planning,
    settlement,
    tasks,
    vouchers,
)

__all__ = [
    "authorisations", "bank_accounts", "bookings", "favourites", "instruments", "ledger", "outbox", "people", "planning", "settlement", "tasks", "vouchers",
]  # fmt: skip
