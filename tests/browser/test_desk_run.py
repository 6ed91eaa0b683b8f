"""At the bench in a real browser: a use is recorded with the keyboard alone, and by thumb on a phone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.services.bookings.decisions import approve_booking
from tests.browser.test_desk_inbox import SQLITE, at_the_desk
from tests.builders import NOW, a_booking, a_firm, an_instrument, an_owner, tuesday


def tab_to(page: Any, words: str) -> None:
    """Press Tab until something with these words has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if words in str(page.evaluate("document.activeElement.textContent")):
            return
    raise AssertionError(f"no way by Tab to {words}")


@SQLITE
def test_a_use_is_recorded_by_keyboard_alone(app: Flask, engine_url: str, browser: Any, tmp_path: Path) -> None:
    owner, firm = an_owner(), a_firm()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    booking_id, clock = booking.id, tmp_path / "clock"

    with at_the_desk(browser, engine_url, clock, owner, at=tuesday("10:05")) as person:
        page = person.page
        person.go("/desk/run")
        assert "late by 5 min" in page.inner_text("[data-sign=late]")
        tab_to(page, "Check in")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-stage=running]")
        clock.write_text(tuesday("10:30").isoformat())
        person.go("/desk/run")
        tab_to(page, "Check out")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-stage=record]")
        tab_to(page, "Record the use")
        page.keyboard.press("Enter")
        tab_to(page, "Record this use")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-recorded]")
        assert (person.figure("net"), page.locator(".turn").count()) == ("¥166.67", 0)

    kept = db.session.get_one(Booking, booking_id, populate_existing=True)
    assert (kept.used_from, kept.used_to) == (tuesday("10:05"), tuesday("10:30"))


@SQLITE
def test_the_next_one_and_the_overrun_are_marked_on_a_phone(app: Flask, engine_url: str, browser: Any, tmp_path: Path) -> None:
    owner, firm, other = an_owner(), a_firm(), a_firm()
    instrument = an_instrument(owner)
    first = a_booking(firm, instrument, tuesday("10:00"), tuesday("11:00"))
    second = a_booking(other, instrument, tuesday("12:00"), tuesday("13:00"))
    for row in (first, second):
        approve_booking(row.id, by=owner, at=NOW)
    names = other.organisation.name
    clock = tmp_path / "clock"

    with at_the_desk(browser, engine_url, clock, owner, width=390, at=tuesday("10:55")) as person:
        page = person.page
        person.go("/desk/run")
        button = page.locator("form[action$='/in'] button")
        box = button.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 300
        button.click()
        page.wait_for_selector("[data-stage=running]")
        clock.write_text((tuesday("11:00") + timedelta(minutes=20)).isoformat())
        person.go("/desk/run")
        assert "20 min" in page.inner_text("[data-sign=over]")
        assert names in page.inner_text("[data-next]")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
