"""The keeper's inbox in a real browser: forty requests by keyboard, one by thumb, many in one go."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from equipment_share.adapters.passwords import hashed
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.people import User
from equipment_share.services.transaction import answered_in_one
from tests.browser.test_the_story import PASSWORD, Person
from tests.builders import NOW, a_booking, a_firm, an_instrument, an_owner, tuesday
from tests.support.servers import serving

SQLITE = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def a_queue(count: int, **fields: Any) -> User:
    """An owner before whom so many requests wait, from two firms at four instruments."""
    owner, firms = an_owner(), (a_firm(), a_firm())
    instruments = [an_instrument(owner, **fields) for _ in range(4)]
    slots = itertools.product(range(count // 4 + 1), instruments)
    for number, (hours, instrument) in enumerate(itertools.islice(slots, count)):
        start = tuesday("08:00") + timedelta(hours=hours)
        a_booking(firms[number % 2], instrument, start, start + timedelta(hours=1))
    return owner


@contextmanager
def at_the_desk(browser: Any, engine_url: str, clock: Path, owner: User, width: int = 1280, at: datetime = NOW) -> Iterator[Person]:
    """The owner, signed in, before the inbox."""
    email, person_id = owner.email, owner.id

    def set_password(session: Any) -> None:
        user = session.get_one(User, person_id)
        user.password_hash, user.language = hashed(PASSWORD), "en"

    answered_in_one(set_password)
    db.session.remove()
    clock.write_text(at.isoformat())
    with serving(engine_url, {"CLOCK_FILE": str(clock), "HASHING": "cheap"}) as base:
        person = Person(browser, base, "en", email)
        person.page.set_viewport_size({"width": width, "height": 900})
        person.go("/desk/")
        yield person
        assert person.errors == [] and person.strays == []


def states() -> Counter[str]:
    """How many bookings are in which state."""
    db.session.expire_all()
    return Counter(row.state.value for row in db.session.query(Booking))


class Keys:
    """Presses keys and counts them."""

    def __init__(self, page: Any) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


@SQLITE
def test_forty_requests_are_answered_with_fewer_than_eighty_keys(app: Flask, engine_url: str, browser: Any, tmp_path: Path) -> None:
    owner = a_queue(40)

    with at_the_desk(browser, engine_url, tmp_path / "clock", owner) as person:
        keys = Keys(person.page)
        assert person.figure("waiting") == "40"
        keys.press("j")
        for number in range(40):
            keys.press(*(("r", "2") if number % 5 == 4 else ("a",)))
        person.page.wait_for_selector("#waiting:text-is('0')")
        answered = person.page.locator("[data-answered]").count()

    assert answered == 40
    assert states() == {"approved": 32, "rejected": 8}
    assert keys.count == 49 <= 80
    said = db.session.query(HistoryStep.reason).filter_by(kind="booking", event="rejected").distinct().all()
    assert [row[0] for row in said] == ["unsuitable"]


@SQLITE
def test_answers_that_come_back_late_do_not_turn_the_count_back(app: Flask, engine_url: str, browser: Any, tmp_path: Path) -> None:
    owner = a_queue(2)

    with at_the_desk(browser, engine_url, tmp_path / "clock", owner) as person:
        held: list[tuple[Any, Any]] = []
        person.page.route("**/approve", lambda route: held.append((route, route.fetch())), times=1)
        Keys(person.page).press("j", "a")
        person.page.wait_for_timeout(500)
        Keys(person.page).press("a")
        person.page.wait_for_timeout(500)
        route, answer = held[0]
        route.fulfill(response=answer)
        person.page.wait_for_selector("[data-answered] >> nth=1")
        assert person.figure("waiting") == "0"


@SQLITE
def test_what_is_marked_is_approved_in_one_go_and_the_page_tells_of_each(app: Flask, engine_url: str, browser: Any, tmp_path: Path) -> None:
    owner = a_queue(6)

    with at_the_desk(browser, engine_url, tmp_path / "clock", owner) as person:
        keys = Keys(person.page)
        keys.press("j", "x", "j", "j", "x", "Shift+A")
        person.page.wait_for_selector("[data-outcome]")
        person.page.wait_for_load_state()
        assert person.page.locator("[data-outcome=done]").count() == 2
        assert person.figure("waiting") == "4"
        keys.press("Shift+A")
        assert person.page.locator("input[name=booking]:checked").count() == 4
        keys.press("Shift+A")
        person.page.wait_for_selector(".empty")
        assert person.page.locator("[data-outcome=done]").count() == 4

    assert states() == {"approved": 6}


@SQLITE
def test_another_time_is_proposed_and_the_keys_are_shown_without_leaving_the_inbox(
    app: Flask, engine_url: str, browser: Any, tmp_path: Path
) -> None:
    owner = a_queue(2)

    with at_the_desk(browser, engine_url, tmp_path / "clock", owner) as person:
        page, keys = person.page, Keys(person.page)
        keys.press("?")
        assert page.is_visible("#keys")
        keys.press("?", "j", "p")
        page.fill("[data-propose][open] [name=propose-start]", "2026-09-09T10:00")
        page.fill("[data-propose][open] [name=propose-end]", "2026-09-09T09:00")
        keys.press("Enter")
        page.wait_for_selector("[data-propose][open] >> nth=0")
        page.wait_for_selector(".request .note.red")
        page.fill("[data-propose][open] [name=propose-end]", "2026-09-09T11:00")
        page.press("[data-propose][open] [name=propose-end]", "Enter")
        page.wait_for_selector(".request .note.green")
        page.wait_for_selector("#waiting:text-is('1')")

    db.session.expire_all()
    proposed = [row.proposed_from for row in db.session.query(Booking).order_by(Booking.id)]
    assert [moment and moment.isoformat() for moment in proposed] == ["2026-09-09T02:00:00+00:00", None]


@SQLITE
def test_one_is_answered_by_thumb_on_a_phone(app: Flask, engine_url: str, browser: Any, tmp_path: Path) -> None:
    owner = a_queue(3)

    with at_the_desk(browser, engine_url, tmp_path / "clock", owner, width=390) as person:
        page = person.page
        button = page.locator("[data-approve]").nth(1)
        box = button.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 300
        button.click()
        page.wait_for_selector("[data-answered]")
        assert person.figure("waiting") == "2"
        assert page.text_content("[data-clean-count]") == "2"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390

    assert states() == {"approved": 1, "submitted": 2}


@SQLITE
def test_the_menu_of_a_phone_shows_every_place_at_once(app: Flask, browser: Any, engine_url: str, tmp_path: Path) -> None:
    owner = a_queue(4)

    with at_the_desk(browser, engine_url, tmp_path / "clock", owner, width=390) as person:
        page = person.page
        upkeep = page.locator("#ways a[href='/desk/upkeep/']")
        before = upkeep.is_visible()
        page.click(".tabs-bar button")
        shown = upkeep.is_visible()
        page.keyboard.press("Escape")
        upkeep.wait_for(state="hidden")

        assert (before, shown) == (False, True)
        assert page.locator(".tabs-bar .inbox-count").inner_text() == "4"
        assert (person.errors, person.strays) == ([], [])
