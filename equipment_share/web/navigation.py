"""Which place of the navigation a page belongs to, so that a page below a place still says where one is."""

from __future__ import annotations

from flask import request

BELOW: dict[str, tuple[str, ...]] = {
    "instruments.show": ("instruments.index",), "instruments.usage": ("instruments.index",), "instruments.compare": ("instruments.index",),
    "favourites": ("instruments.index",),
    "bookings": ("bookings.index",), "planning": ("bookings.index",), "quotations": ("bookings.index",),
    "vouchers.show": ("vouchers.wallet", "vouchers.index"),
    "claims": ("claims.index",), "batches": ("batches.index",), "exceptions": ("exceptions.index",), "inspections": ("inspections.index",),
    "desk.new_offer": ("desk.board",),
    "owner": ("owner.index",), "prices": ("owner.index",), "details": ("owner.index",), "exchange": ("owner.index",), "tasks": ("tasks.index",),
    "programmes": ("programmes.index",), "laboratory": ("laboratory.index",), "organisations": ("organisations.index",),
    "reports.reconcile": ("reports.index",), "statements.show": ("reports.index",), "statements.own_show": ("statements.own",),
    "books": ("books.index",), "records": ("reports.audit",), "staff": ("staff.index",), "help.tour": ("help.guide",),
}  # fmt: skip
"""The places that stand for a page or for all pages of a blueprint; which of them a person has, the role says."""


def places_here() -> tuple[str, ...]:
    """The places in the navigation that this page belongs to; none for a page that nobody has."""
    endpoint, blueprint = request.endpoint or "", request.blueprint or ""
    return BELOW.get(endpoint) or BELOW.get(blueprint) or ((endpoint,) if endpoint else ())
