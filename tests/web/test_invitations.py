"""Whoever is invited gets a letter with the link, in both languages; the page says where it goes, or that no post is set up."""

from __future__ import annotations

import email
import re
from email import policy
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Kind, Role
from equipment_share.models.base import db
from equipment_share.models.outbox import Letter
from equipment_share.models.people import SYSTEM
from equipment_share.queries.people import link_of
from equipment_share.services.people.people import invite_person
from tests.builders import a_firm, a_person, an_organisation, the_bureau
from tests.support.people import signed_in

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
MATE = {"email": "mate@firm.example", "name": "周敏", "role": "firm_user"}


@pytest.fixture
def box(app: Flask, tmp_path: Path) -> Path:
    """The file that the post fills."""
    app.config["MAIL_URL"] = f"file://{tmp_path}/letters.txt"
    return tmp_path / "letters.txt"


def posted(app: Flask, box: Path) -> list[tuple[str, str, str]]:
    """To whom, under which subject and with which text the next round of the post writes."""
    app.test_cli_runner().invoke(args=["worker", "--once"], catch_exceptions=False)
    found = [email.message_from_string(text, policy=policy.default) for text in re.split(r"(?m)^(?=To: )", box.read_text())[1:]]
    return [(one["To"], one["Subject"], one.get_content()) for one in found]


def test_a_member_is_written_to_in_both_languages_and_the_link_of_the_letter_works(app: Flask, client: FlaskClient, box: Path) -> None:
    chief = a_firm()
    firm = chief.organisation.name
    signed_in(client, chief)

    page = client.post("/team", data=MATE).get_data(as_text=True)
    shown = re.findall(r"/link/([\w-]+)", page)
    [(to, subject, text)] = posted(app, box)

    assert to == "mate@firm.example" and subject
    assert text.count(firm) == 2 and "You are invited to" in text
    assert re.findall(r"/link/([\w-]+)", text) == shown and len(shown) == 1
    assert link_of(shown[0], at=now()) is not None
    assert page.count("mate@firm.example") >= 2  # in the list, and as where the letter goes
    letter = db.session.query(Letter).one()
    assert (letter.sent_at is not None, "token" in letter.facts) == (True, False)


def test_staff_of_the_bureau_are_written_to_as_well_and_again_with_a_new_link(app: Flask, client: FlaskClient, box: Path) -> None:
    signed_in(client, a_person(Role.ADMIN, an_organisation(Kind.PLATFORM)))

    client.post(
        "/admin/people/invite", data={"organisation": the_bureau().id, "role": "finance", "email": "till@bureau.example", "name": ""}
    )
    invited = db.session.query(Letter).one().user
    page = client.post(f"/admin/people/{invited.id}/invite").get_data(as_text=True)
    texts = [text for _, _, text in posted(app, box)]

    links = [re.findall(r"/link/([\w-]+)", text)[0] for text in texts]
    assert [link_of(link, at=now()) is not None for link in links] == [False, True]
    assert links[1] in page


def test_without_a_post_the_page_asks_to_send_the_link_oneself(app: Flask, client: FlaskClient) -> None:
    signed_in(client, a_firm())

    without = client.post("/team", data=MATE, headers={"Accept-Language": "en"}).get_data(as_text=True)
    app.config["MAIL_URL"] = "smtp://localhost"
    with_it = client.post("/team", data={**MATE, "email": "other@firm.example"}).get_data(as_text=True)

    assert ("data-posted" in without, "data-posted" in with_it) == (False, True)


def test_an_operator_at_the_terminal_hands_the_link_over_and_no_letter_goes(app: Flask) -> None:
    _, raw = invite_person("first@pool.example", Role.ADMIN, an_organisation(Kind.PLATFORM).id, by=SYSTEM, at=now())

    assert (link_of(raw, at=now()) is not None, db.session.query(Letter).count()) == (True, 0)
