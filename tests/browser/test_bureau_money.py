"""The bureau's hands at their screens: a queue of claims checked and approved, a batch signed, a bank return read, all by keyboard where it can be."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from equipment_share.adapters.passwords import hashed
from equipment_share.domain.access import Role
from equipment_share.domain.money import Money
from equipment_share.domain.periods import Period, last_day
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.people import User
from equipment_share.models.settlement import Claim
from equipment_share.queries.ledger import mismatches
from equipment_share.queries.settlement import claims_of_booking
from equipment_share.services.bookings.evidence import HandedIn, add_document
from equipment_share.services.settlement.batches import open_batch
from equipment_share.services.settlement.claims import submit_claim
from equipment_share.services.transaction import answered_in_one
from tests.browser.test_the_story import PASSWORD, Person
from tests.builders import NOW, a_booking, a_firm, a_programme, an_instrument, an_officer, an_owner, tuesday
from tests.support.servers import serving
from tests.support.settled import approved, handed_in, the_hands, used

MANY = 60 if os.environ.get("SLOW") else 20
"""Claims before the clerk."""
LATER = NOW + timedelta(days=60)
WIDTHS = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


def claims(count: int, wrong: int) -> None:
    """So many claims of one hour each at 400.00, half borne by the voucher; the proof of payment of the last few says 12.34 less."""
    a_programme(budget={"total_fen": 200_000_000})
    owner = an_owner()
    firms, rooms = [a_firm() for _ in range(6)], [an_instrument(owner) for _ in range(6)]
    for number in range(count):
        start = tuesday("09:00") + timedelta(days=number // 6, hours=number % 3)
        firm, end = firms[number % 6], start + timedelta(hours=1)
        booking = a_booking(firm, rooms[number % 6], start, end)
        booking = used(booking, owner, firm, start, end, at=end + timedelta(hours=1))
        if number < count - wrong:
            handed_in(booking, owner, firm, at=LATER - timedelta(days=10))
        else:
            handed_in_wrong(booking, owner, firm, number)


def handed_in_wrong(booking: Booking, owner: User, firm: User, number: int) -> None:
    """A claim whose proof of payment says 12.34 less than the firm owed."""
    at, day = LATER - timedelta(days=10), last_day(booking.ends_at)
    add_document(booking.id, leg="contract", number=f"CX-{number}", dated_on=day, by=owner, at=at)
    add_document(booking.id, leg="invoice", number=f"IX-{number}", dated_on=day, amount=booking.gross, by=owner, at=at)
    file = HandedIn("receipt.pdf", b"%PDF-1.4 x")
    add_document(booking.id, leg="payment", number=f"PX-{number}", dated_on=day, amount=Money(20_000 - 1_234), file=file, by=firm, at=at)
    submit_claim(claims_of_booking(booking.id)[0].id, by=owner, at=at)


def with_passwords(*people: User) -> None:
    """Let these people sign in, and read English."""
    ids = [person.id for person in people]

    def work(session: Any) -> None:
        for key in ids:
            user = session.get(User, key)
            user.password_hash, user.language = hashed(PASSWORD), "en"

    answered_in_one(work)


@contextmanager
def at_work(engine_url: str, tmp_path: Path) -> Iterator[str]:
    """The real server, two months after the uses."""
    db.session.remove()
    clock = tmp_path / "clock"
    clock.write_text(LATER.isoformat())
    with serving(engine_url, {"CLOCK_FILE": str(clock), "HASHING": "cheap"}) as base:
        yield base


def tab_to(person: Person, selector: str) -> int:
    """Press Tab until something that fits has the focus; how many presses it took."""
    for presses in range(1, 200):
        person.page.keyboard.press("Tab")
        if person.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return presses
    raise AssertionError(f"Tab never reaches {selector}")


def quiet(*people: Person) -> bool:
    """Whether no page complained, and none asked anybody outside this machine."""
    return not [one for person in people for one in (*person.errors, *person.strays)]


def marked(count: int) -> str:
    """What the foot of the queue says of so many claims of 200.00."""
    return f"{count} marked: ¥{count * 200:,}.00"


def done(count: int, act: str = "checked") -> str:
    """What the page says when they are done, up to who is next."""
    return f"{count} claims {act}, ¥{count * 200:,}.00."


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_clerk_checks_a_queue_of_claims_by_keyboard(app: Flask, engine_url: str, browser: Any, tmp_path: Path) -> None:
    claims(MANY, wrong=5)
    clerk_user, reviewer_user = an_officer(Role.BUREAU_CLERK), an_officer(Role.BUREAU_REVIEWER)
    with_passwords(clerk_user, reviewer_user)
    emails = clerk_user.email, reviewer_user.email

    with at_work(engine_url, tmp_path) as base:
        clerk, reviewer = (Person(browser, base, "en", email) for email in emails)
        clerk.go("/claims")
        page = clerk.page
        assert (clerk.figure("waiting"), clerk.figure("differing"), clerk.figure("clean")) == (str(MANY), "5", str(MANY - 5))
        assert clerk.figure("marked") == marked(MANY - 5)
        assert page.locator("[data-figure=difference]").all_inner_texts() == ["−¥12.34"] * 5
        assert page.locator(".l-different").count() == 5
        assert page.locator(".l-different a", has_text="receipt.pdf").count() == 5

        page.keyboard.press("b")
        assert marked(MANY - 5) in page.inner_text("details[open]")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert done(MANY - 5) in page.inner_text("main")
        assert (clerk.figure("waiting"), clerk.figure("differing"), clerk.figure("clean")) == ("5", "5", "0")

        for left in ("4", "3"):
            page.keyboard.press("j")
            page.keyboard.press("r")
            page.keyboard.type("The proof says 187.66, the quote 200.00.")
            page.keyboard.press("Enter")
            page.wait_for_function("left => document.querySelector('[data-figure=waiting]').textContent === left", arg=left)
            page.evaluate("sessionStorage.clear()")
            clerk.go("/claims")

        reviewer.page.set_viewport_size(WIDTHS["phone"])
        reviewer.go("/claims")
        clean = MANY - 5
        assert (reviewer.figure("waiting"), reviewer.figure("clean"), reviewer.figure("marked")) == (str(clean), str(clean), marked(clean))
        reviewer.page.uncheck("input[name=claim] >> nth=0")
        assert reviewer.figure("marked") == marked(clean - 1)
        assert reviewer.page.evaluate("document.documentElement.scrollWidth") == 390
        reviewer.page.keyboard.press("b")
        with reviewer.page.expect_navigation():
            reviewer.page.keyboard.press("Enter")
        assert done(clean - 1, "approved") in reviewer.page.inner_text("main")
        assert reviewer.figure("waiting") == "1"
        assert quiet(clerk, reviewer)

    db.session.expire_all()
    assert Counter(claim.state.value for claim in db.session.query(Claim)) == {
        "approved": clean - 1,
        "checked": 1,
        "submitted": 3,
        "returned": 2,
    }


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_batch_is_signed_paid_with_one_failure_and_closed_by_keyboard(app: Flask, engine_url: str, browser: Any, tmp_path: Path) -> None:
    a_programme()
    owner, hands = an_owner(), the_hands()
    for number in range(3):
        firm, start = a_firm(), tuesday("09:00") + timedelta(days=number)
        booking = a_booking(firm, an_instrument(owner), start, start + timedelta(hours=1))
        booking = used(booking, owner, firm, start, start + timedelta(hours=1), at=start + timedelta(hours=2))
        approved(handed_in(booking, owner, firm, at=start + timedelta(hours=3)), hands, at=start + timedelta(hours=4))
    batch, _ = open_batch("HALF", Period.parse("2026-Q3"), by=hands.clerk, at=LATER)
    with_passwords(hands.clerk, hands.reviewer, hands.leader, hands.finance, hands.closer)
    emails = [person.email for person in (hands.clerk, hands.reviewer, hands.leader, hands.finance, hands.closer)]
    address = f"/bureau/batches/{batch.id}"

    with at_work(engine_url, tmp_path) as base:
        clerk, reviewer, leader, finance, closer = (Person(browser, base, "en", email) for email in emails)
        clerk.go(address)
        assert "Lock 3 lines, ¥600.00" in clerk.page.inner_text("ol.guide li[aria-current]")
        signs(clerk, f"{address}/lock")
        clerk.go(address)
        assert clerk.figure("next") == "Next: Reviewer"

        reviewer.go(address)
        signs(reviewer, f"{address}/review")
        leader.page.set_viewport_size(WIDTHS["phone"])
        leader.go(address)
        assert leader.figure("total") == "¥600.00"
        assert leader.page.evaluate("document.documentElement.scrollWidth") == 390
        signs(leader, f"{address}/approve")
        clerk.go(address)
        signs(clerk, f"{address}/send")

        finance.go("/finance")
        assert "¥600.00" in finance.page.inner_text("[data-figure=to-pay]")
        finance.go(address)
        reads(finance, address, tmp_path, "1,paid,2026-11-05,BK-1,20000\n2,failed,,,20000\n3,paid,2026-11-05,BK-3,20000\n")
        assert "2 paid, 1 failed, 0 unchanged" in finance.page.inner_text("main")
        assert (finance.figure("paid"), finance.figure("failed")) == ("¥400.00", "¥200.00")
        finance.go("/finance")
        assert "¥200.00" in finance.page.inner_text("[data-figure=failed]")
        assert finance.page.locator("[data-figure=failed-lines] tbody tr").count() == 1
        finance.go(address)
        reads(finance, address, tmp_path, "2,paid,2026-11-06,BK-2,20000\n")
        assert (finance.figure("paid"), finance.figure("failed")) == ("¥600.00", "¥0.00")

        closer.go(address)
        signs(closer, f"{address}/close")
        assert "Closed" in closer.page.inner_text(".page-head")
        assert quiet(clerk, reviewer, leader, finance, closer)

    assert mismatches() == []


def signs(person: Person, path: str) -> None:
    """Reach a step's button with Tab and press it with Enter; one that asks once more is opened first."""
    asks = person.page.locator(f"details:has(form[action$='{path}']) > summary")
    if asks.count():
        tab_to(person, "ol.guide summary.button")
        person.page.keyboard.press("Enter")
    tab_to(person, f"form[action$='{path}'] button")
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")


def reads(person: Person, address: str, tmp_path: Path, rows: str) -> None:
    """Hand in what the bank answered."""
    file = tmp_path / "return.csv"
    file.write_text("line,status,paid_on,reference,amount_fen\n" + rows)
    person.page.set_input_files("#file", str(file))
    with person.page.expect_navigation():
        person.press(f"{address}/bank-return")
