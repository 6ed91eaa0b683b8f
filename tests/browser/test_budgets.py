"""What a first view costs: bytes over the wire with nothing kept from before, and no line that jumps while the page appears."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.browser.conftest import Town
from tests.support.eyes import PHONE, SETTLED, Look, Reader
from tests.support.pages import Example

FIRST_VIEW, WITH_A_BOARD = 150_000, 200_000
"""Bytes (screens.md §7)."""
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().filter((one) => !one.hadRecentInput).map((one) => one.value)))
  .observe({ type: "layout-shift", buffered: true });
"""
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("town")]


def first_view(reader: Reader, path: str) -> tuple[int, float]:
    """Bytes on the wire and the sum of shifts, on a phone, with nothing kept from before."""
    wire = reader.window.new_cdp_session(reader.page)
    came: list[int] = []
    wire.on("Network.loadingFinished", lambda event: came.append(int(event["encodedDataLength"])))
    wire.send("Network.enable")
    wire.send("Network.clearBrowserCache")
    reader.window.add_init_script(WATCH_SHIFTS)
    assert reader.open(Example("", path), Look("light", PHONE)) == 200
    reader.page.wait_for_load_state("networkidle")
    reader.page.evaluate(SETTLED)
    return sum(came), float(reader.page.evaluate("window.shifts.reduce((sum, one) => sum + one, 0)"))


@pytest.mark.parametrize("language", ["zh", "en"] if os.environ.get("SLOW") else ["zh"])
@pytest.mark.parametrize(
    ("role", "path", "budget"),
    [
        ("visitor", "/", FIRST_VIEW),
        ("visitor", "/instruments", FIRST_VIEW),
        ("visitor", "/instruments/1", FIRST_VIEW),
        ("firm_admin", "/instruments/1/book", FIRST_VIEW),
        ("owner_admin", "/desk/board", WITH_A_BOARD),
    ],
)
def test_a_first_view_is_small_and_stands_still(town: Town, browser: Any, role: str, path: str, budget: int, language: str) -> None:
    reader = Reader(browser, town.base, role, language)

    came, shifted = first_view(reader, path)
    reader.close()

    assert 10_000 < came <= budget
    assert shifted < 0.1
