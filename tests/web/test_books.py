"""The pages of the books: one time for one entry, accounts by name, what stands still, and a voucher's journal in order."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from equipment_share.models.base import db
from equipment_share.models.ledger import LedgerTransfer
from equipment_share.models.vouchers import Voucher
from equipment_share.web.filters import local
from tests.support.people import signed_in
from tests.support.quarter import Quarter, a_quarter


def _quarter(client: FlaskClient, who: str = "auditor") -> Quarter:
    quarter = a_quarter()
    signed_in(client, quarter.people[who])
    return quarter


def _row(page: str, sign: str) -> str:
    """The row or step of a page that a sign stands in."""
    return next(part for part in re.split(r"<tr|<li", page) if sign in part and "<time" in part)


def test_one_entry_has_the_same_two_times_on_every_page(app: Flask, client: FlaskClient) -> None:
    _quarter(client)
    late = db.session.query(LedgerTransfer).filter(LedgerTransfer.made_at != LedgerTransfer.effective_at).first()
    assert late is not None
    voucher = db.session.query(Voucher).filter_by(account_id=late.dr_id).one()
    times = [local(late.made_at), local(late.effective_at)]
    sign = f"/audit/follow/{late.id}"

    for path in (
        "/audit",
        f"/audit/accounts/{late.dr_id}?on=2026-12-31",
        f"/audit/accounts/{late.cr_id}?on=2026-12-31",
        sign,
        f"/vouchers/{voucher.id}",
    ):
        row = _row(client.get(path).text, sign + '"')
        assert [time for time in times if time in row] == times, path
