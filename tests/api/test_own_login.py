"""The application serves PostgreSQL under a login of its own: it can do its work, and can rewrite nothing that was decided (R11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from equipment_share.app import create_app
from equipment_share.models.base import db
from equipment_share.models.grants import BadLogin, grants
from equipment_share.queries.journal import chain_state
from equipment_share.queries.ledger import mismatches
from equipment_share.services.jobs import run_due
from tests.api.conftest import World
from tests.api.test_settlement import HEADER, _sent
from tests.api.test_vouchers import _issued, _published
from tests.builders import NOW, local
from tests.conftest import LOGIN, SECRETS
from tests.support.people import signed_in

on_postgresql = pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)


@pytest.fixture
def app(as_login: str) -> Iterator[Flask]:
    """The application under the login that owns nothing."""
    application = create_app({**SECRETS, "DATABASE_URL": as_login})
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


def _other_slot(world: World, **more: Any) -> dict[str, Any]:
    return world.wish("2026-09-09T10:00:00+08:00", "2026-09-09T12:00:00+08:00", **more)


@on_postgresql
def test_the_whole_story_is_told_without_one_refusal_of_rights(world: World, client: FlaskClient) -> None:
    assert db.session.execute(text("SELECT current_user")).scalar_one() == LOGIN
    batch = _sent(world)
    world.finance.post(batch + "/bank-return", data=HEADER + "1,failed,,,40000\n", content_type="text/csv")
    world.finance.post(batch + "/bank-return", data=HEADER + "1,paid,2026-10-09,R1,40000\n", content_type="text/csv")
    assert world.closer.post(batch + "/close").json["status"] == "closed"
    world.at(NOW)
    _published(world)
    voucher = _issued(world)
    world.clerk.post(voucher + "/freeze", {"reason": "x"})
    world.reviewer.post(voucher + "/unfreeze", {"reason": "x"})
    key = {"Idempotency-Key": "one"}
    first = world.firm.post("/bookings", _other_slot(world, programmes=["ASK", "HALF"]), headers=key)
    assert (world.firm.post("/bookings", _other_slot(world, programmes=["ASK", "HALF"]), headers=key).json, first.status_code) == (
        first.json,
        201,
    )
    waits = world.rival.post("/waiting", _other_slot(world))
    assert waits.status_code in (200, 201)
    assert world.firm.post(f"/bookings/{first.json['id']}/cancel", {"reason": "x"}).status_code == 200
    offered = world.rival.get("/bookings?status=offered").json["items"][0]
    assert world.rival.post(f"/bookings/{offered['id']}/accept-offer").json["status"] == "submitted"
    asked = world.firm.post("/training", {"instrument": world.instrument}).json
    assert world.owner.post(f"/training/{asked['id']}/grant", {"valid_until": "2026-12-31"}).status_code == 200
    changed = world.rival.post(
        f"/bookings/{offered['id']}/change", {"start": "2026-09-10T10:00:00+08:00", "end": "2026-09-10T13:00:00+08:00"}
    )
    assert changed.status_code == 201
    series = {**world.wish("2026-09-14T10:00:00+08:00", "2026-09-14T11:00:00+08:00"), "rrule": "FREQ=WEEKLY;COUNT=3", "take": "free_ones"}
    assert world.firm.post("/series", series).status_code == 201
    world.owner.patch(f"/instruments/{world.instrument}", {"name_en": "SEM"})
    assert signed_in(client, world.people["firm"]).get("/bookings").status_code == 200

    done = run_due(at=local("2027-01-02 03:00"))
    run_due(at=local("2027-01-02 03:00") + timedelta(days=1))

    assert done["vouchers that are over"] >= 2
    assert done["requests that nobody answered"] >= 1
    assert mismatches() == []
    assert chain_state().broken_at is None


_LAST = "(SELECT max(id) FROM ledger_transfer)"
FORBIDDEN = [
    "UPDATE ledger_transfer SET amount = amount + 1",
    "UPDATE ledger_transfer SET reason = 'x'",
    "DELETE FROM ledger_transfer",
    "TRUNCATE ledger_transfer CASCADE",
    "UPDATE ledger_account SET cr_post = cr_post + 1",
    f"UPDATE ledger_account SET cr_post = cr_post + 1, last_transfer_id = {_LAST}",
    "UPDATE ledger_account SET organisation_id = 1",
    "DELETE FROM ledger_account",
    "TRUNCATE ledger_account CASCADE",
    "INSERT INTO ledger_account (kind, key, bounded, dr_pend, dr_post, cr_pend, cr_post, last_transfer_id) VALUES ('voucher', 'x', true, 0, 0, 0, 500, 0)",
    "ALTER TABLE ledger_transfer DISABLE TRIGGER ALL",
    "ALTER TABLE ledger_account DISABLE TRIGGER account_moved_by_hand_rows",
    "DROP TRIGGER ledger_street_check ON ledger_transfer",
    "ALTER TABLE ledger_account DROP CONSTRAINT ck_ledger_account_no_overspend",
    "DROP TABLE ledger_transfer CASCADE",
    "DROP INDEX uq_ledger_transfer_resolved_once",
    "SET session_replication_role = 'replica'",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION public.ledger_street_check() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "ALTER FUNCTION public.ledger_street_move() OWNER TO CURRENT_USER",
    "CREATE TABLE public.mine (id int)",
    "CREATE TEMPORARY TABLE mine (id int)",
    "ALTER TABLE booking ADD COLUMN mine int",
    "UPDATE programme_version SET number = number + 1",
    "UPDATE batch SET payee = 'firm'",
    "DELETE FROM batch",
    "UPDATE batch_line SET amount = amount + 1",
    "DELETE FROM batch_line",
    "UPDATE claim SET payee_id = 1",
    "DELETE FROM claim",
    "UPDATE price_list SET items = '[]'",
    "DELETE FROM price_list",
    "UPDATE audit_row SET doc = '{}'",
    "DELETE FROM audit_row",
    "DELETE FROM audit_head",
    "UPDATE history_step SET reason = 'x'",
    "DELETE FROM booking",
    "UPDATE booking SET firm_id = 1",
    "UPDATE usage_record SET samples = 9",
    "DELETE FROM document",
    "UPDATE kept_report SET sha256 = 'x'",
    "DELETE FROM kept_answer",
    "UPDATE alembic_version SET version_num = 'x'",
    "CREATE ROLE mine",
    "ALTER TABLE ledger_transfer OWNER TO CURRENT_USER",
    "REASSIGN OWNED BY postgres TO CURRENT_USER",
]


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_the_login_can_rewrite_nothing(granted: str, sql: str) -> None:
    engine = create_engine(granted)
    with engine.connect() as connection, pytest.raises(DatabaseError) as refusal:
        connection.execute(text(sql))
    engine.dispose()

    state = refusal.value.orig.sqlstate
    assert state in ("42501", "23514"), str(refusal.value)


@pytest.fixture(scope="module")
def granted(postgres: str, templates: dict[str, str]) -> str:
    """The address of an empty database for the login; every refusal of rights comes before a row is looked at."""
    return templates["postgresql"].replace("//postgres@", f"//{LOGIN}@")


@on_postgresql
def test_a_guard_still_refuses_where_the_login_may_write(world: World, as_login: str) -> None:
    batch = _sent(world)
    world.finance.post(batch + "/bank-return", data=HEADER + "1,paid,2026-10-09,R1,40000\n", content_type="text/csv")
    assert world.closer.post(batch + "/close").json["status"] == "closed"
    engine = create_engine(as_login)
    for sql, says in (
        ("UPDATE batch SET total = 1 WHERE state = 'closed'", "batch_closed_stays"),
        ("UPDATE programme_version SET document = '{}'", "programme_published_stays"),
        ("UPDATE batch_line SET result = 'failed'", "batch_line_stays"),
        ("UPDATE ledger_account SET id = id + 1000", "account_moved_by_hand"),
    ):
        with engine.connect() as connection, pytest.raises(DatabaseError) as refusal:
            connection.execute(text(sql))
        assert says in str(refusal.value)
    engine.dispose()


@on_postgresql
def test_only_a_plain_name_is_a_login(app: Flask) -> None:
    for name in ("", "Pool", "pool app", "pool;DROP", '"pool"', "1pool"):
        with pytest.raises(BadLogin):
            grants(name, "pool")

    said = app.test_cli_runner().invoke(args=["ledger", "grants", LOGIN])

    assert said.exit_code == 0
    assert f"GRANT UPDATE (id) ON ledger_account TO {LOGIN};" in said.output
    assert app.test_cli_runner().invoke(args=["ledger", "grants", "pool;x"]).exit_code == 2
