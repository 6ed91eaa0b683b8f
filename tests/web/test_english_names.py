"""What owners and the bureau write may have an English counterpart: the reader of an English page sees it, the other the name itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters import clock
from equipment_share.domain.access import Role
from equipment_share.domain.bookings.options import Options
from equipment_share.domain.bookings.questions import read_questions
from equipment_share.domain.exchange.catalogue import verdicts
from equipment_share.domain.exchange.mapping import own_mapping
from equipment_share.domain.exchange.price_columns import InForce
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.pricing import PriceItem
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.specs import read_specs
from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import User
from equipment_share.queries.accounts import accounts
from equipment_share.queries.instruments.instruments import own_instrument, price_lists
from equipment_share.queries.vouchers import versions_of
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.quotations import make_quotation
from equipment_share.services.instruments.listing import set_prices
from equipment_share.services.vouchers.programmes import draft_version, publish_version
from tests.api.door import at_instant
from tests.builders import HALF, NOW, a_booking, a_firm, a_programme, a_wish, an_instrument, an_officer, an_owner, local, tuesday
from tests.support.people import signed_in
from tests.web.test_prices_pages import rows

TITLE = {"name": "潮乡创新券", "name_en": "Tideland Innovation Voucher"}


@pytest.fixture
def still(app: Flask, tmp_path: Any) -> Iterator[None]:
    """The house's clock stands at `NOW`."""
    at_instant(tmp_path, NOW)
    yield
    clock.follow(None)


def _read(client: FlaskClient, person: User, path: str, language: str) -> str:
    """What a page says to a person in a language, without its tags."""
    person.language = language
    db.session.commit()
    answer = signed_in(client, person).get(path)
    assert answer.status_code == 200, path
    return re.sub("<[^>]*>", " ", answer.text)


@pytest.mark.parametrize(("language", "said", "unsaid"), [("en", TITLE["name_en"], TITLE["name"]), ("zh", TITLE["name"], TITLE["name_en"])])
def test_a_programme_has_one_name_in_the_readers_language_on_every_page(
    app: Flask, client: FlaskClient, still: None, language: str, said: str, unsaid: str
) -> None:
    a_programme(**TITLE)
    firm, instrument = a_firm(), an_instrument(an_owner())
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    form = f"/instruments/{instrument.id}/book?start=2026-09-08T13:00&end=2026-09-08T15:00"

    auditor, wrong = an_officer(Role.AUDITOR), list[str]()
    for person, paths in (
        (firm, ("/wallet", "/vouchers/1", form, f"/bookings/{booking.id}", f"/instruments/{instrument.id}")),
        (auditor, ("/bureau", "/bureau/vouchers?show=all", "/bureau/vouchers/unused", "/bureau/reports", "/publicity",
                   "/audit/accounts?kind=programme", "/bureau/programmes/")),
        (an_officer(Role.BUREAU_CLERK), ("/bureau/laboratory/", "/bureau/batches/")),
    ):  # fmt: skip
        for path in paths:
            page = _read(client, person, path, language)
            wrong += [] if said in page and unsaid not in page else [path]

    assert wrong == []


def test_a_version_that_adds_an_english_name_renames_the_vouchers_of_the_one_before(app: Flask, client: FlaskClient, still: None) -> None:
    a_programme(name=TITLE["name"])
    firm, instrument = a_firm(), an_instrument(an_owner())
    a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    before = _read(client, firm, "/wallet", "en")
    draft_version("HALF", {**HALF, **TITLE}, by=an_officer(Role.BUREAU_CLERK), at=NOW)
    publish_version("HALF", 2, by=an_officer(Role.BUREAU_REVIEWER), at=NOW)

    after = _read(client, firm, "/vouchers/1", "en")

    assert (TITLE["name"] in before, TITLE["name_en"] in after, TITLE["name"] in after) == (True, True, False)


def test_a_document_posted_without_an_english_name_comes_back_without_it() -> None:
    plain, both, foreign = (
        Programme.parse({**HALF, **names}).document() for names in ({}, TITLE, {"name": "", "name_en": "Tideland Innovation Voucher"})
    )

    assert "name_en" not in plain
    assert (both["name"], both["name_en"], foreign["name"]) == ("潮乡创新券", "Tideland Innovation Voucher", "")
    assert [str(Programme.parse({**HALF, **names}).called.name_zh) for names in ({"name": ""}, {"name": "", "name_en": "T"})] == [
        "HALF",
        "T",
    ]


def test_an_account_is_found_by_either_name_of_its_programme(app: Flask, client: FlaskClient) -> None:
    a_programme(**TITLE)
    auditor = an_officer(Role.AUDITOR)

    found = [[row.kind for row in accounts(auditor, name=name)] for name in ("潮乡", "tideland", "nothing")]

    assert found == [[AccountKind.PROGRAMME], [AccountKind.PROGRAMME], []]


def test_the_programme_form_has_a_field_for_the_english_name(app: Flask, client: FlaskClient) -> None:
    a_programme(**TITLE)
    signed_in(client, an_officer(Role.BUREAU_CLERK))

    page = client.get("/bureau/programmes/new?code=HALF").text
    sent = {"code": "HALF", "name": "潮乡创新券", "name_en": "Tideland Voucher", "rate_rules[0].bands[0].rate_bp": "50", "do": "keep"}
    kept = client.post("/bureau/programmes/new?code=HALF", data=sent)

    assert re.search(r'<input id="name_en"[^>]*value="Tideland Innovation Voucher"', page)
    assert (kept.status_code, versions_of("HALF")[0].document["name_en"]) == (303, "Tideland Voucher")


ADD_ON = {
    "mode": "guided",
    "unit": "item",
    "unit_price_fen": 15_000,
    "code": "PREP",
    "name": "制样服务",
    "name_en": "Sample preparation",
    "kind": "staff",
}


def _with_an_add_on(owner: User) -> Instrument:
    """An instrument at 400.00 an hour that offers its preparation at 150.00 beside."""
    instrument = an_instrument(owner)
    items = [PriceItem.parse(row, "items") for row in ({"mode": "guided", "unit": "hour", "unit_price_fen": 40_000}, ADD_ON)]
    set_prices(instrument.id, items, valid_from=bureau_day(NOW), by=owner, at=NOW)
    return instrument


@pytest.mark.parametrize(
    ("language", "said", "unsaid"), [("en", ADD_ON["name_en"], ADD_ON["name"]), ("zh", ADD_ON["name"], ADD_ON["name_en"])]
)
def test_an_add_on_has_its_name_in_the_readers_language_wherever_it_is_offered_ordered_or_charged(
    app: Flask, client: FlaskClient, still: None, tmp_path: Any, language: str, said: str, unsaid: str
) -> None:
    owner, firm = an_owner(), a_firm()
    instrument, other = _with_an_add_on(owner), an_instrument(owner)
    ordered = Options(False, {"PREP": 2})
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"), options=ordered)
    approve_booking(booking.id, by=owner, at=NOW)
    quotation = make_quotation(a_wish(instrument, tuesday("13:00"), tuesday("14:00"), options=ordered), by=firm, at=NOW)
    wrong = list[str]()
    at_instant(tmp_path, tuesday("12:30"))
    form = f"/instruments/{instrument.id}/book?start=2026-09-08T13:00&end=2026-09-08T15:00"

    for person, paths in (
        (
            firm,
            (
                form,
                f"/bookings/{booking.id}",
                f"/quotations/{quotation.id}",
                f"/instruments/{instrument.id}",
                f"/compare?i={instrument.id}&i={other.id}",
            ),
        ),
        (owner, (f"/bookings/{booking.id}", "/desk/run", f"/desk/instruments/{instrument.id}/prices")),
    ):
        for path in paths:
            page = _read(client, person, path, language)
            wrong += [] if said in page and unsaid not in page else [path]

    assert (wrong, booking.gross.fen) == ([], 110_000)
    assert [(line["name"], line["name_en"]) for line in booking.quote["lines"] if line["code"]] == [("制样服务", "Sample preparation")]


def test_the_price_form_keeps_the_english_name_of_an_add_on_and_a_row_without_a_code_has_none(
    app: Flask, client: FlaskClient, still: None
) -> None:
    owner = an_owner()
    instrument = _with_an_add_on(owner)
    form = signed_in(client, owner).get(f"/desk/instruments/{instrument.id}/prices").text
    main = {"part": "main", "mode": "guided", "unit": "hour", "unit_price_fen": "400"}
    add_on = {
        "part": "add_on",
        "mode": "guided",
        "unit": "item",
        "unit_price_fen": "30",
        "code": "STUB",
        "name": "样品台",
        "kind": "consumables",
    }

    terms = {"user_class": "external", "valid_from": "2026-09-10"}
    kept = client.post(f"/desk/instruments/{instrument.id}/price-lists", data={**rows(main, {**add_on, "name_en": "Sample stub"}), **terms})
    bare = client.post(f"/desk/instruments/{instrument.id}/price-lists", data={**rows({**main, "name_en": "Time"}), **terms})

    assert re.search(r'name="name_en" value="Sample preparation"', form)
    assert (kept.status_code, bare.status_code) == (303, 422)
    assert [item.get("name_en") for item in price_lists(instrument.id)[0].items] == [None, "Sample stub"]
    assert "name_en" not in PriceItem.parse({**ADD_ON, "name_en": ""}, "items").document()


QUESTION = {"key": "material", "label": "样品材料", "label_en": "Material of the sample", "required": True}


@pytest.mark.parametrize(
    ("language", "said", "unsaid"), [("en", QUESTION["label_en"], QUESTION["label"]), ("zh", QUESTION["label"], QUESTION["label_en"])]
)
def test_a_question_about_samples_is_asked_in_the_readers_language(
    app: Flask, client: FlaskClient, still: None, language: str, said: str, unsaid: str
) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner, questions=[QUESTION])
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"), answers={"material": "Si"})
    form, times = (
        f"/instruments/{instrument.id}/book",
        {"start": "2026-09-08T13:00", "end": "2026-09-08T15:00", "mode": "guided", "samples": "0"},
    )

    pages = [
        _read(client, firm, f"{form}?start={times['start']}&end={times['end']}", language),
        _read(client, firm, f"/bookings/{booking.id}", language),
        _read(client, owner, f"/bookings/{booking.id}", language),
        re.sub("<[^>]*>", " ", signed_in(client, firm).post(form, data=times).text),
    ]

    assert [(said in page, unsaid in page) for page in pages] == [(True, False)] * 4
    assert pages[3].count(said) > pages[0].count(said)  # the box on top names what was not answered


def test_the_question_form_keeps_the_english_and_a_question_without_it_has_none(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner, questions=[QUESTION])
    path = f"/desk/instruments/{instrument.id}/questions"
    page = signed_in(client, owner).get(path).text
    sent = {
        "key": ["material", ""],
        "label": ["样品材料", "厚度"],
        "label_en": ["Material", ""],
        "kind": ["text", "number"],
        "more": ["", "mm"],
    }

    saved = client.post(path, data=sent)

    kept = {row["label"]: row.get("label_en") for row in own_instrument(instrument.id, owner).questions}
    assert 'name="label_en" value="Material of the sample"' in page
    assert (saved.status_code, kept) == (302, {"样品材料": "Material", "厚度": None})
    assert read_questions([{**QUESTION, "label_en": "x" * 61}], "questions")[1][0].field == "questions.0.label_en"


SPEC = {"name": "温度", "name_en": "Temperature", "low": -196, "high": 600, "unit": "°C"}


@pytest.mark.parametrize(("language", "said", "unsaid"), [("en", "Temperature", "温度"), ("zh", "温度", "Temperature")])
def test_a_specification_is_named_in_the_readers_language_and_found_by_either_name(
    app: Flask, client: FlaskClient, still: None, language: str, said: str, unsaid: str
) -> None:
    owner, firm = an_owner(), a_firm()
    named, bare = an_instrument(owner, specs=[SPEC]), an_instrument(owner, specs=[{"name": "温度", "low": 20, "high": 80, "unit": "°C"}])

    shown = _read(client, firm, f"/instruments/{named.id}", language)
    beside = _read(client, firm, f"/compare?i={bare.id}&i={named.id}", language)
    found = [
        [named.name_zh in page, bare.name_zh in page]
        for page in (
            _read(client, firm, f"/instruments?{wish}", language)
            for wish in ("spec=temperature&value=300", "spec=%E6%B8%A9%E5%BA%A6&value=300", "spec=temperature&value=700", "q=temperature")
        )
    ]

    assert [(said in page, unsaid in page) for page in (shown, beside)] == [(True, False)] * 2
    assert found == [[True, False], [True, False], [False, False], [True, False]]


def test_the_form_of_specifications_keeps_the_english_name_and_a_name_stands_once_in_either_language(
    app: Flask, client: FlaskClient
) -> None:
    owner = an_owner()
    instrument = an_instrument(owner, specs=[SPEC])
    path = f"/desk/instruments/{instrument.id}/specs"
    page = signed_in(client, owner).get(path).text
    row = {"name": ["温度"], "name_en": ["Range of temperature"], "low": ["-196"], "high": ["600"], "unit": ["°C"], "text": [""]}

    saved = client.post(path, data=row)

    assert 'name="name_en" value="Temperature"' in page
    assert saved.status_code == 303
    assert own_instrument(instrument.id, owner).specs == [{**SPEC, "name_en": "Range of temperature"}]
    twice = (
        read_specs([SPEC, {"name": "temperature", "text": "x"}], "specs")[1],
        read_specs([{"name": "T", "text": "x"}, {**SPEC, "name_en": "t"}], "specs")[1],
    )
    assert [(one[0].code, one[0].field) for one in twice] == [("taken", "specs.1.name"), ("taken", "specs.1.name_en")]


def test_a_table_that_says_a_figure_anew_leaves_its_english_name() -> None:
    known = {"A1": {"inner_code": "A1", "name_zh": "镜", "specs": [SPEC]}}
    header = ["本单位编号", "仪器名称", "spec:温度"]

    cells = dict(zip(header, ("A1", "镜", "0..90 °C"), strict=True))
    verdict = verdicts([(2, cells)], own_mapping(header), known, InForce(bureau_day(NOW), {}))[0]

    assert verdict.values["specs"] == [{**SPEC, "low": 0, "high": 90}]


@pytest.mark.parametrize(("language", "said", "unsaid"), [("en", TITLE["name_en"], TITLE["name"]), ("zh", TITLE["name"], TITLE["name_en"])])
def test_a_voucher_that_ends_is_named_in_the_readers_language(
    app: Flask, client: FlaskClient, still: None, tmp_path: Any, language: str, said: str, unsaid: str
) -> None:
    a_programme(**TITLE)
    firm = a_firm()
    a_booking(firm, an_instrument(an_owner()), tuesday("10:00"), tuesday("12:00"))
    at_instant(tmp_path, local("2026-12-20 09:00"))

    page = _read(client, firm, "/me", language)

    assert (said in page, unsaid in page) == (True, False)
