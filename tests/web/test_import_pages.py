"""A keeper brings a table by page: first what would become of every row, then saved, on both engines."""

from __future__ import annotations

import io
import json
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from equipment_share.adapters.tables import read_table
from equipment_share.domain.exchange.catalogue import SAID
from equipment_share.domain.exchange.mapping import filled, own_mapping
from equipment_share.domain.exchange.price_columns import price_of
from equipment_share.domain.money import Money
from equipment_share.domain.pricing import PriceItem
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import ColumnMapping, ImportDraft, Instrument, PriceList
from equipment_share.models.people import User
from equipment_share.services.instruments.listing import list_instrument, set_prices
from equipment_share.wording import WORDS
from tests.builders import NOW, a_booking, a_firm, an_instrument, an_owner, bureau_day, tuesday
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


PRICED = '仪器名称,本单位编号,服务方式,机时价,样品价\n扫描电镜,A1,技术指导；委托测试,"1,200.50",80\n质谱仪,A2,技术指导,一百,\n天平,A3,技术指导,,5\n'


def _prices(code: str) -> list[list[tuple[str, str, int]]]:
    """The lists of an instrument in the order in which they were made: mode, unit and fen of each row."""
    rows = db.session.query(PriceList).join(Instrument, Instrument.id == PriceList.instrument_id).filter(Instrument.inner_code == code)
    return [[(item["mode"], item["unit"], item["unit_price_fen"]) for item in row.items] for row in rows.order_by(PriceList.id)]


def _mapped_prices(client: FlaskClient, text: str) -> str:
    """A table whose price columns were chosen by hand."""
    trial = _brought(client, text)
    fields = {
        "name_zh": "{仪器名称}",
        "inner_code": "{本单位编号}",
        "modes": "{服务方式}",
        "price_hour": "{机时价}",
        "price_sample": "{样品价}",
    }
    assert client.post(trial + "/mapping", data={f"field-{name}": form for name, form in fields.items()}).status_code == 302
    return trial


def test_a_price_in_a_table_becomes_a_list_and_a_wrong_one_names_its_row_and_column(app: Flask, client: FlaskClient) -> None:
    signed_in(client, an_owner())
    trial = _mapped_prices(client, PRICED)

    page = client.get(trial).text
    client.post(trial + "/save")

    refused = page.partition('class="state rejected"')[2].partition("</tr>")[0]
    assert "机时价" in refused and "12.50" in refused  # an amount in yuan like 12.50 is needed
    assert "¥1,200.50" in page and "¥80.00" in page
    assert _prices("A1") == [[("guided", "hour", 120_050), ("commissioned", "sample", 8_000)]]
    assert (_prices("A2"), _prices("A3")) == ([], [[("guided", "sample", 500)]])
    assert db.session.query(Instrument).filter_by(inner_code="A1").one().price_from == Money(120_050)


def test_an_imported_price_follows_the_list_in_force_and_is_shown_beside_it_first(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner, 40_000, inner_code="A1", name_zh="扫描电镜")
    booking = a_booking(a_firm(), instrument, tuesday("10:00"), tuesday("12:00"))
    signed_in(client, owner)
    text = "仪器名称,本单位编号,服务方式,机时价,样品价\n扫描电镜,A1,技术指导；自主上机,300,\n"
    trial = _mapped_prices(client, text)

    page = client.get(trial).text
    client.post(trial + "/save")
    again = client.get(trial).text
    dearer = client.get(_mapped_prices(client, text.replace("300", "310"))).text

    change = page.partition('data-price="guided"')[2].partition("</li>")[0]
    assert change.index("¥400.00") < change.index("¥300.00")
    assert _prices("A1") == [
        [("guided", "hour", 40_000), ("self_operate", "hour", 40_000)], [("guided", "hour", 30_000), ("self_operate", "hour", 30_000)],
    ]  # fmt: skip
    assert 'data-figure="unchanged">1<' in again
    assert 'data-figure="rejected">1<' in dearer  # a list that began today is not followed today
    assert db.session.get_one(Booking, booking.id).gross == Money(80_000)


def test_prices_by_time_of_day_are_not_overwritten_by_one_figure(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner, inner_code="A1", name_zh="扫描电镜", modes=["guided"])
    rows = [{"unit_price_fen": 30_000, "from": "08:00", "to": "18:00"}, {"unit_price_fen": 18_000}]
    items = [PriceItem.parse({"mode": "guided", "unit": "hour", **row}, "items") for row in rows]
    set_prices(instrument.id, items, valid_from=bureau_day(NOW), by=owner, at=NOW)
    signed_in(client, owner)
    trial = _mapped_prices(client, "仪器名称,本单位编号,服务方式,机时价,样品价\n扫描电镜,A1,技术指导,300,\n")

    client.post(trial + "/save")

    assert 'data-figure="rejected">1<' in client.get(trial).text
    assert len(_prices("A1")) == 2


def _told(file: bytes, name: str) -> dict[str, tuple[int | None, ...]]:
    """What a file says an hour and a sample cost, in fen, by instrument."""
    table = read_table(file, name)
    mapping = own_mapping(table.header)
    texts = {
        filled(mapping.fields["inner_code"], row.cells): [filled(form, row.cells) for form in mapping.prices.values()] for row in table.rows
    }
    return {code: tuple(price_of(text, "price").fen if text else None for text in pair) for code, pair in texts.items()}


def test_prices_are_downloaded_too_and_brought_back_they_change_nothing(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    an_instrument(owner, 120_050, inner_code="A1")
    lists = {
        "A2": (["guided", "commissioned"], [("guided", "hour", 30_000), ("commissioned", "sample", 8_000)]),
        "A3": (["commissioned"], [("commissioned", "hour", 5_500)]),
        "A4": (["guided"], [("guided", "day", 240_000)]),
    }
    for code, (modes, rows) in lists.items():
        instrument = list_instrument({"inner_code": code, "name_zh": code, "modes": modes}, by=owner, at=NOW)
        items = [PriceItem.parse({"mode": mode, "unit": unit, "unit_price_fen": fen}, "items") for mode, unit, fen in rows]
        set_prices(instrument.id, items, valid_from=bureau_day(NOW), by=owner, at=NOW)
    before = {code: _prices(code) for code in ("A1", *lists)}
    signed_in(client, owner)

    for form in ("csv", "xlsx", "json"):
        file = client.get(f"/desk/instruments/files/own.{form}").data
        trial = _brought(client, file, f"own.{form}")
        page = client.get(trial).text
        client.post(trial + "/save")

        assert _told(file, f"own.{form}") == {"A1": (120_050, None), "A2": (30_000, 8_000), "A3": (5_500, None), "A4": (None, None)}, form
        assert 'data-figure="unchanged">4<' in page, form
        assert {code: _prices(code) for code in before} == before, form


def test_downloaded_prices_are_those_of_the_instruments_that_are_made_from_them_elsewhere(app: Flask, client: FlaskClient) -> None:
    owner, other = an_owner(), an_owner()
    an_instrument(owner, 120_050, inner_code="A1")
    signed_in(client, owner)
    file = client.get("/desk/instruments/files/own.csv").data
    signed_in(client, other)

    client.post(_brought(client, file, "own.csv") + "/save")

    made = (
        db.session.query(PriceList)
        .join(Instrument, Instrument.id == PriceList.instrument_id)
        .filter(Instrument.owner_id == other.organisation_id)
    )
    assert [[(item["mode"], item["unit"], item["unit_price_fen"]) for item in row.items] for row in made] == [
        [("guided", "hour", 120_050), ("self_operate", "hour", 120_050)]
    ]


def test_columns_are_chosen_from_the_files_own_and_a_foreign_word_is_given_its_meaning(app: Flask, client: FlaskClient) -> None:
    signed_in(client, an_owner())
    trial = _brought(client, "名,号,状况\n扫描电镜,A1,在用\n质谱仪,A2,正常\n")
    fields = {"field-name_zh": "{名}", "field-inner_code": "{号}", "field-run_status": "{状况}"}

    client.post(trial + "/mapping", data=fields)
    asked = client.get(trial).text
    client.post(trial + "/mapping", data={**fields, "word-run_status": "在用", "means-run_status": "standby"})
    answered = client.get(trial).text
    client.post(trial + "/save")

    select = asked.partition('id="field-name_zh"')[2].partition("</select>")[0]
    assert all(f'<option value="{{{title}}}"' in select for title in ("名", "号", "状况"))
    assert 'value="在用"' in asked and 'value="正常" name="word' not in asked
    assert (asked.count("state rejected"), answered.count("state rejected")) == (1, 0)
    assert {row.inner_code: row.run_status for row in db.session.query(Instrument)} == {"A1": "standby", "A2": "normal"}
