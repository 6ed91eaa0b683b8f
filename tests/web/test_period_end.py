"""The period's end: every period of a programme with its batches, what stops the close and who acts next."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.claims import BatchState
from equipment_share.models.base import db
from equipment_share.services.settlement.batches import open_batch
from tests.support.people import signed_in
from tests.support.quarter import AFTER, a_quarter
from tests.web.test_bank_return import a_sent_batch

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def test_the_leader_sees_each_period_with_its_batches_the_open_checks_and_who_is_next(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    leader = quarter.people["bureau_leader"]
    waiting, _ = open_batch("HALF", Period.parse("2026-Q4"), by=quarter.people["bureau_clerk"], at=AFTER)
    leader.language = "en"
    signed_in(client, leader)

    page = client.get("/bureau/period-end?programme=HALF").text
    rows = [
        " ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0].split("</tr>")
    ]

    assert rows[0] == f"Q4 2026 {waiting.number} Open not paid yet Clerk: Lock the lines ¥0.00"
    assert rows[1] == f"Q3 2026 {quarter.batch.number} Closed — — ¥500.00"
    assert f'href="/bureau/batches/{waiting.id}"' in page


def test_a_quarter_with_uses_and_without_a_batch_is_named(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    clerk = quarter.people["bureau_clerk"]
    clerk.language = "en"
    for claim in quarter.claims[2:]:
        claim.completed_on = Period.parse("2026-Q2").first_on
    signed_in(client, clerk)

    page = client.get("/bureau/period-end?programme=HALF").text

    assert re.search(r"Q2 2026</td>\s*<td[^>]*>no batch yet", page)


def test_what_stops_a_close_is_named_as_on_the_batchs_own_page(app: Flask, client: FlaskClient) -> None:
    batch, hands, _ = a_sent_batch()
    hands.clerk.language = "en"
    batch.state = BatchState.PART_FAILED
    db.session.commit()
    signed_in(client, hands.clerk)

    words = "Lines not paid yet: 2"

    assert words in client.get(f"/bureau/batches/{batch.id}").text
    assert f"{words}</a>" in client.get("/bureau/period-end?programme=HALF").text.split("Q3 2026</td>")[1].split("</tr>")[0]
