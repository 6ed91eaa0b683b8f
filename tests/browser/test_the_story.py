"""The whole job as people see it, in a real browser on the real server: all eleven roles, a phone and a desk, both languages and engines, figures."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from equipment_share.adapters.clock import now
from equipment_share.adapters.passwords import hashed
from equipment_share.domain.access import Kind, Role
from equipment_share.domain.periods import BUREAU_ZONE, Period, last_day
from equipment_share.models.base import db
from equipment_share.models.people import User
from equipment_share.queries.ledger import mismatches
from equipment_share.services.transaction import answered_in_one
from tests.builders import a_firm, a_person, a_programme, an_instrument, an_officer, an_organisation, an_owner
from tests.support.servers import serving

PASSWORD = "Story-of-2026-haining"
TELLINGS = [
    ("postgresql", "zh", 390),
    ("sqlite", "en", 1280),
    *([("sqlite", "zh", 1280), ("postgresql", "en", 390)] if os.environ.get("SLOW") else []),
]


class Person:
    """Somebody at a browser of their own; every request must stay on this machine."""

    def __init__(self, browser: Any, base: str, language: str, email: str = "", width: int = 1280) -> None:
        self.base, self.strays, self.errors = base, [], []
        context = browser.new_context(viewport={"width": width, "height": 900}, timezone_id="America/New_York")
        context.add_cookies([{"name": "language", "value": language, "url": base}])
        self.page = context.new_page()
        self.page.on("request", lambda request: self.strays.append(request.url) if not request.url.startswith((base, "data:")) else None)
        self.page.on("console", lambda message: self.errors.append(f"{self.page.url}: {message.text}") if message.type == "error" else None)
        if email:
            self.go("/sign-in")
            self.page.fill("#email", email)
            self.page.fill("#password", PASSWORD)
            self.page.click("main form button")

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def press(self, path: str) -> None:
        """Press the button of the form that posts to a path."""
        asks = self.page.locator(f"details:not([open]):has(form[action$='{path}']) > summary")
        if asks.count():
            asks.first.click()
        self.page.click(f"form[action$='{path}'] button")

    def figure(self, name: str) -> str:
        return str(self.page.inner_text(f"[data-figure={name}] >> nth=0"))


def people(language: str) -> dict[str, str]:
    """Everybody of the story, with a password; their e-mail addresses by part."""
    a_programme(docs_required=["contract", "invoice", "payment"], effective_from=None)
    owner, firm = an_owner(), a_firm()
    an_instrument(owner, hourly=40_000, name_zh="场发射扫描电镜", name_en="Field-emission SEM")
    cast = {
        "firm": firm, "owner": owner, "engineer": a_person(Role.FIRM_USER, firm.organisation), "clerk": an_officer(Role.BUREAU_CLERK),
        "keeper": a_person(Role.OWNER_OPERATOR, owner.organisation), "reviewer": an_officer(Role.BUREAU_REVIEWER),
        "leader": an_officer(Role.BUREAU_LEADER), "finance": an_officer(Role.FINANCE), "auditor": an_officer(Role.AUDITOR),
        "admin": a_person(Role.ADMIN, an_organisation(Kind.PLATFORM)),
    }  # fmt: skip
    emails = {part: user.email for part, user in cast.items()}

    def set_passwords(session: Any) -> None:
        for email in emails.values():
            user = session.query(User).filter_by(email=email).one()
            user.password_hash, user.language = hashed(PASSWORD), language

    answered_in_one(set_passwords)
    return emails


@pytest.mark.parametrize(("engine_url", "language", "width"), TELLINGS, indirect=["engine_url"])
def test_the_main_job_from_the_search_to_the_closed_batch(
    app: Flask, engine_url: str, browser: Any, tmp_path: Path, language: str, width: int
) -> None:
    emails = people(language)
    db.session.remove()
    clock = tmp_path / "clock"
    begin = now().replace(minute=0, second=0, microsecond=0, hour=1)
    clock.write_text(begin.isoformat())
    start = (begin + timedelta(days=1)).astimezone(BUREAU_ZONE).replace(hour=10)
    text = "%Y-%m-%dT%H:%M"

    with serving(engine_url, {"CLOCK_FILE": str(clock), "HASHING": "cheap"}) as base:
        everybody: list[Person] = []

        def comes(part: str = "") -> Person:
            everybody.append(Person(browser, base, language, emails.get(part, ""), width))
            return everybody[-1]

        visitor = comes()
        visitor.go("/instruments")
        visitor.page.fill("#q", "电镜")
        visitor.page.press("#q", "Enter")
        visitor.page.wait_for_url(re.compile("q="))
        assert visitor.figure("found") == "1"

        engineer = comes("engineer")
        engineer.go(f"/instruments/1/book?start={start.strftime(text)}&end={(start + timedelta(hours=2)).strftime(text)}")
        assert (engineer.figure("gross"), engineer.figure("subsidy"), engineer.figure("net")) == ("¥800.00", "−¥400.00", "¥400.00")
        engineer.page.click("#booking .main-act")
        engineer.page.wait_for_url(re.compile(r"/bookings/1$"))

        keeper = comes("keeper")
        keeper.go("/desk/")
        keeper.press("/desk/1/approve")
        keeper.page.wait_for_selector("[data-answered]")
        clock.write_text((begin + timedelta(days=1, hours=8)).isoformat())
        keeper = comes("keeper")
        keeper.go("/bookings/1")
        form = "form[action$='/desk/1/usage']"
        keeper.page.fill(f"{form} #start", start.strftime(text))
        keeper.page.fill(f"{form} #end", (start + timedelta(minutes=90)).strftime(text))
        keeper.press("/desk/1/usage")
        assert (keeper.figure("gross"), keeper.figure("subsidy"), keeper.figure("net")) == ("¥600.00", "−¥300.00", "¥300.00")

        engineer = comes("engineer")
        engineer.go("/bookings/1")
        engineer.press("/bookings/1/confirm")
        assert (engineer.figure("gross"), engineer.figure("subsidy"), engineer.figure("net")) == ("¥600.00", "−¥300.00", "¥300.00")
        firm, owner = comes("firm"), comes("owner")
        firm.go("/wallet")
        assert "¥199,700.00" in firm.page.inner_text("main")
        day = start.strftime("%Y-%m-%d")
        for person, leg, number, amount in (
            (owner, "contract", "HT-1", ""),
            (owner, "invoice", "FP-1", "600"),
            (firm, "payment", "PZ-1", "300"),
        ):
            person.go("/bookings/1/papers")
            person.page.select_option("#leg", leg)
            person.page.fill("#number", number)
            person.page.fill("#dated_on", day)
            person.page.fill("#amount", amount)
            person.page.click("form[enctype] button")
            person.page.wait_for_load_state()
        owner.go("/claims/1")
        owner.press("/claims/1/submit")

        clerk, reviewer, leader, finance = (comes(part) for part in ("clerk", "reviewer", "leader", "finance"))
        for person, act in ((clerk, "check"), (reviewer, "approve")):
            person.go("/claims/1")
            assert person.figure("claim") == "¥300.00"
            person.press(f"/claims/1/{act}")
        quarter = str(Period.quarter_of(last_day(start + timedelta(minutes=90))))
        clerk.go("/bureau/batches/")
        clerk.page.click("[data-figure=waiting] button")
        clerk.page.wait_for_url(re.compile(r"/bureau/batches/1$"))
        for person, act in ((clerk, "lock"), (reviewer, "review"), (leader, "approve"), (clerk, "send")):
            person.go("/bureau/batches/1")
            person.press(f"/bureau/batches/1/{act}")
        returned = tmp_path / "return.csv"
        returned.write_text(f"line,status,paid_on,reference,amount_fen\n1,paid,{day},BK-1,30000\n")
        finance.go("/bureau/batches/1")
        assert finance.figure("total") == "¥300.00"
        finance.page.set_input_files("#file", str(returned))
        finance.press("/bureau/batches/1/bank-return")
        reviewer.go("/bureau/batches/1")
        reviewer.press("/bureau/batches/1/close")

        clerk.go(f"/bureau/reports/reconciliation?programme=HALF&period={quarter}")
        shown = {name: clerk.figure(name) for name in ("held", "captured", "released", "claimed", "approved", "paid", "closing")}
        assert shown == {
            "held": "¥400.00", "captured": "¥300.00", "released": "¥100.00", "claimed": "¥300.00", "approved": "¥300.00", "paid": "¥300.00",
            "closing": "¥199,700.00",
        }  # fmt: skip
        assert ("账实相符" if language == "zh" else "adds up to the fen") in clerk.figure("balance")
        auditor = comes("auditor")
        auditor.go("/audit")
        assert auditor.figure("off") == "0"
        auditor.page.click("table a >> nth=0")
        auditor.page.wait_for_url(re.compile(r"/follow/\d+$"))
        assert auditor.figure("amount") == "¥300.00"
        assert auditor.page.locator("ol.way > li").count() >= 10
        admin = comes("admin")
        admin.go("/admin/people")
        admin.page.fill("#q", emails["engineer"])
        admin.page.press("#q", "Enter")
        admin.page.wait_for_url(re.compile("q="))
        assert re.search(r"\d+", admin.figure("people"))[0] == "1"  # type: ignore[index]
        assert [person.page.url for person in everybody if person.page.evaluate("document.documentElement.scrollWidth") > width] == []
        assert [stray for person in everybody for stray in person.strays] == []
        assert [error for person in everybody for error in person.errors] == []

    assert mismatches() == []
    assert app.test_cli_runner().invoke(args=["ledger", "verify"]).exit_code == 0
