"""The database itself refuses what must never be, whoever asks; and it is the named guard that refuses, for without it the same write goes through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from equipment_share.models.base import db
from equipment_share.models.guards import GUARDS
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.usage import record_usage
from tests.builders import NOW, a_booking, a_firm, a_programme, an_account, an_instrument, an_owner, tuesday


@dataclass(frozen=True)
class Harm:
    """A write that must never succeed, and the guard that says no."""

    guard: str
    says: str
    """The name that the refusal carries."""
    sql: str


HELD, CAPTURE, HOLD = "(SELECT max(id) FROM booking)", "phase = 'capture'", "(SELECT max(id) FROM ledger_transfer WHERE phase = 'hold')"
_COPY = "dr_id, cr_id, {amount}, {phase}, {of}, programme_code, booking_id, made_at, effective_at, by_id, reason"
_COLUMNS = "dr_id, cr_id, amount, phase, of_id, programme_code, booking_id, made_at, effective_at, by_id, reason"


def _step(where: str, *, amount: str = "amount", phase: str = "phase", of: str = "of_id") -> str:
    """A new transfer made from one that is there."""
    return f"INSERT INTO ledger_transfer ({_COLUMNS}) SELECT {_COPY.format(amount=amount, phase=phase, of=of)} FROM ledger_transfer WHERE {where}"


def _road(dr: str, cr: str, amount: str = "1", phase: str = "'direct'") -> str:
    return (
        f"INSERT INTO ledger_transfer ({_COLUMNS}) SELECT d.id, c.id, {amount}, {phase}, NULL, 'HALF', NULL, t.made_at, t.made_at, NULL, '' "
        f"FROM ledger_account d, ledger_account c, ledger_transfer t WHERE d.kind = '{dr}' AND c.kind = '{cr}' AND t.id = 1"
    )


HARMS = [
    Harm("booking_no_overlap", "booking_no_overlap", f"UPDATE booking SET unit_id = 1, busy_from = (SELECT busy_from FROM booking WHERE id = 1), "
         f"busy_to = (SELECT busy_to FROM booking WHERE id = 1) WHERE id = {HELD}"),
    *(
        Harm(f"{table}_append_only", f"{table}_append_only", sql)
        for table, change in (
            ("ledger_transfer", "amount = amount + 1"), ("history_step", "reason = 'other'"), ("audit_row", "doc = '{}'"),
            ("usage_record", "samples = 9"), ("price_list", "user_class = 'x'"), ("document", "number = 'x'"),
        )
        for sql in (f"UPDATE {table} SET {change}", f"DELETE FROM {table} WHERE {'seq' if table == 'audit_row' else 'id'} = 1")
    ),
    Harm("ledger_street", "transfer_flow", _road("treasury", "voucher")),
    Harm("ledger_street", "transfer_flow", _road("voucher", "payable")),
    Harm("ledger_street", "transfer_flow", _road("payable", "programme")),
    Harm("ledger_street", "transfer_same_programme", _road("treasury", "programme").replace("'HALF'", "'OTHER'")),
    Harm("ledger_street", "capture_exceeds_hold", _step(f"id = {HOLD}", amount="amount + 1", phase="'capture'", of="id")),
    Harm("ledger_street", "release_is_the_hold", _step(f"id = {HOLD}", amount="amount - 1", phase="'release'", of="id")),
    Harm("ledger_street", "transfer_of_a_hold", _step("id = 1", phase="'release'", of="id").replace("dr_id, cr_id, amount, 'release'", f"(SELECT dr_id FROM ledger_transfer WHERE id = {HOLD}), (SELECT cr_id FROM ledger_transfer WHERE id = {HOLD}), amount, 'release'")),
    Harm("ledger_street", "refund_of_a_capture", _step(CAPTURE, amount="amount + 1", phase="'refund'", of="id").replace("SELECT dr_id, cr_id", "SELECT cr_id, dr_id")),
    Harm("account_moved_by_hand", "account_moved_by_hand", "UPDATE ledger_account SET cr_post = cr_post + 1 WHERE kind = 'voucher'"),
    Harm("account_moved_by_hand", "account_moved_by_hand", "UPDATE ledger_account SET kind = 'paid' WHERE kind = 'payable'"),
    Harm("account_moved_by_hand", "account_moved_by_hand",
         "INSERT INTO ledger_account (kind, key, bounded, dr_pend, dr_post, cr_pend, cr_post, last_transfer_id) VALUES ('voucher', 'x', true, 0, 0, 0, 500, 0)"),
    Harm("programme_published_stays", "programme_published_stays", "UPDATE programme_version SET document = '{}' WHERE state = 'published'"),
    Harm("programme_published_stays", "programme_published_stays", "UPDATE programme_version SET state = 'draft' WHERE state = 'published'"),
    Harm("batch_closed_stays", "batch_closed_stays", "UPDATE batch SET total = 1 WHERE state = 'closed'"),
    Harm("batch_closed_stays", "batch_closed_stays", "DELETE FROM batch WHERE number = 'B2'"),
    *(
        Harm(f"{table}_append_only", f"{table}_append_only", sql)
        for table, change in (("quotation", "valid_until = '2099-01-01'"), ("kept_report", "sha256 = 'x'"))
        for sql in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}")
    ),
    Harm("batch_line_stays", "batch_line_stays", "UPDATE batch_line SET amount = amount + 1"),
    Harm("batch_line_stays", "batch_line_stays", "UPDATE batch_line SET result = 'failed'"),
    Harm("batch_line_stays", "batch_line_stays", "DELETE FROM batch_line"),
    Harm("batch_line_stays", "batch_line_stays",
         "INSERT INTO batch_line (batch_id, line, claim_id, payee_id, amount, result) SELECT batch_id, 2, claim_id, payee_id, 1, '' FROM batch_line"),
    Harm("price_list_no_overlap", "price_list_no_overlap",
         "INSERT INTO price_list (instrument_id, valid_from, user_class, items, made_at, multiplier_bp, vat_bp) "
         "SELECT instrument_id, valid_from, user_class, items, made_at, 10000, 0 FROM price_list WHERE id = 1"),
    Harm("bank_account_by_two", "bank_account_by_two", "UPDATE organisation SET bank_account = '6222000099998888' WHERE bank_account = '6222000011112222'"),
    Harm("bank_account_by_two", "account_change_stays", "UPDATE account_change SET account = '6222000099998888'"),
    Harm("bank_account_by_two", "account_change_stays", "DELETE FROM account_change"),
]  # fmt: skip
ALWAYS = [
    ("no_overspend", _road("voucher", "expired", amount="999999999999")),
    ("resolved_once", _step(CAPTURE)),
    ("amount", _road("treasury", "programme", amount="0")),
    ("amount", _road("treasury", "programme", amount="-5")),
    (
        "two_hands",
        (
            "INSERT INTO account_change (organisation_id, before, account, state, reason, by_id, decided_by_id, made_at) "
            "SELECT organisation_id, account, '6222000099998888', 'confirmed', '', by_id, by_id, made_at FROM account_change"
        ),
    ),
    ("three_numbers", "UPDATE booking SET subsidy = subsidy + 1 WHERE id = 1"),
]
"""Refused by constraints of the tables themselves."""


@pytest.fixture(scope="module")
def world(lasting_app: Flask) -> Callable[[], Connection]:
    """A confirmed use with its capture, a request with its open hold, an expired and an other account, papers, a closed batch."""
    owner, firm = an_owner(), a_firm()
    an_account(owner.organisation_id, "6222000011112222")
    a_programme()
    instrument = an_instrument(owner)
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    record_usage(booking.id, start=tuesday("10:00"), end=tuesday("11:30"), by=owner, at=tuesday("13:00"))
    confirm_usage(booking.id, by=firm, at=tuesday("14:00"))
    a_booking(firm, instrument, tuesday("15:00"), tuesday("16:00"))
    session = db.session
    for sql in (
        (
            "INSERT INTO ledger_account (kind, key, bounded, programme_code, dr_pend, dr_post, cr_pend, cr_post, last_transfer_id) "
            "VALUES ('expired', 'HALF', false, 'HALF', 0, 0, 0, 0, 0)"
        ),
        "INSERT INTO document (booking_id, leg, number, number_key, made_at) SELECT id, 'contract', 'C1', 'c1', made_at FROM booking WHERE id = 1",
        (
            "INSERT INTO batch (number, programme_code, period_first_on, period_last_on, payee, state, total, file_hash, made_at, version) "
            "SELECT 'B1', 'HALF', '2026-01-01', '2026-03-31', 'owner', 'locked', 0, '', made_at, 1 FROM booking WHERE id = 1"
        ),
        (
            "INSERT INTO batch_line (batch_id, line, claim_id, payee_id, amount, result) "
            "SELECT b.id, 1, c.id, c.payee_id, c.amount, '' FROM batch b, claim c"
        ),
        "UPDATE batch_line SET result = 'paid'",
        (
            "INSERT INTO batch (number, programme_code, period_first_on, period_last_on, payee, state, total, file_hash, made_at, version) "
            "SELECT 'B2', 'HALF', '2026-04-01', '2026-06-30', 'owner', 'locked', 0, '', made_at, 1 FROM booking WHERE id = 1"
        ),
        "UPDATE batch SET state = 'closed'",
        (
            "INSERT INTO quotation (number, firm_id, user_id, instrument_id, wish, tariff, user_class, quote, valid_until, made_at) "
            "SELECT 'Q1', firm_id, user_id, instrument_id, '{}', '{}', 'external', '{}', '2026-09-30', made_at FROM booking WHERE id = 1"
        ),
        "INSERT INTO kept_report (key, sha256, content, made_at) SELECT 'k', '', '', made_at FROM booking WHERE id = 1",
    ):
        session.execute(text(sql))
    session.commit()
    return lambda: db.engine.connect().execution_options(sqlite_begin="IMMEDIATE")


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: f"{harm.says}: {harm.sql[:50]}")
def test_a_forbidden_write_is_refused_by_its_guard_and_goes_through_without_it(world: Callable[[], Connection], harm: Harm) -> None:
    guard = next(guard for guard in GUARDS if guard.name == harm.guard)

    with world() as connection, pytest.raises(DatabaseError) as refusal:
        connection.execute(text(harm.sql))
    assert harm.says in str(refusal.value)

    with world() as connection:
        for statement in guard.undo(connection.dialect.name):
            connection.exec_driver_sql(statement)
        touched = connection.execute(text(harm.sql)).rowcount
        connection.rollback()
    assert touched >= 1


@pytest.mark.parametrize(("says", "sql"), ALWAYS)
def test_a_constraint_of_the_table_refuses(world: Callable[[], Connection], says: str, sql: str) -> None:
    with world() as connection, pytest.raises(DatabaseError) as refusal:
        connection.execute(text(sql))

    assert says in str(refusal.value) or (says == "resolved_once" and "ledger_transfer.of_id" in str(refusal.value))


def test_no_guard_is_left_without_a_harm() -> None:
    assert {guard.name for guard in GUARDS} == {harm.guard for harm in HARMS}


@pytest.mark.parametrize("lasting_app", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "table",
    [
        "ledger_transfer",
        "history_step",
        "audit_row",
        "usage_record",
        "price_list",
        "document",
        "ledger_account",
        "quotation",
        "kept_report",
    ],
)
def test_postgresql_refuses_to_empty_a_table_at_once(world: Callable[[], Connection], table: str) -> None:
    with world() as connection, pytest.raises(DatabaseError) as refusal:
        connection.execute(text(f"TRUNCATE {table} CASCADE"))

    assert "append_only" in str(refusal.value) or "moved_by_hand" in str(refusal.value)


@pytest.mark.parametrize("lasting_app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "table", ["ledger_transfer", "history_step", "usage_record", "price_list", "document", "ledger_account", "quotation"]
)
def test_sqlite_refuses_to_replace_a_row_under_its_own_key(world: Callable[[], Connection], table: str) -> None:
    with world() as connection, pytest.raises(DatabaseError) as refusal:
        connection.execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = 1"))

    assert any(name in str(refusal.value) for name in ("append_only", "moved_by_hand", "price_list_no_overlap"))
