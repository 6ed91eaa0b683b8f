"""Every step and every reason that the calculation can give has words, in both languages."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale

import equipment_share
from equipment_share.adapters.samples import sample_programmes
from equipment_share.domain.money import Money
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.subsidy.awards import FirmFacts, Line, Order, ProgrammeState, Stage
from equipment_share.domain.subsidy.subsidy import subsidies
from equipment_share.wording import WORDS
from equipment_share.wording.vouchers import award_words

ROOT = Path(equipment_share.__file__).parent
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "domain" / "subsidy").glob("*.py")))


def test_every_step_and_every_binding_in_the_sources_has_words_in_both_languages() -> None:
    rules = set(re.findall(r'Step\(\s*"([a-z_]+)"', SOURCES))
    bindings = set(re.findall(r'"([A-Z]{2,}(?:_[A-Z]+)*)"', SOURCES))
    with (ROOT / "translations" / "zh" / "LC_MESSAGES" / "messages.po").open("rb") as source:
        chinese = {(message.context, message.id): message.string for message in read_po(source)}

    assert rules == {"stop", "base", "deduct", "bands", "limit", "min_claim", "award", "exclusive"}
    assert len(bindings) == 18
    assert {"RATE", "ANNUAL_CAP", "BONUS_CAP", "EXCLUSIVE", "MIN_CLAIM", "VOUCHER_EXPIRED", "BUDGET"} <= bindings
    for kind, keys in (("step", rules), ("binding", bindings)):
        assert keys <= set(WORDS[kind])
        english = {key: WORDS[kind][key]._args[-1] for key in keys}
        assert [key for key, words in english.items() if not chinese.get((kind, words))] == []


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "可补贴金额 ¥800.00 → 按 50 % 计 ¥400.00 → 年度额度剩 ¥250.00 → 抵扣 ¥250.00"),
        ("en", "Covered fee ¥800.00 → at 50 %: ¥400.00 → annual limit: ¥250.00 left → bears ¥250.00"),
    ],
)
def test_the_explanation_reads_as_people_say_it(app: Flask, language: str, words: str) -> None:
    order = Order(date(2026, 5, 4), date(2026, 5, 4), "", (Line("machine_time", "shared_instrument", Money(80_000)),))
    haining = Programme.parse(sample_programmes()["HN"])

    award = subsidies(order, FirmFacts(frozenset({"tech_sme"})), [(haining, ProgrammeState(annual_used=Money(19_975_000)))], Stage.QUOTE)[0]

    with app.test_request_context(), force_locale(language):
        assert award_words(award.document()) == words
