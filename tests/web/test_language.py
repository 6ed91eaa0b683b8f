"""The second reader gets the second reader's language: a page that was first shown in Chinese is whole in English."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask import Flask, g
from flask.testing import FlaskClient

from equipment_share.adapters.passwords import hashed
from equipment_share.models.base import db
from equipment_share.models.people import User
from equipment_share.services.transaction import answered_in_one
from tests.builders import a_firm, an_instrument, an_owner

CATALOGUE = Path(__file__).resolve().parents[2] / "equipment_share" / "translations" / "zh" / "LC_MESSAGES" / "messages.po"


@pytest.mark.parametrize("first", ["zh", "en"])
def test_words_of_constants_follow_the_reader_and_not_whoever_came_first(app: Flask, client: FlaskClient, first: str) -> None:
    instrument = an_instrument(an_owner())
    words = {"zh": ("已占用", "Occupied"), "en": ("Occupied", "已占用")}

    for language in (first, "en" if first == "zh" else "zh"):
        client.set_cookie("language", language)
        g.pop("_flask_babel", None)  # the test's own context outlives a request
        legend = client.get(f"/instruments/{instrument.id}").get_data(as_text=True).split('class="legend"')[1].split("</p>")[0]
        shown, hidden = words[language]
        assert shown in legend
        assert hidden not in legend


@pytest.mark.parametrize(("chosen", "read"), [("en", "en"), ("", "zh")])
def test_whoever_turns_the_page_to_english_and_signs_in_reads_on_in_english(
    app: Flask, client: FlaskClient, chosen: str, read: str
) -> None:
    firm = a_firm()

    def set_password(session: Any) -> None:
        session.get_one(User, firm.id).password_hash = hashed("Haining-2026-sem")

    answered_in_one(set_password)
    client.set_cookie("language", "en")  # somebody else's choice of last week
    if chosen:
        client.post("/language", data={"language": chosen, "next": "/sign-in"})
    client.post("/sign-in", data={"email": firm.email, "password": "Haining-2026-sem"})

    db.session.expire_all()
    assert db.session.get_one(User, firm.id).language == read


def test_chinese_sentences_carry_chinese_punctuation() -> None:
    with CATALOGUE.open("rb") as file:
        words = {text for message in read_po(file, locale="zh") if message.id for text in _texts(message.string)}

    narrow = [text for text in words if re.search(r"[\u4e00-\u9fff][,;:!?(]|[,;:!?)][\u4e00-\u9fff]", text)]

    assert len(words) > 1000
    assert narrow == []


def _texts(said: object) -> list[str]:
    return [said] if isinstance(said, str) else [str(one) for one in said] if isinstance(said, (list, tuple)) else []
