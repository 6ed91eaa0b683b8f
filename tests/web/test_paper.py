"""What only paper carries stands in the page: authority and number, the amount in capitals, the lines to sign on."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.money import Money
from equipment_share.models.base import db
from equipment_share.models.settlement import Batch
from tests.support.people import signed_in
from tests.web.world import a_world

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def test_a_batch_and_a_report_print_with_number_capitals_and_four_signatures(app: Flask, client: FlaskClient) -> None:
    world = a_world(app)
    batch = db.session.get_one(Batch, world.values["batch_id"])
    batch.total = Money(123_405)
    number = batch.number
    db.session.commit()
    signed_in(client, world.people["bureau_clerk"])

    page = client.get(f"/bureau/batches/{world.values['batch_id']}").get_data(as_text=True)
    report = client.get("/bureau/reports/reconciliation?programme=HALF&period=2026-Q3").get_data(as_text=True)

    assert f"<span>{number}</span>" in page
    assert 'data-figure="capitals">壹仟贰佰叁拾肆元零伍分</strong>' in page
    assert 'data-figure="capitals">零元整</strong>' in report
    assert [text.split('<div class="signatures">')[1].split("</div>")[0].count("<span>") for text in (page, report)] == [4, 4]
