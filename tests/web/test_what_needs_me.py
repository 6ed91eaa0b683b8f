"""The first page of every role: what waits for this very person, the nearest deadline first, and the one way to do it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.access import Role
from equipment_share.domain.money import Money
from equipment_share.domain.needs import Need, NeedKind, how_many, in_order, missing_legs
from equipment_share.domain.texts import Named
from equipment_share.queries.needs import first_page
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking, propose_time
from equipment_share.services.bookings.usage import record_usage
from tests.builders import NOW, a_booking, a_firm, a_person, a_programme, an_instrument, an_officer, an_owner, tuesday
from tests.support.counting import questions
from tests.support.people import signed_in
from tests.web.world import a_world

MOST_QUESTIONS = 17
"""The most statements the first page of any role may take, signing in included."""


def a_need(kind: NeedKind, day: int, fen: int = 100, due: int = 20) -> Need:
    """A need that came on a day of May."""
    return Need(kind, datetime(2026, 5, day, tzinfo=UTC), day, Named.of("x"), due_on=date(2026, 5, due), amount=Money(fen))


def test_an_offer_that_lapses_in_four_hours_stands_before_papers_that_are_missing_since_february() -> None:
    now, february = datetime(2026, 5, 20, 4, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    papers = Need(NeedKind.PAPERS, february, 1, Named.of("x"))
    fault = Need(NeedKind.FAULT, datetime(2026, 1, 1, tzinfo=UTC), 2, Named.of("x"))
    today = Need(NeedKind.PROOF_ENDING, february, 3, Named.of("x"), due_on=date(2026, 5, 20))
    offer = Need(NeedKind.OFFER, now, 4, Named.of("x"), due_at=now.replace(hour=8))

    shown = in_order([papers, fault, today, offer])

    assert [one.kind for one in shown] == [NeedKind.OFFER, NeedKind.PROOF_ENDING, NeedKind.FAULT, NeedKind.PAPERS]


def test_of_one_deadline_the_oldest_is_first_and_few_of_a_kind_stand_each_for_itself() -> None:
    needs = [a_need(NeedKind.REQUEST, 3), a_need(NeedKind.SAMPLES, 1), a_need(NeedKind.REQUEST, 2)]

    shown = in_order(needs)

    assert [(one.kind, one.target) for one in shown] == [(NeedKind.SAMPLES, 1), (NeedKind.REQUEST, 2), (NeedKind.REQUEST, 3)]
    assert how_many(shown) == 3


def test_many_of_a_kind_are_one_line_with_number_sum_and_earliest_deadline() -> None:
    needs = [a_need(NeedKind.REQUEST, day, fen=day, due=28 - day) for day in (4, 5, 6, 7)]

    (line,) = in_order(needs)

    assert (line.count, line.target, line.amount, line.due_on, line.since.day) == (4, None, Money(22), date(2026, 5, 21), 4)
    assert how_many([line]) == 4


@pytest.mark.parametrize(
    ("own", "missing"), [({"contract", "payment"}, ("payment",)), ({"contract", "invoice", "result"}, ("invoice",)), (set(), ())]
)
def test_each_side_is_asked_for_the_papers_it_has_at_hand(own: set[str], missing: tuple[str, ...]) -> None:
    assert missing_legs(("contract", "invoice", "payment"), ["contract"], own=frozenset(own)) == missing


def test_a_booking_needs_one_side_after_the_other(app: Flask) -> None:
    owner, firm = an_owner(), a_firm()
    a_programme()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))

    def seen(at: datetime) -> tuple[list[str], list[str]]:
        return [one.kind.value for one in first_page(firm, at=at).needs], [one.kind.value for one in first_page(owner, at=at).needs]

    assert seen(NOW) == ([], ["request"])
    propose_time(booking.id, start=tuesday("13:00"), end=tuesday("15:00"), by=owner, at=NOW)
    assert seen(NOW) == (["proposal"], [])
    approve_booking(booking.id, by=owner, at=NOW)
    assert seen(tuesday("12:30")) == ([], ["record_use"])
    record_usage(booking.id, start=tuesday("10:00"), end=tuesday("11:30"), by=owner, at=tuesday("13:00"))
    assert seen(tuesday("13:30")) == (["confirm_use"], [])
    confirm_usage(booking.id, by=firm, at=tuesday("14:00"))
    page = first_page(firm, at=tuesday("15:00"))
    assert [(one.kind, one.legs, one.amount) for one in page.needs] == [(NeedKind.PAPERS, ("contract", "payment"), Money(30_000))]
    assert page.stats == {"left": Money(19_970_000), "held": Money(0), "saved": Money(30_000), "ending": None}
    assert [one.legs for one in first_page(owner, at=tuesday("15:00")).needs] == [("contract", "invoice")]


def test_many_missing_papers_lead_an_owner_to_exactly_those_claims(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(Role.OWNER_OPERATOR), a_firm()
    a_programme()
    admin = a_person(Role.OWNER_ADMIN, owner.organisation)
    instrument = an_instrument(admin)
    rows = [a_booking(firm, instrument, tuesday(f"{hour}:00"), tuesday(f"{hour + 1}:00")) for hour in (10, 12, 14, 16)]
    for row in rows:
        approve_booking(row.id, by=owner, at=NOW)
        record_usage(row.id, start=row.starts_at, end=row.ends_at, by=owner, at=tuesday("18:00"))
        confirm_usage(row.id, by=firm, at=tuesday("18:00"))
    signed_in(client, owner)

    home = client.get("/me").text
    listed = client.get("/me/papers").text

    assert 'href="/me/papers">' in home.partition('data-need="papers"')[2]
    assert sorted(int(number) for number in re.findall(r'href="/bookings/(\d+)/papers"', listed)) == [row.id for row in rows]
    assert 'data-figure="papers">4<' in listed
    assert client.get("/bookings?show=needs").headers["Location"] == "/me"


def test_who_checked_a_claim_is_not_asked_to_approve_it(app: Flask) -> None:
    world = a_world(app)
    clerk, reviewer = world.people["bureau_clerk"], world.people["bureau_reviewer"]

    kinds = {person.role: {one.kind for one in first_page(person, at=tuesday("16:00")).needs} for person in (clerk, reviewer)}

    assert NeedKind.CLAIM_CHECK in kinds[Role.BUREAU_CLERK]
    assert {NeedKind.CLAIM_APPROVE, NeedKind.CLAIM_CHECK}.isdisjoint(kinds[Role.BUREAU_REVIEWER])
    assert NeedKind.PROOF in kinds[Role.BUREAU_CLERK]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_role_has_a_first_page_whose_links_open_and_which_asks_little(app: Flask, client: FlaskClient, language: str) -> None:
    world = a_world(app)
    client.set_cookie("language", language)
    counts: dict[str, int] = {}

    for name, person in world.people.items():
        signed_in(client, person)
        with questions() as asked:
            page = client.get("/me")
        counts[name] = len(asked)
        assert page.status_code == 200, name
        text = page.get_data(as_text=True)
        assert ('data-figure="needs"' in text) is not ('data-figure="nothing"' in text), name
        links = re.findall(r'<a class="button[^"]*" href="([^"]+)"', text.split("<main", 1)[1])
        assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200), name

    assert max(counts.values()) <= MOST_QUESTIONS, counts


def test_signing_in_leads_to_what_needs_me_unless_a_page_was_wanted(app: Flask, client: FlaskClient) -> None:
    signed_in(client, a_firm())

    page = client.get("/me").get_data(as_text=True)
    there = client.get("/sign-in")

    assert there.headers["Location"] == "/me"
    assert 'data-figure="nothing"' in page
    assert page.index('href="/me"') < page.index('href="/bookings"')


def test_nothing_needs_an_officer_whose_house_is_empty(app: Flask, client: FlaskClient) -> None:
    leader = an_officer(Role.BUREAU_LEADER)

    page = signed_in(client, leader).get("/me").get_data(as_text=True)

    assert 'data-figure="nothing"' in page
    assert 'data-figure="undecided">0<' in page
