"""What the books and the plans say in codes is read in words, and a list of what is coming begins with what comes first."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

import equipment_share
from equipment_share.domain.timeslots import Slot
from equipment_share.models.base import db
from equipment_share.queries.bookings.bookings import BookingFilter, bookings_seen_by
from equipment_share.services.bookings.offers import decline_offer, offer_slot
from equipment_share.web import filters
from equipment_share.web.filters import account, day, posting, repeat, slot
from equipment_share.wording import WORDS
from tests.builders import NOW, a_booking, a_firm, a_wish, an_instrument, an_owner, tuesday
from tests.support.people import signed_in

SERVICES = Path(equipment_share.__file__).parent / "services"


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("issue", "发放", "issued"),
        ("batch HN-2026-Q3-owner-YTFJ locked", "批次 HN-2026-Q3-owner-YTFJ 锁定", "batch HN-2026-Q3-owner-YTFJ locked"),
        ("paid BK-3-10", "已拨付，BK-3-10", "paid, BK-3-10"),
        ("measured twice", "measured twice", "measured twice"),
    ],
)
def test_the_houses_own_reasons_of_the_ledger_have_words_and_a_persons_stay(app: Flask, text: str, zh: str, en: str) -> None:
    with app.test_request_context(), force_locale("zh"):
        assert posting(text) == zh
    with app.test_request_context(), force_locale("en"):
        assert posting(text) == en


def test_every_reason_that_the_house_writes_into_the_ledger_has_words() -> None:
    written = {
        keyword.value.value
        for path in SERVICES.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("post", "_resolve", "release_subsidies")
        for keyword in call.keywords
        if keyword.arg == "reason" and isinstance(keyword.value, ast.Constant)
    }

    assert len(written) >= 9
    assert written - {""} <= set(WORDS["posting"])


def test_an_account_is_named_by_its_kind(app: Flask) -> None:
    with app.test_request_context(), force_locale("zh"):
        assert account("payable", "鹃湖大学") == "应付 鹃湖大学"


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ("FREQ=WEEKLY;COUNT=6", "每周，共 6 次", "every week, 6 times"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20261231",
            "每 2 周，周一、周三，至 2026-12-31",
            "every 2 weeks, Mon, Wed, until 2026-12-31",
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=3;COUNT=2", "FREQ=MONTHLY;BYMONTHDAY=3;COUNT=2", "FREQ=MONTHLY;BYMONTHDAY=3;COUNT=2"),
    ],
)
def test_a_rule_that_repeats_is_a_sentence(app: Flask, rule: str, zh: str, en: str) -> None:
    with app.test_request_context(), force_locale("zh"):
        assert repeat(rule) == zh
    with app.test_request_context(), force_locale("en"):
        assert repeat(rule) == en


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_day_says_its_year_where_that_is_not_this_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "now", lambda: datetime(2026, 12, 31, 15, 59, tzinfo=UTC))  # a minute to midnight in Shanghai
    new_year = Slot(datetime(2026, 12, 31, 12, 0, tzinfo=UTC), datetime(2027, 1, 1, 1, 0, tzinfo=UTC))

    with app.test_request_context(), force_locale("zh"):
        assert (day(date(2026, 12, 31)), day(date(2027, 1, 1))) == ("12月31日 周四", "2027年1月1日 周五")
        assert slot(new_year) == "12月31日 周四 20:00–2027年1月1日 周五 09:00"
    with app.test_request_context(), force_locale("en"):
        assert (day(date(2026, 12, 31)), day(date(2025, 12, 31))) == ("Thu 31 Dec", "Wed 31 Dec 2025")
        assert day(date(2027, 1, 1), year=False) == "Fri 1 Jan"
    monkeypatch.setattr(filters, "now", lambda: datetime(2026, 12, 31, 16, 0, tzinfo=UTC))
    with app.test_request_context(), force_locale("en"):
        assert (day(date(2026, 12, 31)), day(date(2027, 1, 1))) == ("Thu 31 Dec 2026", "Fri 1 Jan")


def test_what_is_coming_begins_with_what_comes_first_page_by_page(app: Flask) -> None:
    firm, instrument = a_firm(), an_instrument(an_owner())
    late, early, middle = (a_booking(firm, instrument, tuesday(f"{hour:02}:00"), tuesday(f"{hour + 1:02}:00")) for hour in (15, 9, 12))

    seen, after = [], None
    for _ in range(3):
        (row,) = bookings_seen_by(firm, BookingFilter(soonest_first=True, after_id=after, limit=1))
        seen.append(row.id)
        after = row.id

    assert seen == [early.id, middle.id, late.id]
    assert bookings_seen_by(firm, BookingFilter(soonest_first=True, after_id=after)) == []
    assert [row.id for row in bookings_seen_by(firm, BookingFilter())] == [middle.id, early.id, late.id]


def test_a_time_that_is_offered_and_one_that_lapsed_have_the_same_word_wherever_they_are_read(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        offered = {kind: str(WORDS[kind]["offered"]) for kind in ("booking", "event", "waiting", "booking_next")}
        lapsed = [str(WORDS[kind][name]) for kind, name in (("booking", "expired"), ("event", "booking_lapsed"), ("waiting", "lapsed"))]
        use = {str(WORDS["booking"]["confirmed"]), str(WORDS["event"]["confirmed"])}

    assert all(words.lower().startswith("offered to") for words in offered.values())
    assert [words.lower() for words in lapsed] == ["lapsed"] * 3
    assert use == {"Use confirmed"}


def test_an_offer_that_the_firm_leaves_is_not_said_to_be_unanswered(app: Flask, client: FlaskClient) -> None:
    firm, owner = a_firm(), an_owner()
    firm.language = "en"
    db.session.commit()
    wish = a_wish(an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    offer = offer_slot(wish, firm.email, override="", by=owner, at=NOW)
    decline_offer(offer.id, by=firm, at=NOW)
    signed_in(client, firm)

    page = client.get(f"/bookings/{offer.id}").text

    assert (page.count(">Lapsed<"), "answered in time" in page, "Nobody answered" in page) == (2, False, False)
