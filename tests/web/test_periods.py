"""A period is chosen out of lists, those with figures first; any other stands behind a fold, and what is wrong beside the field."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.models.people import User
from tests.builders import a_firm
from tests.support.people import signed_in
from tests.support.quarter import Quarter, a_quarter
from tests.support.reading import figures

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@pytest.fixture
def quarter(app: Flask, client: FlaskClient) -> Quarter:
    made = a_quarter()
    as_reader(client, made.people["bureau_clerk"])
    return made


def as_reader(client: FlaskClient, person: User) -> None:
    """Signed in, reading English."""
    person.language = "en"
    signed_in(client, person)


def choices(page: str, group: str) -> list[str]:
    """The periods that one group of the field offers."""
    return re.findall(r'<option value="([^"]*)"', page.split(f'<optgroup label="{group}">')[1].split("</optgroup>", maxsplit=1)[0])


def chosen(page: str, name: str = "period") -> list[str]:
    """What stands chosen in a field."""
    return re.findall(r'<option value="([^"]*)" selected', page.split(f'<select id="{name}"')[1].split("</select>", maxsplit=1)[0])


def test_every_page_with_a_period_offers_those_with_figures(client: FlaskClient, quarter: Quarter) -> None:
    reports = [f"/bureau/reports{rest}" for rest in ("", "/budget", "/reconciliation")]
    for path in (*reports, "/bureau/owners", "/bureau/period-end", "/bureau/laboratory/", "/publicity"):
        page = client.get(path).text

        assert (choices(page, "Years"), choices(page, "Quarters"), choices(page, "Months")) == (["2026"], ["2026-Q3"], ["2026-09"]), path
        assert '<input name="period"' not in page


def test_a_firm_is_offered_the_periods_of_its_own_uses_alone(client: FlaskClient, quarter: Quarter) -> None:
    as_reader(client, quarter.people["firm"])
    assert choices(client.get("/statements").text, "Months") == ["2026-09"]

    as_reader(client, a_firm())
    assert '<optgroup label="Months">' not in client.get("/statements").text


def test_two_days_win_over_the_list_and_stay_chosen(client: FlaskClient, quarter: Quarter) -> None:
    page = client.get("/bureau/reports/savings?programme=HALF&period=2026-Q3&from=2026-09-01&until=2026-09-07").text

    assert chosen(page) == ["2026-09-01..2026-09-07"]
    assert figures(page)["nothing"].startswith("Nothing in 2026-09-01 to 2026-09-07.")


def test_a_bad_period_is_told_beside_the_field_and_what_was_typed_stays(client: FlaskClient, quarter: Quarter) -> None:
    two = "A first and a last day are needed"
    wrong = {"period=autumn": "“autumn” is no period.", "from=2026-09-09&until=2026-09-01": two, "period=2026&from=2026-09-09&until=": two}
    for path in ("/bureau/reports/budget", "/bureau/reports", "/publicity", "/bureau/owners"):
        for query, words in wrong.items():
            answer = client.get(f"{path}?programme=HALF&{query}")

            assert answer.status_code == 422
            assert words in answer.text.split('id="period-error"')[1][:120]
            assert "from=" not in query or 'name="from" value="2026-09-09"' in answer.text


def test_a_programme_is_chosen_by_its_name_and_all_only_where_the_report_can(client: FlaskClient, quarter: Quarter) -> None:
    savings, budget = (client.get(f"/bureau/reports/{name}?programme=HALF&period=2026-Q3").text for name in ("savings", "budget"))
    field = '<select id="programme"'

    assert (chosen(savings, "programme"), chosen(budget, "programme")) == (["HALF"], ["HALF"])
    assert 'value="all"' in savings.split(field)[1].split("</select>")[0]
    assert 'value="all"' not in budget.split(field)[1].split("</select>")[0]


def test_with_all_programmes_chosen_a_report_of_one_is_offered_by_programme(client: FlaskClient, quarter: Quarter) -> None:
    index = client.get("/bureau/reports?programme=all&period=2026-Q3").text

    assert "/bureau/reports/savings?programme=all&amp;period=2026-Q3" in index
    assert "/bureau/reports/budget?programme=all" not in index
    assert "/bureau/reports/budget?programme=HALF&amp;period=2026-Q3" in index

    refused = client.get("/bureau/reports/budget?programme=all&period=2026-Q3")
    assert refused.status_code == 422
    assert "one programme at a time" in refused.text.split('id="programme-error"')[1][:100]
    assert client.get("/bureau/reports/reconciliation?programme=all&period=2026-Q3").status_code == 422


def test_a_report_without_figures_names_the_periods_that_have_some(client: FlaskClient, quarter: Quarter) -> None:
    for name in ("payment_list", "savings", "owner_statement", "reconciliation"):
        page = client.get(f"/bureau/reports/{name}?programme=HALF&period=2026-Q1").text
        there = page.split('data-figure="nothing"')[1].split("</div>")[0]

        assert "Nothing in Q1 2026." in there
        assert re.search(rf"/bureau/reports/{name}\?(programme=HALF&amp;period=2026-Q3|period=2026-Q3&amp;programme=HALF)", there)
        assert 'data-figure="nothing"' not in client.get(f"/bureau/reports/{name}?programme=HALF&period=2026-Q3").text


def test_each_report_says_what_it_goes_by(client: FlaskClient, quarter: Quarter) -> None:
    page = client.get("/bureau/reports/payment_list?programme=HALF&period=2026-Q3").text

    assert "not by the day of payment" in page
    assert "by day of use" in client.get("/bureau/reports/budget?programme=HALF&period=2026-Q3").text


def test_on_a_phone_every_figure_of_a_report_stands_beside_its_name(client: FlaskClient, quarter: Quarter) -> None:
    for name in ("payment_list", "owner_statement", "reconciliation"):
        page = client.get(f"/bureau/reports/{name}?programme=HALF&period=2026-Q3").text
        body = page.split('<table class="report stack">')[1].split("</tbody>", maxsplit=1)[0]

        cells = re.findall(r"<td[^>]*>", body)
        assert cells and all("data-label=" in cell for cell in cells), name


def test_what_the_firm_pays_is_said_to_the_firm_as_you_and_to_the_bureau_as_the_firm(client: FlaskClient, quarter: Quarter) -> None:
    claim, booking = client.get(f"/claims/{quarter.claims[0].id}").text, f"/bookings/{quarter.bookings[0].id}"
    seen = client.get(booking).text
    as_reader(client, quarter.people["firm"])

    assert "<dt>You pay</dt>" not in claim + seen
    assert "<dt>Firm pays</dt>" in claim + seen
    assert "<dt>You pay</dt>" in client.get(booking).text
