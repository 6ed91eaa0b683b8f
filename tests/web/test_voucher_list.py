"""The bureau's list of vouchers is searched by number and firm and narrowed by links that carry counts; its file follows the filter."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Role
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.base import db
from equipment_share.models.vouchers import Voucher
from tests.builders import a_booking, a_firm, a_programme, an_instrument, an_officer, an_owner
from tests.support.counting import questions
from tests.support.people import signed_in


def some_vouchers(count: int = 3) -> list[Voucher]:
    """Vouchers of as many firms: the first ends in ten days, the second is over and expired, the others are good for long."""
    a_programme()
    at = now()
    start = at.replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=3)
    for _ in range(count):
        a_booking(a_firm(), an_instrument(an_owner()), start, start + timedelta(hours=1), at=at)
    rows = db.session.query(Voucher).order_by(Voucher.id).all()
    for row, days in zip(rows, (10, -5, *(300 for _ in rows)), strict=False):
        row.valid_until = bureau_day(at) + timedelta(days=days)
    rows[1].state = VoucherState.EXPIRED
    db.session.commit()
    return rows


@pytest.fixture
def rows(app: Flask, client: FlaskClient) -> list[Voucher]:
    """Three vouchers, and the clerk is signed in."""
    found = some_vouchers()
    signed_in(client, an_officer(Role.BUREAU_CLERK))
    return found


def numbers(text: str) -> list[str]:
    """The vouchers of a page, in its order."""
    return re.findall(r'<a href="/vouchers/\d+">([^<]+)</a>', text)


def test_a_voucher_is_found_by_its_number_and_by_its_firm(rows: list[Voucher], client: FlaskClient) -> None:
    first, second, third = rows
    by_number = client.get("/bureau/vouchers", query_string={"q": second.number.lower()}).text
    by_firm = client.get("/bureau/vouchers", query_string={"q": third.firm.name}).text
    by_nothing = client.get("/bureau/vouchers?q=%25").text

    assert (numbers(by_number), third.number in numbers(by_firm), numbers(by_nothing)) == ([second.number], True, [])
    assert 'href="/bureau/vouchers?show=all"' in by_nothing
    assert first.number not in numbers(by_number)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", []), ("show=all", [2, 1, 0]), ("show=issued", [2, 0]), ("show=expired", [1]), ("programme=HALF", [2, 1, 0]), ("programme=NONE", []),
        ("ends=soon", [0]), ("ends=later", [2]), ("ends=over", [1]), ("ends=over&show=issued", []),
    ],
)  # fmt: skip
def test_the_list_and_its_file_follow_the_same_filter(rows: list[Voucher], client: FlaskClient, query: str, found: list[int]) -> None:
    page = client.get(f"/bureau/vouchers?{query}").text
    table = client.get(f"/bureau/vouchers.csv?{query}").get_data(as_text=True).splitlines()[1:]

    wanted = [rows[index].number for index in found]
    assert (numbers(page), [line.split(",")[0] for line in table]) == (wanted, wanted)


def test_every_choice_says_how_many_it_would_show(rows: list[Voucher], client: FlaskClient) -> None:
    page = client.get("/bureau/vouchers?show=issued&ends=soon").text
    counts = {
        link: int(number) for link, number in re.findall(r'<a class="chip[^"]*" href="([^"]+)"[^>]*>[^<]*<span class="count">(\d+)<', page)
    }

    assert counts["/bureau/vouchers?show=issued&amp;ends=soon"] == 1
    assert counts["/bureau/vouchers?show=issued&amp;ends=later"] == 1
    assert counts["/bureau/vouchers?show=issued&amp;ends=over"] == 0
    assert 'data-figure="vouchers">1 ' in page


@pytest.mark.parametrize("count", [2, 5])
def test_the_list_takes_the_same_number_of_questions_for_few_and_for_many(app: Flask, client: FlaskClient, count: int) -> None:
    some_vouchers(count)
    signed_in(client, an_officer(Role.BUREAU_CLERK))
    client.get("/bureau/vouchers?show=all")
    db.session.expunge_all()

    with questions() as asked:
        page = client.get("/bureau/vouchers?show=all").text

    assert (len(numbers(page)), len(asked) <= 6) == (count, True), "\n".join(asked)
