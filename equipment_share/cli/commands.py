"""The one list of commands."""

from __future__ import annotations

from flask import Flask

from equipment_share.cli import backup, bookings, books, catalogue, demo, house, people, vouchers


def register(app: Flask) -> None:
    """Offer every command."""
    for command in (
        people.organisation, people.user, people.token, catalogue.catalogue, vouchers.voucher, books.settlement, books.report, books.ledger,
        books.audit, house.worker, bookings.booking, bookings.usage, backup.backup, backup.restore, house.prepare, demo.demo,
    ):  # fmt: skip
        app.cli.add_command(command)
