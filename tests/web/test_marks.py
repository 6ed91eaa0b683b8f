"""Commas, colons and brackets between words are those of the reader's language; amounts in an explanation look like amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

import equipment_share
from equipment_share.domain.money import Money
from equipment_share.web.blanks import put_together, side_by_side
from equipment_share.wording.marks import amount_words, apart, aside, joined, labelled
from equipment_share.wording.vouchers import step_words

TEMPLATES = Path(equipment_share.__file__).parent / "templates"
MARKS = re.compile(r"\}\}(?:</strong>)?[:;,] (?:\{|<a|<strong)|\}\}:$|(?<!_)\(\{\{[^}]*\}\}\)|join\(\"[,;:] ?\"\)", re.MULTILINE)
"""A mark that would stand in half width between two Chinese words."""


def test_no_template_sets_a_mark_of_its_own_between_two_words() -> None:
    found = [
        f"{path.name}: {line.strip()[:80]}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if MARKS.search(line)
    ]

    assert found == []


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    """A reader of English."""
    with app.test_request_context(), force_locale("en"):
        yield


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("english")
def test_the_marks_are_those_of_the_language() -> None:
    assert joined(["contract", "invoice"]) == "contract, invoice"
    assert apart(["50 %, 30 %", "20 %"]) == "50 %, 30 %; 20 %"
    assert labelled("Clerk", "checks") == "Clerk: checks"
    assert "HN" + aside("code") == "HN (code)"


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("english")
def test_a_step_of_an_explanation_says_its_amount_with_sign_and_thousands() -> None:
    assert step_words("base", {"base_fen": 1_860_000}) == "Covered fee ¥18,600.00"
    assert (amount_words(Money(-5)), amount_words(123_456_789)) == ("−¥0.05", "¥1,234,567.89")


SENTENCES = ["<p>", "甲。", "</strong> <a>", "乙：", " ", "3", " 天", "\n  </p>"]
"""What a template says, piece by piece: two Chinese sentences, a figure and its unit."""


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_two_chinese_sentences_stand_side_by_side_without_a_blank(app: Flask) -> None:
    with app.test_request_context(), force_locale("zh"):
        assert put_together(SENTENCES) == "<p>甲。</strong><a>乙：3 天\n  </p>"
        assert put_together(["<b>甲）</span>", "</strong>", "\n   ", "乙"]) == "<b>甲）</span></strong>乙"
        assert put_together(["<textarea>", "甲。 乙。\n", "</textarea>"]) == "<textarea>甲。 乙。\n</textarea>"
        assert side_by_side("甲。", "乙。") == "甲。乙。"


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("english")
def test_two_english_sentences_keep_their_blank() -> None:
    assert put_together(SENTENCES) == "".join(SENTENCES)
    assert side_by_side("One.", "Two.") == "One. Two."


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_template_puts_its_sentences_together_in_the_language_of_the_reader(app: Flask) -> None:
    said = app.jinja_env.from_string("{{ one }} {% if two %} {{ two }}{% endif %}")
    for language, read in (("zh", "甲。乙。"), ("en", "甲。  乙。")):
        with app.test_request_context(), force_locale(language):
            assert said.render(one="甲。", two="乙。") == read
