"""The programme form: every parameter a field, rows without script, mistakes beside the field, the effect before anything is kept."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters.samples import sample_programmes
from equipment_share.domain.access import Role
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.models.base import db
from equipment_share.models.vouchers import ProgrammeVersion
from equipment_share.web.vouchers.programme_fields import SPECS
from equipment_share.web.vouchers.programme_texts import read, typed_from_document, typed_from_form
from equipment_share.web.vouchers.programme_words import differences
from equipment_share.wording import WORDS
from tests.builders import a_programme, an_officer
from tests.support.people import signed_in

SAMPLES = sample_programmes()


class Filled(HTMLParser):
    """What a browser would send of the page's programme form, in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember a field with its value."""
        found = {name: value or "" for name, value in attrs}
        if tag == "select":
            self.select = found.get("name", "")
        elif tag == "option" and "selected" in found:
            self.pairs.append((self.select, found["value"]))
        elif tag == "input" and "name" in found and found.get("type") not in ("file", "hidden"):
            if found.get("type") != "checkbox" or "checked" in found:
                self.pairs.append((found["name"], found.get("value", "")))


def filled(page: str) -> list[tuple[str, str]]:
    """The fields of a page."""
    parser = Filled()
    parser.feed(page)
    return parser.pairs


def sent(pairs: list[tuple[str, str]], **more: Any) -> dict[str, Any]:
    """Pairs as the test client takes them, some replaced."""
    data: dict[str, Any] = {}
    for name, value in pairs:
        data.setdefault(name, []).append(value)
    return data | more


@pytest.fixture
def clerk(app: Flask, client: FlaskClient) -> FlaskClient:
    """A clerk at a browser."""
    signed_in(client, an_officer(Role.BUREAU_CLERK))
    return client


@pytest.mark.parametrize("code", SAMPLES)
def test_every_sample_goes_through_the_texts_and_comes_back_to_the_letter(code: str) -> None:
    found = read(typed_from_document(SAMPLES[code]))

    assert found.problems == []
    assert Programme.parse(found.document).document() == SAMPLES[code]


def test_every_option_of_the_form_has_words() -> None:
    wanted = {f"{spec.path}.{option}" for spec in SPECS for option in spec.options}

    assert wanted == set(WORDS["term"])


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("code", SAMPLES)
def test_a_browser_that_sends_the_page_back_keeps_the_sample_as_it_is(clerk: FlaskClient, code: str) -> None:
    page = clerk.get(f"/bureau/programmes/new?sample={code}").get_data(as_text=True)

    kept = clerk.post("/bureau/programmes/new", data=sent(filled(page), do="keep"))

    assert kept.status_code == 303
    assert db.session.query(ProgrammeVersion).one().document == SAMPLES[code]


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_classes_services_and_regions_are_chosen_by_name_and_a_new_one_may_be_typed(clerk: FlaskClient) -> None:
    page = clerk.get("/bureau/programmes/new?sample=HN").get_data(as_text=True)
    who, rate = (
        page.split('id="eligible_any"')[1].split("</fieldset>")[0],
        page.split('id="rate_rules[0].when.tag"')[1].split("</select>")[0],
    )

    kept = clerk.post("/bureau/programmes/new", data=sent([*filled(page), ("eligible_any", "pilot，seed")], do="keep", code="HN2"))

    assert 'name="eligible_any" value="tech_sme" checked> 科技型中小企业' in who
    assert "hnte, team" not in page
    assert '<option value="" selected>' in rate and '<option value="hnte">' in rate
    assert kept.status_code == 303
    assert db.session.query(ProgrammeVersion).one().document["eligible_any"] == ["tech_sme", "hnte", "team", "incubated", "pilot", "seed"]


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_the_effect_shows_three_orders_with_the_reason_and_writes_nothing(clerk: FlaskClient) -> None:
    pairs = filled(clerk.get("/bureau/programmes/new?sample=YH").get_data(as_text=True))

    page = clerk.post("/bureau/programmes/new", data=sent(pairs, do="show")).get_data(as_text=True)
    part = clerk.post("/bureau/programmes/preview", data=sent(pairs)).get_data(as_text=True)

    for shown in (page, part):
        assert [shown.count(f'data-figure="bears">{amount}<') for amount in ("¥1,000.00", "¥14,300.00", "¥20,000.00")] == [1, 1, 1]
        assert "券面余额剩 ¥20,000.00 → 抵扣 ¥20,000.00" in shown
    assert "<h1>" not in part
    assert db.session.query(ProgrammeVersion).count() == 0


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_rows_come_and_go_without_script_and_nothing_typed_is_lost(clerk: FlaskClient) -> None:
    pairs = sent(filled(clerk.get("/bureau/programmes/new?sample=QH").get_data(as_text=True)), name="改过的名字")

    more = filled(clerk.post("/bureau/programmes/new", data={**pairs, "do": "add:rate_rules[0].bands"}).get_data(as_text=True))
    less = filled(clerk.post("/bureau/programmes/new", data={**sent(more), "do": "remove:rate_rules[0]"}).get_data(as_text=True))
    source = filled(clerk.post("/bureau/programmes/new", data={**sent(less), "do": "add:sources"}).get_data(as_text=True))

    assert ("rate_rules[0].bands[1].rate_bp", "") in more
    assert [value for name, value in less if name.startswith("rate_rules") and name.endswith(".rate_bp")] == ["80"]
    assert ("sources[0].weight", "") in source
    assert ("name", "改过的名字") in source


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("caps.per_order_fen", "zwölf", "请输入"),
        ("rate_rules[0].bands[0].rate_bp", "120", ""),
        ("budget.exhaustion", "pro_rata", ""),
        ("validity.number", "x", ""),
        ("effective_from", "2026-13-01", ""),
        ("code", "", ""),
    ],
)
def test_a_mistake_stands_beside_its_field_and_what_was_typed_stays(clerk: FlaskClient, field: str, value: str, words: str) -> None:
    pairs = filled(clerk.get("/bureau/programmes/new?sample=HN").get_data(as_text=True))
    beside = {"budget.exhaustion": "budget.reserve_at"}.get(field, field)

    answer = clerk.post("/bureau/programmes/new", data={**sent(pairs), field: value, "do": "keep"})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert f'id="{beside}-error"' in page
    assert (field, value) in filled(page)
    assert db.session.query(ProgrammeVersion).count() == 0


def open_folds(page: str) -> list[str]:
    """The sections of the form that are open."""
    return re.findall(r'data-group="(\w+)" open>', page)


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_the_form_begins_with_what_matters_and_a_closed_section_says_its_figures_in_one_line(clerk: FlaskClient) -> None:
    a_programme()
    fresh, next_one = (clerk.get(f"/bureau/programmes/new?{query}").get_data(as_text=True) for query in ("sample=HN", "code=HALF"))

    lines = re.findall(r'<small class="muted line">([^<]*)</small>', next_one)
    assert (open_folds(fresh), open_folds(next_one)) == (["who", "how_much"], [])
    assert (len(lines), "50 %" in lines[1], "\u00a5100,000,000.00" in lines[3]) == (6, True, False)
    seldom = fresh.partition('data-group="papers"')[2].partition("<details")[2].partition("</details>")[0]
    assert ('name="penalty.ban_years"' in seldom, 'name="publicity_days"' in seldom) == (True, False)


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("field", "value", "folds", "seldom"),
    [
        ("publicity_days", "x", ["papers"], False), ("penalty.ban_years", "x", ["papers"], True),
        ("rate_rules[0].bands[0].rate_bp", "120", ["how_much"], False), ("validity.number", "x", ["time"], False),
    ],
)  # fmt: skip
def test_a_mistake_opens_its_fold_and_no_other(clerk: FlaskClient, field: str, value: str, folds: list[str], seldom: bool) -> None:
    pairs = filled(clerk.get("/bureau/programmes/new?sample=HN").get_data(as_text=True))

    page = clerk.post("/bureau/programmes/new", data={**sent(pairs), field: value, "do": "keep"}).get_data(as_text=True)

    assert (open_folds(page), "<details open>" in page) == (folds, seldom)


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_row_that_is_added_stands_in_an_open_fold(clerk: FlaskClient) -> None:
    pairs = filled(clerk.get("/bureau/programmes/new?sample=HN").get_data(as_text=True))
    page = clerk.post("/bureau/programmes/new", data={**sent(pairs), "do": "add:sources"}).get_data(as_text=True)
    assert (open_folds(page), "<details open>" in page) == (["flow"], True)


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_document_goes_out_as_a_file_and_comes_back_into_the_fields(clerk: FlaskClient) -> None:
    a_programme()
    file = clerk.get("/bureau/programmes/HALF/1.json")
    sample = clerk.get("/bureau/programmes/samples/BJ.json")

    page = clerk.post(
        "/bureau/programmes/new?code=HALF",
        data={"do": "load", "file": (io.BytesIO(file.data), "HALF-1.json")},
        content_type="multipart/form-data",
    )
    broken = clerk.post(
        "/bureau/programmes/new", data={"do": "load", "file": (io.BytesIO(b"{"), "x.json")}, content_type="multipart/form-data"
    )

    assert sample.json == SAMPLES["BJ"]
    assert file.headers["Content-Disposition"] == "attachment; filename=HALF-1.json"
    assert ("name", "Half of everything") in filled(page.get_data(as_text=True))
    assert "没有差别" in page.get_data(as_text=True)
    assert broken.status_code == 422


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_the_next_version_says_in_words_what_it_changes(clerk: FlaskClient) -> None:
    a_programme()
    pairs = sent(filled(clerk.get("/bureau/programmes/new?code=HALF").get_data(as_text=True)))
    pairs["rate_rules[0].bands[0].rate_bp"] = "40"

    page = clerk.post("/bureau/programmes/new?code=HALF", data={**pairs, "do": "show"}).get_data(as_text=True)
    kept = clerk.post("/bureau/programmes/new?code=HALF", data={**pairs, "do": "keep"})
    shown = clerk.get("/bureau/programmes/HALF/2").get_data(as_text=True)

    assert kept.status_code == 303
    for text in (page, shown):
        assert "<del>50 %</del> → <ins>40 %</ins>" in text
        assert "与现行版本 1 相比" in text


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_the_expert_still_gives_a_document_and_is_told_by_path(clerk: FlaskClient) -> None:
    good, bad = json.dumps(SAMPLES["SD"]), json.dumps({**SAMPLES["SD"], "flow": "gross_refund"})

    refused = clerk.post("/bureau/programmes/new", data={"document": bad})
    kept = clerk.post("/bureau/programmes/new", data={"document": good})

    assert (refused.status_code, kept.status_code) == (422, 303)
    assert "<code>claimant</code>" in refused.get_data(as_text=True)
    assert "费用由企业先行全额支付" in refused.get_data(as_text=True)
    assert '<textarea class="code" id="document"' in clerk.get("/bureau/programmes/new?tab=document").get_data(as_text=True)


def test_names_that_are_none_of_ours_change_nothing() -> None:
    typed = typed_from_form([("colour", "red"), ("rate_rules[999].bands[999].rate_bp", "5"), ("sources[7].code", "a"), ("caps", "x")])

    found = read(typed.tidied())

    assert found.document["rate_rules"] == [{"when": {}, "bands": [{"rate_bp": 500}]}]
    assert found.document["sources"] == [{"code": "a"}]


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_two_equal_documents_differ_in_nothing(app: Flask) -> None:
    with app.test_request_context():
        assert differences(SAMPLES["LC"], SAMPLES["LC"]) == []
        assert len(differences(SAMPLES["SD"], SAMPLES["LC"])) > 5
