"""A visitor on a phone: from the search on the home page to the price after the voucher and a free slot's address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from equipment_share.adapters.passwords import hashed
from equipment_share.models.base import db
from equipment_share.models.people import User
from equipment_share.services.transaction import answered_in_one
from tests.builders import a_firm, a_programme, an_instrument, an_owner
from tests.support.servers import serving

PASSWORD = "Visitor-of-2026-haining"
PHONE = {"width": 390, "height": 844}
BUDGET = 150_000
"""Bytes of the first view of the catalogue (screens, section 7)."""


@dataclass
class Place:
    """A served pool: two microscopes and a balance, and a firm with a voucher for half of everything."""

    base: str
    email: str
    ids: tuple[int, int, int]


@pytest.fixture
def place(app: Flask, engine_url: str) -> Iterator[Place]:
    """The pool, served; nothing is closed on holidays, so that the next free time is always near."""
    a_programme(effective_from=None)
    owner, firm = an_owner(), a_firm()
    rows = [
        an_instrument(owner, hourly=hourly, name_zh=name, name_en=english, model=model)
        for hourly, name, english, model in (
            (40_000, "扫描电镜", "Scanning electron microscope", "S1"), (90_000, "透射电镜", "Transmission electron microscope", "T1"),
            (5_000, "分析天平", "Balance", "B1"),
        )
    ]  # fmt: skip

    def set_password(session: Any) -> None:
        user = session.query(User).filter_by(email=firm.email).one()
        user.password_hash, user.language = hashed(PASSWORD), "en"

    answered_in_one(set_password)
    email, ids = firm.email, (rows[0].id, rows[1].id, rows[2].id)
    db.session.remove()
    with serving(engine_url, {"HASHING": "cheap"}) as base:
        yield Place(base, email, ids)


def a_phone(browser: Any, base: str) -> tuple[Any, list[str]]:
    """A page on a phone, and what goes wrong on it."""
    context = browser.new_context(viewport=PHONE)
    context.add_cookies([{"name": "language", "value": "en", "url": base}])
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if not request.url.startswith((base, "data:")) else None)
    return page, wrong


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_visitor_on_a_phone_goes_from_the_search_to_the_price_after_the_voucher_and_a_free_slot(place: Place, browser: Any) -> None:
    page, wrong = a_phone(browser, place.base)
    weight: list[int] = []
    page.on("requestfinished", lambda request: weight.append(request.sizes()["responseBodySize"] + request.sizes()["responseHeadersSize"]))

    page.goto(place.base + "/")
    assert page.inner_text("[data-figure=pool]") == "3"
    weight.clear()
    page.fill("#q", "电镜")
    page.press("#q", "Enter")
    page.wait_for_url(re.compile("q="))
    page.wait_for_load_state("networkidle")
    assert page.inner_text("[data-figure=found]") == "2"
    page.fill("#q", "电镜 S1")
    page.wait_for_url(re.compile("q=.*S1"))
    expect(page.locator("[data-figure=found]")).to_have_text("1")
    page.click("li.find h3 a")
    page.wait_for_url(re.compile(f"/instruments/{place.ids[0]}$"))
    page.click("text=Sign in to see your price after the voucher")
    page.fill("#email", place.email)
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_url(re.compile(f"/instruments/{place.ids[0]}$"))
    shown = {name: page.inner_text(f"[data-figure={name}] >> nth=0") for name in ("gross", "subsidy", "net")}
    address = page.get_attribute("ul.slots a >> nth=0", "href")
    page.click("ul.slots a >> nth=0")
    page.wait_for_url(re.compile("/book"))

    assert shown == {"gross": "¥400.00", "subsidy": "−¥200.00", "net": "¥200.00"}
    assert re.fullmatch(rf"/instruments/{place.ids[0]}/book\?start=[-0-9]{{10}}T[0-9]{{2}}:00&end=[-0-9]{{10}}T[0-9]{{2}}:00", address)
    assert page.inner_text("[data-figure=net] >> nth=0") == "¥400.00"  # two hours, half of 800.00
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert wrong == []


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_the_first_view_of_catalogue_and_instrument_keeps_its_budget(place: Place, browser: Any) -> None:
    for path in ("/instruments", f"/instruments/{place.ids[0]}", "/"):
        page, wrong = a_phone(browser, place.base)
        weights: dict[str, int] = {}
        page.on("requestfinished", lambda request, weights=weights: weights.update({request.url: request.sizes()["responseBodySize"]}))

        page.goto(place.base + path)
        page.wait_for_load_state("networkidle")

        assert 10_000 < sum(weights.values()) <= BUDGET, weights
        assert not any("echarts" in address for address in weights)
        assert wrong == []
        page.context.close()


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_ticks_outlive_a_search_and_compare_and_a_favourite_stays(place: Place, browser: Any) -> None:
    page, wrong = a_phone(browser, place.base)
    page.goto(place.base + "/sign-in")
    page.fill("#email", place.email)
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_load_state()
    first, second, third = place.ids

    page.goto(place.base + "/instruments")
    assert not page.is_visible(".compare-bar")
    page.check(f"input[name=i][value='{third}']")
    page.fill("#q", "S1")
    expect(page.locator("[data-figure=found]")).to_have_text("1")
    page.check(f"input[name=i][value='{first}']")
    page.click(".compare-bar button")
    page.wait_for_url(re.compile("/compare"))
    prices = page.locator("table.compare [data-figure=yours]").all_inner_texts()
    page.click(f"form[action$='/favourites/{first}/keep'] button")
    page.wait_for_url(re.compile(f"#i{first}$"))
    page.goto(place.base + "/favourites")

    assert sorted(prices) == ["¥200.00", "¥25.00"]
    assert page.locator("li.find").count() == 1
    assert page.inner_text("li.find h3") == "Scanning electron microscope"
    assert page.inner_text("[data-figure=yours]") == "¥200.00"
    assert second not in (first, third)
    assert wrong == []
