"""How people and organisations get in and out at the browser's door: register, invite, end, give back."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from equipment_share.models.base import db
from equipment_share.models.people import Organisation

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)

NEW_FIRM = {
    "kind": "firm", "code": "91330481MA2000002Q", "name": "海宁新厂", "person": "陈", "email": "new@firm.example", "phone": "0573",
    "password": "Haining-2026-new",
}  # fmt: skip


def test_nobody_registers_without_having_read_what_is_kept(client: FlaskClient) -> None:
    unread = client.post("/register", data=NEW_FIRM)
    page = unread.get_data(as_text=True)

    assert (unread.status_code, db.session.query(Organisation).count()) == (422, 0)
    assert 'id="agreed-error"' in page and "海宁新厂" in page

    read = client.post("/register", data={**NEW_FIRM, "agreed": "y"})
    assert (read.status_code, read.headers["Location"], db.session.query(Organisation).count()) == (302, "/sign-in", 1)
