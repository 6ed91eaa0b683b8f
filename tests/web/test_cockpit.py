"""The bureau's overview over one lived quarter: what is left, how long it lasts, what was spent and paid month by month."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from equipment_share.adapters.clock import follow
from equipment_share.models.base import db
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.reporting.burning import programme_burn
from equipment_share.services.vouchers.vouchers import revoke_voucher
from tests.api.door import at_instant
from tests.builders import local, yuan
from tests.support.counting import questions
from tests.support.people import signed_in
from tests.support.quarter import a_quarter
from tests.support.reading import figures

MONTH_END = local("2026-09-30 12:00")


@pytest.fixture
def at_the_months_end(app: Flask, tmp_path: Path) -> Iterator[None]:
    """The last noon of the quarter."""
    at_instant(tmp_path, MONTH_END)
    yield
    follow(None)


@pytest.mark.usefixtures("at_the_months_end")
def test_the_overview_tells_what_the_burn_down_tells(app: Flask, client: FlaskClient) -> None:
    people = a_quarter().people
    people["bureau_leader"].language = "en"
    signed_in(client, people["bureau_leader"])

    with questions() as asked:
        page = client.get("/bureau").text

    found = figures(page)
    assert (found["usable"], found["paid"], found["runs-out"]) == ("¥999,200.00", "¥500.00", "Not in sight")
    overview = page[page.index("What is left") :]
    month = re.findall(
        r'<th scope="row">2026-09</th>\s*<td class="n" data-value="([^"]*)">[^<]*</td>\s*<td class="n" data-value="([^"]*)">', page
    )
    assert month[:2] == [("800.00", "500.00"), ("999200.00", "999200.00")]
    ahead = re.findall(r'<th scope="row">2026-12</th>(.*?)</tr>', overview, re.DOTALL)[0]
    assert re.findall(r'data-value="([^"]*)"', ahead) == ["", "998382.22", "996746.66", "998791.11"]
    assert ('href="/me"' in page.partition("<main")[2], 'data-figure="needs"' in page) == (True, False)
    assert len(asked) <= 48, "\n".join(asked)


@pytest.mark.usefixtures("at_the_months_end")
def test_what_was_revoked_is_not_used_and_cannot_be_and_no_forecast_counts_it(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    leader = quarter.people["bureau_leader"]
    leader.language = "en"
    voucher = db.session.scalars(select(Voucher).where(Voucher.firm_id == quarter.people["firm"].organisation_id)).one()
    signed_in(client, leader)
    warned = client.get(f"/vouchers/{voucher.id}").text

    revoke_voucher(voucher.id, reason="left the area", by=leader, at=MONTH_END)

    assert "¥199,400.00, what is free, is booked as revoked. It does not go back to the programme" in " ".join(warned.split())
    overview, budget = client.get("/bureau").text, client.get("/bureau/reports/budget?programme=HALF&period=2026").text
    assert (figures(overview)["usable"], figures(overview)["lost"]) == ("¥799,800.00", "¥199,400.00")
    assert "¥600,000.00 still to issue, ¥199,800.00 live in vouchers" in overview
    assert "¥500.00 of it in 2026" in overview
    assert re.findall(r'data-figure="(to_issue|live_in_vouchers|expired|revoked)">([^<]*)<', budget) == [
        ("to_issue", "¥600,000.00"), ("live_in_vouchers", "¥199,800.00"), ("expired", "¥0.00"), ("revoked", "¥199,400.00"),
    ]  # fmt: skip
    burn = programme_burn("HALF", by=leader, on=MONTH_END.date())
    assert (burn.left, burn.unused.usable, burn.forecast.left) == (yuan("999200"), yuan("799800"), yuan("799800"))


def test_a_file_for_people_is_named_and_headed_in_words_and_one_for_programs_by_its_number(app: Flask, client: FlaskClient) -> None:
    by = a_quarter().people["auditor"]
    by.language = "en"
    signed_in(client, by)

    sheet, csv = (client.get(f"/bureau/reports/budget.{form}?programme=HALF&period=2026-Q3") for form in ("xlsx", "csv"))

    assert "Programme%20budget%20execution.xlsx" in sheet.headers["Content-Disposition"] or (
        "Programme budget execution.xlsx" in sheet.headers["Content-Disposition"]
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheet.data)).get_sheet_by_index(0).to_python()
    assert ["编号", "Half of everything, Q3 2026, Programme budget execution"] in [row[:2] for row in book]
    assert ["未使用：尚可发放", "600,000.00"] in [row[:2] for row in book]
    assert csv.headers["Content-Disposition"] == "attachment; filename=HALF-2026-Q3-budget.csv"
    assert csv.text.splitlines()[1] == "report,number,HALF-2026-Q3-budget"
    assert "to_issue" not in csv.text and "fact,runs_out_on," in csv.text
