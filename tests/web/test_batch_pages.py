"""The batch at its screens: what is signed, what is in no batch yet, what failed, and what the bank answered."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.errors import InvalidTransition
from equipment_share.domain.periods import Period
from equipment_share.queries.reporting.kept import batch_sheet
from equipment_share.services.settlement.batches import lock_batch, open_batch
from equipment_share.services.settlement.claims import approve_claim, check_claim
from tests.builders import yuan
from tests.support.people import signed_in
from tests.support.quarter import AFTER, Quarter, a_quarter

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def the_third_approved(quarter: Quarter) -> None:
    """The claim of 300.00 that the quarter leaves in checking goes on to its approval."""
    check_claim(quarter.claims[2].id, by=quarter.people["bureau_clerk"], at=AFTER)
    approve_claim(quarter.claims[2].id, by=quarter.people["bureau_reviewer"], at=AFTER)


def test_the_sheet_that_is_signed_is_exactly_this_batch(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    clerk = quarter.people["bureau_clerk"]
    the_third_approved(quarter)
    batch, _ = open_batch("HALF", Period.parse("2026"), by=clerk, at=AFTER)
    with pytest.raises(InvalidTransition):
        batch_sheet(batch)
    lock_batch(batch.id, by=clerk, at=AFTER)

    first, second = batch_sheet(quarter.batch), batch_sheet(batch)
    page = signed_in(client, clerk).get(f"/bureau/batches/{batch.id}").text
    paper = client.get(f"/bureau/batches/{batch.id}/sheet.pdf")

    assert (second.head.number, second.facts[0].cell.value, second.in_words, len(second.table("lines").rows)) == (
        batch.number, yuan("300"), yuan("300"), 1,
    )  # fmt: skip
    assert (first.head.number, first.in_words, len(first.table("lines").rows)) == (quarter.batch.number, yuan("500"), 2)
    assert first.re_added and second.re_added
    assert f'href="/bureau/batches/{batch.id}/sheet.pdf"' in page
    assert (paper.status_code, paper.mimetype, paper.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert batch.number in paper.headers["Content-Disposition"]
