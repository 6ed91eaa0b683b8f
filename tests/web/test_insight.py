"""The owner's insight and money over one lived quarter: the figures of the page, of its files, and of nobody else."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from equipment_share.models.people import User
from tests.support.counting import questions
from tests.support.people import signed_in
from tests.support.quarter import a_quarter
from tests.support.reading import figures


def rows_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    """A downloaded table."""
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def as_owner(client: FlaskClient, people: dict[str, User], name: str = "owner") -> Any:
    """Signed in, reading English."""
    people[name].language = "en"
    return signed_in(client, people[name])


def test_insight_shows_the_scorecard_the_instruments_and_the_months(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    as_owner(client, quarter.people)

    page = client.get("/desk/insight?period=2026-Q3").text
    instruments, months = (rows_of(client, f"/desk/insight/{name}.csv?period=2026-Q3") for name in ("instruments", "months"))

    assert {name: figures(page)[name] for name in ("score", "utilisation", "sharing", "no-shows")} == {
        "score": "0.71 %", "utilisation": "0.62 %", "sharing": "100 %", "no-shows": "0",
    }  # fmt: skip
    assert (page.count('data-chart="'), page.count('data-no-shows="0"')) == (4, 1)  # nothing to draw is said, not drawn
    assert "Income ¥1,000.00, of which vouchers bear ¥500.00" in page
    assert page.count('data-unit="%"') == 2 and page.count('class="state g-') == 1
    assert [(row["effective_minutes"], row["external_minutes"], row["sharing_bp"]) for row in instruments] == [("150", "150", "10000")]
    assert [(row["month"], row["uses"], row["gross_fen"], row["voucher_fen"], row["net_fen"]) for row in months] == [
        ("2026-07", "0", "0", "0", "0"), ("2026-08", "0", "0", "0", "0"), ("2026-09", "2", "100000", "50000", "50000"),
    ]  # fmt: skip


def test_money_shows_what_came_in_and_what_was_paid(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()

    as_owner(client, quarter.people)
    paid = figures(client.get("/desk/money?period=2026-Q3").text)
    as_owner(client, quarter.people, "other")
    checking = figures(client.get("/desk/money?period=2026-Q3").text)
    file = rows_of(client, "/desk/money.csv?period=2026-09")

    assert (paid["gross"], paid["subsidy"], paid["checking"], paid["paid"]) == ("¥1,000.00", "¥500.00", "¥0.00", "¥500.00")
    assert (checking["gross"], checking["checking"], checking["paid"]) == ("¥600.00", "¥300.00", "¥0.00")
    assert [(row["gross_fen"], row["checking_fen"], row["paid_fen"]) for row in file] == [("60000", "30000", "0")]


def test_a_period_that_is_none_is_said_and_the_last_twelve_months_are_shown(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    as_owner(client, quarter.people)

    with questions() as asked:
        answer = client.get("/desk/insight?period=yesterday")

    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert 0 < len(asked) <= 22, "\n".join(asked)
