"""A firm finds, books and confirms in a real browser: few interactions, and by keyboard alone; the three figures on every page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from equipment_share.adapters.passwords import hashed
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.pricing import PriceItem
from equipment_share.domain.tariffs import Terms
from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import User
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.instruments.listing import set_prices
from equipment_share.services.transaction import answered_in_one
from tests.builders import a_booking, a_firm, a_programme, an_instrument, an_owner, tuesday
from tests.support.servers import serving

PASSWORD = "Story-of-2026-haining"
MOST_INTERACTIONS = 8
"""From the home page of somebody who is not signed in to the submitted booking: every click and every field typed."""
WIDTHS = (390, 1280)
pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


class Hand:
    """A person at a browser whose clicks and typed fields are counted."""

    def __init__(self, browser: Any, base: str, width: int) -> None:
        context = browser.new_context(viewport={"width": width, "height": 844})
        context.add_cookies([{"name": "language", "value": "en", "url": base}])
        self.page, self.base, self.count = context.new_page(), base, 0
        self.errors: list[str] = []
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)

    def click(self, selector: str) -> None:
        self.count += 1
        self.page.click(f"{selector} >> visible=true >> nth=0")
        self.page.wait_for_load_state()

    def type(self, selector: str, text: str) -> None:
        self.count += 1
        self.page.fill(f"{selector} >> visible=true >> nth=0", text)

    def tab_to(self, selector: str, most: int = 150) -> None:
        """Walk there by the Tab key alone."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"no way by Tab to {selector}")

    def enter(self, selector: str) -> None:
        self.tab_to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def sign_in(self, email: str) -> None:
        self.page.goto(self.base + "/sign-in")
        self.page.fill("#email", email)
        self.page.fill("#password", PASSWORD)
        self.page.click("main form button")
        self.page.wait_for_load_state()

    def figures(self) -> tuple[str, str, str]:
        gross, subsidy, net = (str(self.page.inner_text(f"dl.cost [data-figure={name}] >> nth=0")) for name in ("gross", "subsidy", "net"))
        return gross, subsidy, net


def a_pool() -> tuple[str, int]:
    """A firm with a password, an instrument at 400.00 an hour, and a recorded use that waits for the firm; its address and the booking."""
    a_programme(effective_from=None)
    owner, firm = an_owner(), a_firm()
    email = firm.email
    instrument = an_instrument(owner, hourly=40_000, name_zh="场发射扫描电镜", name_en="Field-emission SEM")
    used = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    approve_booking(used.id, by=owner, at=tuesday("09:00"))
    record_usage(used.id, start=tuesday("10:00"), end=tuesday("11:30"), by=owner, at=tuesday("12:30"))
    booking = used.id

    def set_password(session: Any) -> None:
        person = session.query(User).filter_by(email=email).one()
        person.password_hash, person.language = hashed(PASSWORD), "en"

    answered_in_one(set_password)
    db.session.remove()
    return email, booking


@pytest.fixture
def house(app: Flask, engine_url: str, tmp_path: Path) -> Iterator[tuple[str, str, int]]:
    """The served pool on a Tuesday at two, Shanghai time."""
    email, booking = a_pool()
    clock = tmp_path / "clock"
    clock.write_text(tuesday("14:00").isoformat())
    with serving(engine_url, {"CLOCK_FILE": str(clock), "HASHING": os.environ.get("HASHING", "cheap")}) as base:
        yield base, email, booking


def test_from_the_home_page_to_a_submitted_booking_takes_at_most_eight_interactions(house: tuple[str, str, int], browser: Any) -> None:
    base, email, _ = house
    counts = {}

    for width in WIDTHS:
        hand = Hand(browser, base, width)
        hand.page.goto(base + "/")
        hand.type("main input[name=q]", "电镜")
        hand.click("main form[role=search] button")
        hand.click("main a[href='/instruments/1']")
        hand.click("main a[href^='/instruments/1/book']")
        hand.type("#email", email)
        hand.type("#password", PASSWORD)
        hand.click("main form button")
        assert hand.figures() == ("¥800.00", "−¥400.00", "¥400.00")
        hand.click("#booking .main-act")
        hand.page.wait_for_url("**/bookings/*")
        assert hand.figures() == ("¥800.00", "−¥400.00", "¥400.00")
        assert "The owner answers next." in hand.page.inner_text(".who-next")
        counts[width] = hand.count
        assert hand.page.evaluate("document.documentElement.scrollWidth") <= width
        assert hand.errors == []

    assert max(counts.values()) <= MOST_INTERACTIONS, counts


def test_on_a_phone_the_price_and_the_way_to_send_stay_in_sight(house: tuple[str, str, int], browser: Any) -> None:
    base, email, _ = house
    hand = Hand(browser, base, 390)
    hand.sign_in(email)
    hand.page.goto(base + "/instruments/1/book?start=2026-09-09T10:00&end=2026-09-09T12:00")

    for place in (0, 500, 99_999):
        hand.page.evaluate(f"window.scrollTo(0, {place})")
        bar = hand.page.locator(".pay-bar").bounding_box()
        button = hand.page.evaluate(
            "() => { const box = document.querySelector('#send').getBoundingClientRect();"
            " const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2); return seen && seen.id; }"
        )
        assert bar is not None
        assert bar["y"] + bar["height"] <= 844
        assert (button, hand.page.inner_text(".net-now strong")) == ("send", "¥400.00")
    hand.page.fill("#end", "2026-09-09T13:00")
    hand.page.wait_for_function("() => document.querySelector('.net-now strong').innerText === '¥600.00'")
    assert hand.figures() == ("¥1,200.00", "−¥600.00", "¥600.00")


def test_another_time_is_one_tap_and_what_was_typed_stays(house: tuple[str, str, int], browser: Any) -> None:
    base, email, _ = house
    hand = Hand(browser, base, 390)
    hand.sign_in(email)
    hand.page.goto(base + "/instruments/1/book?start=2026-09-09T10:00&end=2026-09-09T12:00")
    hand.page.click("#booking .main-act")
    hand.page.wait_for_url("**/bookings/*")

    hand.page.goto(base + "/instruments/1/book?start=2026-09-09T11:00&end=2026-09-09T12:00")
    hand.page.fill("#purpose", "fracture surface")
    other = hand.page.inner_text(".other-times button >> nth=0")
    with hand.page.expect_navigation():
        hand.page.click(".other-times button >> nth=0")

    assert other == "2026-09-09 12:00 – 13:00"
    assert (hand.page.input_value("#start"), hand.page.input_value("#end")) == ("2026-09-09T12:00", "2026-09-09T13:00")
    assert hand.page.input_value("#purpose") == "fracture surface"
    assert hand.figures() == ("¥400.00", "−¥200.00", "¥200.00")
    assert hand.page.locator("#booking [role=alert]").count() == 0


def test_a_draft_survives_a_sign_in(house: tuple[str, str, int], browser: Any) -> None:
    base, email, _ = house
    hand = Hand(browser, base, 1280)
    hand.sign_in(email)
    hand.page.goto(base + "/instruments/1/book")
    hand.page.fill("#purpose", "fracture surface")
    hand.page.context.clear_cookies()

    hand.page.goto(base + "/instruments/1/book")
    hand.page.fill("#email", email)
    hand.page.fill("#password", PASSWORD)
    hand.page.click("main form button")
    hand.page.wait_for_url("**/instruments/1/book")

    assert hand.page.input_value("#purpose") == "fracture surface"


def with_add_ons() -> None:
    """The instrument also offers preparation at 100.00 a piece, and haste at half the fee more."""
    instrument = db.session.query(Instrument).one()
    rows = [
        {"unit": "hour", "unit_price_fen": 40_000},
        {"unit": "item", "unit_price_fen": 10_000, "code": "PREP", "name": "Preparation", "kind": "staff"},
    ]
    items = [PriceItem.parse({"mode": mode, **row}, "items") for mode in ("guided", "self_operate") for row in rows]
    owner = db.session.query(User).filter_by(organisation_id=instrument.owner_id).one()
    set_prices(instrument.id, items, valid_from=bureau_day(tuesday("14:00")), terms=Terms(urgent_bp=15_000), by=owner, at=tuesday("13:00"))
    db.session.remove()


def test_a_draft_comes_back_whole_says_so_prices_itself_and_can_be_cleared(house: tuple[str, str, int], browser: Any) -> None:
    base, email, _ = house
    with_add_ons()
    hand = Hand(browser, base, 390)
    hand.sign_in(email)
    slot = "/instruments/1/book?start=2026-09-09T10:00&end=2026-09-09T12:00"
    hand.page.goto(base + slot)
    hand.page.fill("#add_on_PREP", "2")
    hand.page.check("input[name=urgent]")
    hand.page.wait_for_selector("#quote [data-figure=gross]:text-is('¥1,400.00')")

    hand.page.goto(base + "/wallet")
    hand.page.goto(base + slot)
    hand.page.wait_for_selector("#quote [data-figure=gross]:text-is('¥1,400.00')")
    assert hand.page.input_value("#add_on_PREP") == "2"
    assert hand.page.is_checked("input[name=urgent]")
    assert "not sent is back" in hand.page.inner_text("#restored")
    assert hand.figures() == ("¥1,400.00", "−¥700.00", "¥700.00")

    hand.page.goto(base + "/instruments/1/book?start=2026-09-10T10:00&end=2026-09-10T12:00")
    assert hand.page.input_value("#add_on_PREP") == ""
    assert not hand.page.is_visible("#restored")

    hand.page.goto(base + slot)
    hand.page.wait_for_selector("#quote [data-figure=gross]:text-is('¥1,400.00')")
    with hand.page.expect_navigation():
        hand.page.click("[data-clear]")
    assert hand.page.input_value("#add_on_PREP") == ""
    assert hand.figures() == ("¥800.00", "−¥400.00", "¥400.00")


def test_a_draft_is_gone_once_the_booking_is_made(house: tuple[str, str, int], browser: Any) -> None:
    base, email, _ = house
    hand = Hand(browser, base, 1280)
    hand.sign_in(email)
    hand.page.goto(base + "/instruments/1/book")
    hand.page.fill("#purpose", "fracture surface")
    hand.page.click("#booking .main-act")
    hand.page.wait_for_url("**/bookings/*")

    hand.page.goto(base + "/instruments/1/book")

    assert hand.page.input_value("#purpose") == ""
    assert not hand.page.is_visible("#restored")


def test_on_a_phone_a_longer_time_is_two_taps_and_no_day_is_cut_off(house: tuple[str, str, int], browser: Any) -> None:
    base, email, _ = house
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(base + "/instruments/1?day=2026-09-10#week")

    shown = page.locator("table.week thead th >> visible=true").count()
    page.tap("a[data-start='2026-09-10T10:00']")
    waits = page.is_visible("#tapped")
    page.tap("a[data-start='2026-09-10T12:30']")
    page.wait_for_url("**/sign-in?**")

    assert (shown, waits) == (2, True)
    assert "start%3D2026-09-10T10:00%26end%3D2026-09-10T13:00" in page.url.replace("%3A", ":")


def test_find_and_book_and_confirm_a_use_by_keyboard_alone(house: tuple[str, str, int], browser: Any) -> None:
    base, email, booking = house
    hand = Hand(browser, base, 1280)
    hand.sign_in(email)
    assert hand.page.url == base + "/me"
    assert hand.page.inner_text("[data-figure=needs]") == "1"

    hand.enter(f".need a[href='/bookings/{booking}']")
    assert hand.figures() == ("¥600.00", "−¥300.00", "¥300.00")
    hand.enter(f"form[action='/bookings/{booking}/confirm'] button")
    assert "Settled." in hand.page.inner_text(".who-next")
    assert hand.figures() == ("¥600.00", "−¥300.00", "¥300.00")

    hand.page.goto(base + "/")
    hand.tab_to("main input[name=q]")
    hand.page.keyboard.type("SEM")
    with hand.page.expect_navigation():
        hand.page.keyboard.press("Enter")
    hand.enter("main a[href='/instruments/1']")
    hand.enter("main a[href^='/instruments/1/book']")
    assert hand.figures() == ("¥800.00", "−¥400.00", "¥400.00")
    hand.enter("#booking .main-act")
    assert "The owner answers next." in hand.page.inner_text(".who-next")
    assert hand.errors == []
