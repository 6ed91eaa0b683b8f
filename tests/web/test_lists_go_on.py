"""Long lists of the bureau go on from the last row shown, by the house's one way on."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.access import Role
from equipment_share.domain.money import Money
from equipment_share.domain.settlement.adjustments import AdjustmentKind, AdjustmentState
from equipment_share.models.base import db
from equipment_share.models.ledger import LedgerAccount
from equipment_share.models.settlement import Adjustment, FindingLine, Inspection
from equipment_share.web.settlement import adjustments, books, exceptions, inspections
from tests.builders import NOW, a_programme, an_officer, an_owner
from tests.support.people import signed_in

ON = date(2026, 9, 1)


def _three_of_each() -> None:
    a_programme()
    payee = an_owner().organisation_id
    for number in range(3):
        db.session.add(Inspection(
            programme_code="HALF", period_first_on=ON, period_last_on=ON, seed="s", share_bp=100, population=number, made_at=NOW,
        ))  # fmt: skip
        db.session.add(Adjustment(
            number=f"A-{number}", kind=AdjustmentKind.BONUS, programme_code="HALF", payee_id=payee, amount=Money(1),
            state=AdjustmentState.APPROVED, facts={}, made_at=NOW,
        ))  # fmt: skip
        db.session.add(FindingLine(code="X11", severity="warn", subject=f"price {number}", made_at=NOW))
    db.session.commit()


@pytest.mark.parametrize("page", ["/bureau/inspections/", "/adjustments", "/bureau/exceptions/?severity=warn", "/audit/accounts?all=1"])
def test_a_list_shows_a_page_and_the_way_to_the_rest(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    _three_of_each()
    for module, name in ((adjustments, "A_PAGE"), (inspections, "A_PAGE"), (exceptions, "A_PAGE"), (books, "PAGE")):
        monkeypatch.setattr(module, name, 1)
    signed_in(client, an_officer(Role.AUDITOR))

    seen, address = 0, page
    while address and seen < 9:
        shown = client.get(address)
        assert shown.status_code == 200
        seen += 1
        found = re.search(r'rel="next" href="([^"]+)"', shown.text)
        address = found[1].replace("&amp;", "&") if found else ""

    assert seen == (db.session.query(LedgerAccount).count() if page.startswith("/audit/accounts") else 3)
