"""What was typed survives a session that ended; a word is explained where it stands, by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from equipment_share.adapters.passwords import hashed
from equipment_share.domain.access import Kind, Role
from equipment_share.models.base import db
from tests.browser.test_the_story import PASSWORD, Person
from tests.builders import a_person, an_organisation

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@pytest.fixture
def admin(app: Flask, browser: Any, live_server: str) -> Person:
    """An administrator at a browser."""
    person = a_person(Role.ADMIN, an_organisation(Kind.PLATFORM))
    person.password_hash = hashed(PASSWORD)
    email = person.email
    db.session.commit()
    return Person(browser, live_server, "en", email)


def test_a_form_sent_after_the_session_ended_comes_back_filled_and_is_received_once(admin: Person) -> None:
    page, email = admin.page, db.session.execute(text("SELECT email FROM user_account")).scalar_one()
    admin.go("/admin/calendar?year=2027")
    page.fill("#day", "2027-05-04")
    page.select_option("#kind", "work")
    page.fill("#name", "Youth Day")
    db.session.execute(text("UPDATE sign_in SET ended_at = made_at"))
    db.session.commit()

    page.click("main form.card button")
    asked_to_sign_in = page.url
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.locator("form .note[role=status]").wait_for()  # what was typed is put back once the page is there

    assert "/sign-in" in asked_to_sign_in
    assert page.url.endswith("/admin/calendar?year=2027")
    assert [page.input_value(name) for name in ("#day", "#kind", "#name")] == ["2027-05-04", "work", "Youth Day"]
    page.click("main form.card button")
    assert page.locator("main tbody tr", has_text="Youth Day").count() == 1
    admin.go("/admin/calendar?year=2027")
    assert page.input_value("#name") == ""
    assert (admin.errors, admin.strays) == ([], [])


def test_a_money_word_is_explained_by_keyboard_and_closed_again(browser: Any, live_server: str) -> None:
    visitor = Person(browser, live_server, "en")
    visitor.go("/help/tour/firm_admin")
    box = visitor.page.locator("#hint-hold-1")

    visitor.page.focus("[popovertarget=hint-hold-1]")
    hidden = box.is_visible()
    visitor.page.keyboard.press("Enter")
    shown, words = box.is_visible(), box.inner_text()
    visitor.page.keyboard.press("Escape")

    assert (hidden, shown, box.is_visible()) == (False, True, False)
    assert "¥400.00 of your voucher is held" in words
    assert visitor.errors == []
