"""A keeper brings a table by page: first what would become of every row, then saved, on both engines."""

from __future__ import annotations

import io
import json
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from equipment_share.domain.exchange.catalogue import SAID
from equipment_share.models.base import db
from equipment_share.models.instruments import ColumnMapping, ImportDraft, Instrument
from equipment_share.models.people import User
from equipment_share.wording import WORDS
from tests.builders import an_instrument, an_owner
from tests.conftest import SHARED
from tests.support.people import signed_in

TABLE = "仪器名称,本单位编号,型号\n扫描电镜,A1,SU8010\n质谱仪,A2,TSQ\n,A3,没有名称\n"
NEW = "/desk/instruments/files/new"


def _brought(client: FlaskClient, text: str | bytes, name: str = "表.csv", **more: object) -> str:
    data = {"file": (io.BytesIO(text.encode() if isinstance(text, str) else text), name), **more}
    answer = client.post(NEW, data=data, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def _count() -> int:
    return db.session.query(Instrument).count()


def test_a_trial_shows_a_verdict_for_every_row_and_saves_nothing(app: Flask, client: FlaskClient) -> None:
    signed_in(client, an_owner())

    page = client.get(_brought(client, TABLE)).get_data(as_text=True)

    assert 'data-figure="created">2<' in page
    assert 'data-figure="rejected">1<' in page
    assert _count() == 0


def test_the_clean_rows_are_saved_and_a_second_time_changes_nothing(app: Flask, client: FlaskClient) -> None:
    signed_in(client, an_owner())
    trial = _brought(client, TABLE)

    saved = client.post(trial + "/save")
    again = client.get(trial).get_data(as_text=True)

    assert saved.status_code == 302
    assert _count() == 2
    assert 'data-figure="unchanged">2<' in again


def test_all_or_nothing_saves_nothing_while_one_row_is_wrong(app: Flask, client: FlaskClient) -> None:
    signed_in(client, an_owner())
    trial = _brought(client, TABLE)

    answer = client.post(trial + "/save", data={"strict": "1"})

    assert answer.status_code == 422
    assert _count() == 0


def test_columns_of_another_house_are_mapped_by_hand_and_remembered_by_name(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    signed_in(client, owner)
    foreign = "tool,asset no.\nSU8010 microscope,X-9\n"
    trial = _brought(client, foreign)
    assert 'data-figure="created">0<' in client.get(trial).get_data(as_text=True)

    wrong = client.post(trial + "/mapping", data={"field-name_en": "{no such}"})
    right = client.post(trial + "/mapping", data={"field-name_en": "{tool}", "field-inner_code": "{asset no.}", "name": "our list"})
    second = client.get(_brought(client, foreign)).get_data(as_text=True)

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert 'data-figure="created">1<' in second  # found again by its columns
    assert [row.name for row in db.session.query(ColumnMapping)] == ["our list"]


def test_a_real_set_comes_in_by_page_with_its_mapping_document(app: Flask, client: FlaskClient) -> None:
    signed_in(client, an_owner())
    document = (Path(__file__).resolve().parents[2] / "docs" / "examples" / "nist-nemo.json").read_bytes()
    data = (SHARED / "data/nist-nemo/nemo_tools.csv").read_bytes()

    page = client.get(_brought(client, data, "nemo_tools.csv", mapping=(io.BytesIO(document), "m.json"))).get_data(as_text=True)

    assert 'data-figure="created">137<' in page


def test_what_is_no_table_is_refused_beside_the_field_and_nothing_is_kept(app: Flask, client: FlaskClient) -> None:
    signed_in(client, an_owner())

    answer = client.post(NEW, data={"file": (io.BytesIO(b"%PDF-1.4\x00"), "a.csv")}, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert 'id="file-error"' in answer.get_data(as_text=True)
    assert db.session.query(ImportDraft).count() == 0


def test_another_owner_does_not_see_the_file(app: Flask, client: FlaskClient) -> None:
    signed_in(client, an_owner())
    trial = _brought(client, TABLE)

    signed_in(client, an_owner())

    assert (client.get(trial).status_code, client.post(trial + "/save").status_code) == (404, 404)
    assert _count() == 0


def test_what_is_downloaded_can_be_brought_back_without_a_change(app: Flask, client: FlaskClient) -> None:
    owner: User = an_owner()
    for _ in range(3):
        an_instrument(owner)
    signed_in(client, owner)

    for form in ("csv", "xlsx", "json"):
        file = client.get(f"/desk/instruments/files/own.{form}")
        assert file.status_code == 200
        page = client.get(_brought(client, file.data, f"own.{form}")).get_data(as_text=True)
        assert 'data-figure="unchanged">3<' in page, form
    assert client.get("/desk/instruments/files/own.exe").status_code == 404
    assert len(json.loads(client.get("/desk/instruments/files/own.json").data)) == 3


def test_the_words_of_the_pages_are_understood_and_a_refused_row_names_itself_and_what_is_taken(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    signed_in(client, owner)
    table = "本单位编号,仪器名称,服务方式,运行状态,厂家\nA1,扫描电镜,技术指导；委托测试,正常,x\nA2,质谱仪,Self-operated,Often faulty,y\nA3,天平,也许,正常,z\n"

    trial = _brought(client, table)
    page = client.get(trial).text
    client.post(trial + "/save")

    found = {row.inner_code: (row.modes, row.run_status) for row in db.session.query(Instrument)}
    assert found == {"A1": (["guided", "commissioned"], "normal"), "A2": (["self_operate"], "faulty_often")}
    refused = page.partition('class="state rejected"')[2].partition("</tr>")[0]
    assert "A3" in refused and "天平" in refused and "技术指导 · " in refused
    assert "厂家" in page.partition("data-unused")[2].partition("</p>")[0]


def test_every_word_that_a_page_shows_for_a_code_is_understood_in_a_table(app: Flask) -> None:
    kinds = {"modes": "mode", "run_status": "run_status", "share_mode": "share_mode"}
    for language in ("zh", "en"):
        with app.test_request_context(), force_locale(language):
            for name, kind in kinds.items():
                assert {str(word).casefold(): code for code, word in WORDS[kind].items()}.items() <= SAID[name].items()
