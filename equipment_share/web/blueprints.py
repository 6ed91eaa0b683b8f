"""The one list of what is open to browsers."""

from __future__ import annotations

from flask import Flask

from equipment_share.adapters.passwords import use_profile
from equipment_share.web import compression, extensions, filters, security
from equipment_share.web.administration import administration
from equipment_share.web.bookings.desk import desk
from equipment_share.web.bookings.inbox import inbox_count
from equipment_share.web.bookings.kiosk import kiosk
from equipment_share.web.bookings.quotations import quotations
from equipment_share.web.bookings.rating import rating
from equipment_share.web.bookings.series import planning
from equipment_share.web.bookings.views import bookings
from equipment_share.web.bureau.views import bureau
from equipment_share.web.errors import errors
from equipment_share.web.help import help_pages
from equipment_share.web.house import house
from equipment_share.web.instruments.catalogue import favourites
from equipment_share.web.instruments.details import details
from equipment_share.web.instruments.effects import effects
from equipment_share.web.instruments.exchange import exchange
from equipment_share.web.instruments.owner import owner
from equipment_share.web.instruments.prices import prices
from equipment_share.web.instruments.training import training
from equipment_share.web.instruments.upkeep import upkeep
from equipment_share.web.instruments.views import instruments
from equipment_share.web.metrics import metrics, watch
from equipment_share.web.pages import pages
from equipment_share.web.people.bank_accounts import bank_accounts
from equipment_share.web.people.organisations import organisations
from equipment_share.web.people.proofs import proofs
from equipment_share.web.people.staff import staff
from equipment_share.web.people.team import team
from equipment_share.web.people.views import people
from equipment_share.web.settlement.adjustments import adjustments
from equipment_share.web.settlement.batch_files import batch_files
from equipment_share.web.settlement.batches import batches
from equipment_share.web.settlement.books import books
from equipment_share.web.settlement.claims import claims
from equipment_share.web.settlement.exceptions import exceptions
from equipment_share.web.settlement.insight import insight
from equipment_share.web.settlement.inspections import inspections
from equipment_share.web.settlement.records import records
from equipment_share.web.settlement.reports import reports
from equipment_share.web.settlement.statements import statements
from equipment_share.web.statistics import statistics
from equipment_share.web.styleguide import styleguide
from equipment_share.web.tasks import tasks
from equipment_share.web.vouchers.care import care
from equipment_share.web.vouchers.laboratory import laboratory
from equipment_share.web.vouchers.programmes import programmes
from equipment_share.web.vouchers.views import vouchers

OPEN = (
    errors, pages, help_pages, metrics, people, team, staff, organisations, bank_accounts, proofs, administration, instruments, exchange, training,
    upkeep, owner, details, prices, bookings, planning, quotations, kiosk, desk, care, vouchers, programmes, laboratory, claims, adjustments,
    batches, batch_files, exceptions, inspections, records, reports, statements, books, rating, favourites, statistics, insight, bureau, tasks,
    styleguide, house, effects,
)  # fmt: skip


def register(app: Flask) -> None:
    """Wire the extensions and open every page."""
    use_profile(str(app.config.get("HASHING", "dear")))
    security.wire(app)
    compression.wire(app)
    extensions.wire(app)
    filters.wire(app)
    app.jinja_env.globals["inbox_count"] = inbox_count
    watch(app)
    for blueprint in OPEN:
        app.register_blueprint(blueprint)
