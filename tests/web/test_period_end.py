"""The period's end: every period of a programme with its batches, what stops the close and who acts next."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.periods import Period
from equipment_share.services.settlement.batches import open_batch
from tests.support.people import signed_in
from tests.support.quarter import AFTER, a_quarter

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

    assert rows[0] == f"Q4 2026 {waiting.number} Open 1 check open Clerk: Lock the lines ¥0.00"
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
