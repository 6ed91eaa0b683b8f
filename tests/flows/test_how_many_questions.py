"""How many statements a page or an act takes: stated, and the same whether few or many rows are there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Connection

from equipment_share.domain.access import Role
from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import User
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.usage import record_usage
from tests.builders import NOW, a_booking, a_firm, a_programme, an_instrument, an_owner, tuesday
from tests.support.counting import questions
from tests.support.people import signed_in

PAGES = {"/": 10, "/instruments": 8, "/instruments?q=%E7%94%B5%E9%95%9C": 8, "/instruments/{id}": 18, "/instruments/{id}/usage": 8, "/calendar": 8, "/statistics": 8,
         "/compare?i={id}": 8}  # fmt: skip
"""The most statements a visitor's page may take."""
ACTS = {"request": 26, "approve": 14, "usage": 16, "confirm": 24}
"""The most statements of one booking's life, the transaction, the audit chain and the letters included."""


def _a_pool(count: int) -> tuple[User, User, list[Instrument]]:
    owner, firm = an_owner(), a_firm()
    a_programme()
    instruments = [an_instrument(owner) for _ in range(count)]
    for instrument in instruments:
        a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    return owner, firm, instruments


def _ready(*rows: object) -> None:
    """Load what a door has loaded before the act begins."""
    for row in rows:
        db.session.refresh(row)


@pytest.mark.parametrize("rows", [2, 15])
@pytest.mark.parametrize("path", PAGES)
def test_a_visitors_page_takes_no_more_questions_when_there_are_more_rows(app: Flask, client: FlaskClient, rows: int, path: str) -> None:
    _, _, instruments = _a_pool(rows)
    target = path.format(id=instruments[0].id)

    with questions() as asked:
        answer = client.get(target)

    assert answer.status_code == 200
    assert 0 < len(asked) <= PAGES[path], "\n".join(asked)


@pytest.mark.parametrize("rows", [2, 15])
def test_the_desk_and_the_lists_take_the_same_number_of_questions_for_two_rows_and_for_fifteen(
    app: Flask, client: FlaskClient, rows: int
) -> None:
    owner, firm, instruments = _a_pool(rows)
    assert (owner.role, firm.role) == (Role.OWNER_ADMIN, Role.FIRM_ADMIN)
    counts = {}
    form = f"/instruments/{instruments[0].id}/book"

    for person, paths in ((owner, ("/desk/", "/desk/instruments/")), (firm, ("/bookings", "/wallet", form, "/bookings/1"))):
        signed_in(client, person)
        for path in paths:
            with questions() as asked:
                answer = client.get(path)
            assert answer.status_code == 200, path
            counts[path] = len(asked)

    most = {"/desk/": 13, "/desk/instruments/": 8, "/bookings": 8, "/wallet": 12, form: 30, "/bookings/1": 20}
    assert all(counts[path] <= limit for path, limit in most.items()), counts


def test_each_act_of_a_booking_takes_a_stated_number_of_statements(app: Flask) -> None:
    owner, firm, (instrument, *_) = _a_pool(2)
    counts = {}
    _ready(firm, firm.organisation, owner, owner.organisation, instrument)

    with questions() as asked:
        booking = a_booking(firm, instrument, tuesday("13:00"), tuesday("15:00"))
    counts["request"] = len(asked)
    with questions() as asked:
        approve_booking(booking.id, by=owner, at=NOW)
    counts["approve"] = len(asked)
    start, end = tuesday("13:00"), tuesday("14:30")
    with questions() as asked:
        record_usage(booking.id, start=start, end=end, by=owner, at=end + timedelta(hours=1))
    counts["usage"] = len(asked)
    with questions() as asked:
        confirm_usage(booking.id, by=firm, at=end + timedelta(hours=2))
    counts["confirm"] = len(asked)

    assert all(0 < counts[act] <= ACTS[act] for act in ACTS), counts


def test_a_request_reads_no_more_bookings_than_it_must(app: Flask) -> None:
    """SQLite answers what is taken and what is drawn by an index, so that a pool with many years of bookings is no slower."""
    _, firm, (instrument, *_) = _a_pool(2)
    plans: list[str] = []

    def _look(conn: Connection, _cursor: object, statement: str, parameters: tuple[object, ...], _context: object, many: bool) -> None:
        if statement.startswith("SELECT") and not many and conn.dialect.name == "sqlite":
            cursor = conn.connection.cursor()
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(f"{row[3]} in {statement}" for row in cursor.fetchall())

    event.listen(db.engine, "before_cursor_execute", _look)
    try:
        a_booking(firm, instrument, tuesday("14:00"), tuesday("15:00"))
    finally:
        event.remove(db.engine, "before_cursor_execute", _look)

    assert any("ix_booking_unit_busy" in plan for plan in plans)
    assert [plan for plan in plans if plan.startswith(("SCAN booking", "SCAN voucher_use", "SCAN promise"))] == []
