"""Every page in both languages and both themes, on a phone and at a desk: no barrier, no error, nothing from outside, nothing too wide."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.browser.conftest import Town
from tests.support.eyes import DESK, PHONE, Look, Reader, faults
from tests.support.pages import Example, missing, shared_out

SLOW = bool(os.environ.get("SLOW"))
LOOKS = {
    "zh": [Look("light", PHONE), Look("dark", DESK)],
    "en": [Look("light", DESK, contrast=False), Look("dark", PHONE, contrast=False)],
}  # fmt: skip
"""Every page once in each language and theme; colours do not depend on the language."""
ALL_LOOKS = [Look(theme, width) for theme in ("light", "dark") for width in (PHONE, DESK)]
BROKEN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>x</title><script src="own.js"></script><main><h1>x</h1><img src="http://elsewhere.invalid/a.png">
<p style="color:#ccc;background:#fff">pale</p><p>甲。 乙</p><table width="600"><tr><td>wide</td></tr></table></main><script>let inline = 1;</script></html>"""
POLICY = {"Content-Security-Policy": "script-src 'self'"}
pytestmark = pytest.mark.browser
TOWN = pytest.mark.xdist_group("town")


@TOWN
def test_every_page_is_found_by_following_links(town: Town, found: dict[str, dict[str, str]]) -> None:
    assert missing(town.pages, found, town.states) == set(), "link to it from a page that is there, or give an example in tests/support"
    assert len(town.pages.names) > 60


@TOWN
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_open_to_everybody_and_keeps_to_itself(
    town: Town, found: dict[str, dict[str, str]], browser: Any, language: str
) -> None:
    wrong, looked = [], 0
    readers: dict[str, Reader] = {}

    for example in shared_out(found, everybody=SLOW, states=town.states):
        if example.role not in readers:
            readers[example.role] = Reader(browser, town.base, example.role, language)
        wrong += faults(readers[example.role], example, ALL_LOOKS if SLOW else LOOKS[language])
        looked += 1
    for reader in readers.values():
        reader.close()

    assert wrong == [], "\n".join(wrong)
    assert looked >= len(town.pages.names)


@TOWN
def test_the_eyes_see_what_is_wrong(town: Town, browser: Any) -> None:
    reader = Reader(browser, town.base, "visitor", "zh")
    reader.window.route("**/help", lambda route: route.fulfill(body=BROKEN, content_type="text/html", headers=POLICY))
    reader.window.route("**/own.js", lambda route: route.fulfill(body="console.error('ours')", content_type="text/javascript"))
    wrong = "\n".join(faults(reader, Example("pages.guide", "/help", "visitor"), LOOKS["zh"]))
    reader.close()

    for fault in (
        "image-alt: <img",
        "color-contrast: <p",
        " px wide: ",
        "off the house: http://elsewhere.invalid/",
        "a blank after a full-width mark: 甲。 乙",
        "console: ours",
        "script-src",
    ):
        assert fault in wrong
