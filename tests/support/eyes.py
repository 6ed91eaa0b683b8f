"""Somebody at a browser who notices everything that is wrong with a page: for people who cannot see it, on a phone, in the console, off the house."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from equipment_share.services.demo import PASSWORD
from tests.support.pages import Example

PHONE, DESK = 390, 1280
SHOWN = 3
"""So many nodes of one rule are told; whoever mends them mends the rest."""
TAGS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = "color-contrast"
"""The rule that takes two thirds of axe's time, and comes out the same in every language."""
NOTE_VIOLATIONS = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => window.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
TOO_WIDE = """(width) => {
  const page = document.documentElement.scrollWidth;
  if (page <= width) return null;
  const scrolls = (node) => { for (let up = node.parentElement; up && up !== document.body; up = up.parentElement) if (getComputedStyle(up).overflowX !== "visible") return true; return false; };
  const over = [...document.body.querySelectorAll("*")].filter((node) => node.getBoundingClientRect().right > width + 0.5 && !scrolls(node));
  return `${page} px wide: ` + over.slice(-3).map((node) => node.outerHTML.slice(0, 160)).join(" | ");
}"""
BLANKS = """() => document.body.innerText.match(/.{0,24}[。；：，、）！？] (?=\\S).{0,24}/g) || []"""
"""What is read with a blank after a full-width mark, as the browser lays it out."""
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass(frozen=True)
class Look:
    """How a page is looked at: with every rule, or without that of contrast."""

    theme: str
    width: int
    contrast: bool = True

    @property
    def rules(self) -> str:
        """What axe is told."""
        return json.dumps(
            {"runOnly": TAGS, "rules": {CONTRAST: {"enabled": self.contrast}}, "resultTypes": ["violations"], "preload": False}
        )


class Reader:
    """One person in one role and language, in one window."""

    def __init__(self, browser: Any, base: str, role: str, language: str) -> None:
        self.base, self.role, self.language = base, role, language
        self.heard: list[str] = []
        self.window = browser.new_context(
            viewport={"width": DESK, "height": 900}, timezone_id="Asia/Shanghai", reduced_motion="reduce", locale="en-GB"
        )
        self.window.add_cookies([{"name": "language", "value": language, "url": base}])
        self.window.add_init_script(NOTE_VIOLATIONS)
        self.page = self.window.new_page()
        self._listen()
        if role != "visitor":
            self._sign_in(f"{role}@demo.example")

    def _listen(self) -> None:
        self.page.on("console", lambda message: self.heard.append(f"console: {message.text}") if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.heard.append(f"script: {error}"))
        self.page.on(
            "request",
            lambda request: (
                self.heard.append(f"off the house: {request.url}")
                if not request.url.startswith((self.base + "/", "data:", "blob:"))
                else None
            ),
        )

    def _sign_in(self, email: str) -> None:
        self.page.goto(self.base + "/sign-in")
        self.page.fill("#email", email)
        self.page.fill("#password", PASSWORD)
        self.page.click("main form button")
        if self.page.get_attribute("html", "lang")[:2] != self.language:
            self.page.click(f"header button[lang={self.language}]")
        assert self.page.get_attribute("html", "lang")[:2] == self.language, f"{email} could not sign in and read {self.language}"

    def open(self, example: Example, look: Look) -> int:
        """Go there; answers the status."""
        self.heard.clear()
        self.dress(look)
        return int(self.page.goto(self.base + example.path).status)

    def dress(self, look: Look) -> None:
        """The same page in another theme and width."""
        self.page.set_viewport_size({"width": look.width, "height": 900})
        self.page.emulate_media(color_scheme=look.theme)

    def close(self) -> None:
        """Leave."""
        self.window.close()


def faults(reader: Reader, example: Example, looks: list[Look]) -> list[str]:
    """Everything wrong with one page, each with what a person needs to mend it."""
    found = []
    where = f"{example.name} {example.path} as {reader.role}, {reader.language}"
    status = reader.open(example, looks[0])
    if status != example.status:
        return [f"{where}: answers {status}"]
    reader.page.evaluate(Axe().axe_script)
    for look in looks:
        reader.dress(look)
        reader.page.evaluate(SETTLED)
        here = f"{where}, {look.theme}, {look.width} px"
        if wide := reader.page.evaluate(TOO_WIDE, look.width):
            found.append(f"{here}: {wide}")
        for rule in reader.page.evaluate(f"axe.run(document, {look.rules}).then((found) => found.violations)"):
            found += [f"{here}: {told}" for told in _told(rule)]
    if reader.language == "zh":
        found += [f"{where}: a blank after a full-width mark: {words}" for words in reader.page.evaluate(BLANKS)]
    expected = f"the server responded with a status of {example.status}"
    found += [f"{where}: {words}" for words in reader.heard if expected not in words]
    found += [f"{where}: refused by the content policy: {words}" for words in reader.page.evaluate("window.refused")]
    return found


def _told(rule: Mapping[str, Any]) -> list[str]:
    """The rule, the first nodes it found, the reason; and how many more."""
    nodes = rule["nodes"]
    more = f" ({len(nodes) - SHOWN} more)" if len(nodes) > SHOWN else ""
    return [f"{rule['id']}: {node['html'][:240]} - {' '.join(str(node.get('failureSummary')).split())}{more}" for node in nodes[:SHOWN]]
