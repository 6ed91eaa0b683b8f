"""Price lists, add-ons, haste and formal quotations, as a person clicks through them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters import clock
from equipment_share.domain.pricing import ANYBODY, PriceItem
from equipment_share.domain.tariffs import Terms
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, Quotation, UsageRecord
from equipment_share.models.instruments import Instrument, PriceList
from equipment_share.models.people import User
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.instruments.listing import set_prices
from tests.api.door import at_instant
from tests.builders import NOW, a_booking, a_firm, a_programme, an_instrument, an_owner, bureau_day, tuesday
from tests.support.people import signed_in

COLUMNS = ("part", "mode", "unit", "unit_price_fen", "from", "to", "setup_fee_fen", "min_fee_fen", "max_fee_fen", "unit_minutes",
           "threshold_minutes", "first_price_fen", "code", "name", "name_en", "kind")  # fmt: skip


@pytest.fixture
def still(app: Flask, tmp_path: Any) -> Any:
    """The house's clock stands at `NOW`."""
    at_instant(tmp_path, NOW)
    yield lambda moment: at_instant(tmp_path, moment)
    clock.follow(None)


def rows(*given: dict[str, str]) -> dict[str, list[str]]:
    """Rows of the price form as a browser sends them: every column once a row."""
    whole = [{"part": "main", "mode": "guided", "unit": "hour", **row} for row in given] + [
        {"part": "main", "mode": "guided", "unit": "hour"}
    ]
    return {name: [row.get(name, "") for row in whole] for name in COLUMNS}


def wish(**more: str) -> dict[str, str]:
    """Two hours on Tuesday."""
    return {"mode": "guided", "start": "2026-09-08T10:00", "end": "2026-09-08T12:00", "samples": "0", **more}


def with_add_ons(owner: User) -> Instrument:
    """An instrument at 400 an hour with two add-ons, in haste at half as much again."""
    instrument = an_instrument(owner)
    items = [
        {"unit": "hour", "unit_price_fen": 40_000},
        {"unit": "item", "unit_price_fen": 2_500, "code": "GRID", "name": "Copper grid", "kind": "consumables"},
        {"unit": "item", "unit_price_fen": 8_000, "code": "STAFF", "name": "Operator", "kind": "staff"},
    ]
    parsed = [PriceItem.parse({"mode": "guided", **item}, "items") for item in items]
    set_prices(instrument.id, parsed, valid_from=bureau_day(NOW), terms=Terms(urgent_bp=15_000), by=owner, at=NOW)
    return instrument


def text(answer: Any) -> str:
    """A page."""
    return str(answer.get_data(as_text=True))


def test_an_owner_publishes_hours_units_and_add_ons_and_firms_read_them_in_words(app: Flask, client: FlaskClient, still: Any) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)
    client.post("/language", data={"language": "en", "next": "/"})
    sent = rows(
        {"unit_price_fen": "300", "from": "08:00", "to": "18:00", "min_fee_fen": "200"}, {"unit_price_fen": "180.50"},
        {"part": "add_on", "unit": "item", "unit_price_fen": "25", "code": "GRID", "name": "Copper grid", "kind": "consumables"},
    )  # fmt: skip

    answer = client.post(
        f"/desk/instruments/{instrument.id}/price-lists", data={**sent, "user_class": "external", "urgent_bp": "150", "vat_bp": "6"}
    )
    firms_see = text(client.get(f"/instruments/{instrument.id}"))

    assert answer.status_code == 303
    made = db.session.query(PriceList).order_by(PriceList.id.desc()).first()
    assert made is not None
    assert (made.urgent_bp, made.vat_bp, made.multiplier_bp, made.valid_from) == (15_000, 600, 10_000, bureau_day(NOW))
    assert [(item["unit_price_fen"], item["from"], item["code"]) for item in made.items] == [
        (30_000, "08:00", None), (18_050, None, None), (2_500, None, "GRID"),
    ]  # fmt: skip
    for words in (
        '<td>hour <small>08:00–18:00, at least ¥200.00</small></td> <td class="n">¥300.00</td>',
        '<td>hour</td> <td class="n">¥180.50</td>',
        '<td>Copper grid (Consumables)</td> <td class="n">¥25.00</td>',
        "urgent orders at 150 %",
    ):
        assert words in " ".join(firms_see.split()), words


def test_a_class_list_by_multiplier_needs_no_rows_and_is_told(app: Flask, client: FlaskClient, still: Any) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)

    answer = client.post(
        f"/desk/instruments/{instrument.id}/price-lists",
        data={**rows(), "user_class": "tech_sme", "multiplier_bp": "82.5"},
        follow_redirects=True,
    )

    made = db.session.query(PriceList).filter_by(user_class="tech_sme").one()
    assert (made.items, made.multiplier_bp) == ([], 8_250)
    assert "82.5 %" in text(answer)


@pytest.mark.parametrize(("row", "words"), [
    ({"unit_price_fen": "1,5"}, "单价(元)："), ({"unit_price_fen": "300", "from": "8h", "to": "18:00"}, "时段起(08:00)："),
    ({"unit_price_fen": "300", "from": "08:00", "to": "18:00"}, "自 00:00 起没有价格"),
    ({"unit_price_fen": "300", "min_fee_fen": "5", "max_fee_fen": "4"}, "最高收费(元)："),
])  # fmt: skip
def test_a_wrong_row_is_marked_and_what_was_typed_is_kept(
    app: Flask, client: FlaskClient, still: Any, row: dict[str, str], words: str
) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)

    answer = client.post(f"/desk/instruments/{instrument.id}/price-lists", data={**rows(row), "user_class": "external"})

    assert answer.status_code == 422
    assert words in text(answer).replace("\uff08", "(").replace("\uff09", ")")
    assert all(f'value="{typed}"' in text(answer) for typed in row.values())


def test_the_quick_form_leaves_add_ons_and_terms_as_they_are(app: Flask, client: FlaskClient, still: Any) -> None:
    owner = an_owner()
    instrument = with_add_ons(owner)
    signed_in(client, owner)

    client.post(
        f"/desk/instruments/{instrument.id}/prices",
        data={"price-mode": "guided", "price-unit": "hour", "price-unit_price": "500", "price-valid_from": "2026-10-01"},
    )

    made = db.session.query(PriceList).order_by(PriceList.id.desc()).first()
    assert made is not None
    assert {item["code"] for item in made.items} == {"GRID", "STAFF", None}
    assert ([item["unit_price_fen"] for item in made.items if not item["code"]], made.urgent_bp) == ([50_000], 15_000)


def test_the_booking_form_offers_add_ons_and_haste_prices_them_live_and_keeps_them(app: Flask, client: FlaskClient, still: Any) -> None:
    instrument = with_add_ons(an_owner())
    signed_in(client, a_firm())
    key = instrument.id
    ordered = wish(urgent="1", add_on_GRID="4", add_on_STAFF="")

    form = text(client.get(f"/instruments/{key}/book"))
    live = text(client.post(f"/instruments/{key}/quote", data=ordered))
    shown = text(client.post(f"/instruments/{key}/book", data={**ordered, "preview": "1"}))
    refused = client.post(f"/instruments/{key}/book", data=wish(add_on_GRID="many"))
    strange = client.post(f"/instruments/{key}/book", data=wish(add_on_GLUE="1"))
    booked = client.post(f"/instruments/{key}/book", data=ordered)

    assert all(name in form for name in ('name="urgent"', 'name="add_on_GRID"', "Operator", "150 %"))
    assert all("1,300.00" in page for page in (live, shown))  # 800 + 400 in haste + 4 grids at 25
    assert re.search(r'name="add_on_GRID"[^>]*value="4"', shown)
    assert (refused.status_code, strange.status_code, booked.status_code) == (422, 422, 303)
    booking = db.session.query(Booking).one()
    assert (booking.options, booking.gross.fen) == ({"urgent": True, "add_ons": {"GRID": 4}}, 130_000)


def test_the_options_of_another_mode_come_alone_when_the_mode_changes(app: Flask, client: FlaskClient, still: Any) -> None:
    instrument = with_add_ons(an_owner())
    signed_in(client, a_firm())

    part = text(client.post(f"/instruments/{instrument.id}/quote?part=options", data=wish()))

    assert 'name="add_on_GRID"' in part
    assert "<html" not in part


def test_a_basket_keeps_the_add_ons_of_its_wishes(app: Flask, client: FlaskClient, still: Any) -> None:
    instrument = with_add_ons(an_owner())
    signed_in(client, a_firm())

    basket = text(client.post(f"/instruments/{instrument.id}/basket", data=wish(add_on_GRID="2"), follow_redirects=True))
    client.post("/basket")

    assert "850.00" in basket
    assert db.session.query(Booking).one().options == {"add_ons": {"GRID": 2}}


def test_the_record_of_use_lists_the_add_ons_and_the_charge_follows(app: Flask, client: FlaskClient, still: Any) -> None:
    a_programme()
    owner, firm = an_owner(), a_firm()
    instrument = with_add_ons(owner)
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    still(tuesday("13:00"))
    signed_in(client, owner)
    said = {"start": "2026-09-08T10:00", "end": "2026-09-08T12:00", "samples": "0"}

    page = text(client.get(f"/bookings/{booking.id}"))
    wrong = client.post(f"/desk/{booking.id}/usage", data={**said, "add_on_GRID": "x"})
    answer = client.post(f"/desk/{booking.id}/usage", data={**said, "add_on_GRID": "3", "add_on_STAFF": "0"})

    assert re.search(r'name="add_on_GRID"[^>]*value="0"', page)
    assert (wrong.status_code, answer.status_code) == (422, 303)
    db.session.expire_all()
    kept = db.session.get_one(Booking, booking.id)
    assert (kept.gross.fen, kept.net.fen) == (87_500, 47_500)  # the voucher bears no more than was held for two hours
    assert kept.used_lines == db.session.query(UsageRecord).one().lines == [{"code": "GRID", "quantity": 3}]


def test_a_firm_has_a_quotation_made_prints_it_and_books_from_it(app: Flask, client: FlaskClient, still: Any) -> None:
    a_programme()
    owner = an_owner()
    instrument = with_add_ons(owner)
    signed_in(client, a_firm())

    made = client.post(f"/instruments/{instrument.id}/quotations", data=wish(add_on_GRID="2"))
    page = text(client.get(made.location))
    paper = client.get(f"{made.location}/paper.pdf")
    raised = [PriceItem.parse({"mode": "guided", "unit": "hour", "unit_price_fen": 90_000}, "items")]
    set_prices(instrument.id, raised, valid_from=bureau_day(tuesday("00:00")), by=owner, at=NOW)
    still(tuesday("09:00"))
    link = re.search(r'href="([^"]+quotation=[0-9]+)"', page)
    assert link is not None
    form = text(client.get(link[1].replace("&amp;", "&")))
    quotation = db.session.query(Quotation).one()
    booked = client.post(f"/instruments/{instrument.id}/book", data=wish(add_on_GRID="2", quotation=str(quotation.id)))

    assert (made.status_code, paper.mimetype, paper.data[:5]) == (303, "application/pdf", b"%PDF-")
    assert "850.00" in page
    assert quotation.number in text(client.get("/quotations"))
    assert quotation.number in form
    assert re.search(r'name="add_on_GRID"[^>]*value="2"', form)
    assert booked.status_code == 303
    booking = db.session.query(Booking).one()
    assert (booking.gross.fen, booking.quotation_id) == (85_000, quotation.id)


def test_a_quotation_that_is_over_leads_to_todays_prices(app: Flask, client: FlaskClient, still: Any) -> None:
    instrument = with_add_ons(an_owner())
    signed_in(client, a_firm())
    made = client.post(f"/instruments/{instrument.id}/quotations", data=wish())
    still(NOW.replace(month=10, day=20))
    signed_in(client, db.session.get_one(User, db.session.query(Quotation).one().user_id))

    page = text(client.get(made.location))

    assert "quotation=" not in page
    assert "已过期" in page


def test_a_wish_without_a_price_gets_no_quotation(app: Flask, client: FlaskClient, still: Any) -> None:
    instrument = with_add_ons(an_owner())
    signed_in(client, a_firm())

    answer = client.post(f"/instruments/{instrument.id}/quotations", data=wish(end="2026-09-08T09:00"))

    assert answer.status_code == 422
    assert db.session.query(Quotation).count() == 0


def test_a_price_in_the_past_is_asked_about_and_the_preview_says_what_publishing_would_refuse(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)
    row = {"part": "main", "mode": "guided", "unit": "hour", "unit_price_fen": "100"}
    typed = {"user_class": ANYBODY, "valid_from": "2026-01-01", **{name: row.get(name, "") for name in COLUMNS}}
    url = f"/desk/instruments/{instrument.id}"

    asked = client.post(f"{url}/price-lists", data=typed)
    meant = client.post(f"{url}/price-lists", data={**typed, "from_past": "y"})
    effect = client.post(f"{url}/prices-effect", data={**typed, "from": "08:00", "to": "12:00"})
    refused = client.post(f"{url}/price-lists", data={**typed, "valid_from": "", "from": "08:00", "to": "12:00"})

    assert (asked.status_code, meant.status_code, refused.status_code) == (422, 303, 422)
    assert 'name="from_past"' in asked.text and 'id="valid_from-error"' in asked.text
    assert "data-unsound" in effect.text


def test_a_price_list_is_a_small_table_of_what_is_served_first_on_all_three_pages(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    owner.language, instrument.modes = "en", ["commissioned"]
    db.session.commit()
    signed_in(client, owner)

    pages = [
        client.get(path.format(instrument.id)).text for path in ("/desk/instruments/{}", "/desk/instruments/{}/prices", "/instruments/{}")
    ]

    for page in pages:
        rates = " ".join(page.partition('<table class="rates">')[2].partition("</table>")[0].split())
        assert re.search(r'<th scope="rowgroup" rowspan="\d+">[^<:]+</th> <td>hour</td> <td class="n">¥[\d,.]+</td>', rates), rates
    assert pages[1].count("More rows</summary>") == 2  # one fold for the time, one for the add-ons
    assert '<option value="commissioned"' in pages[0].partition('id="price-mode"')[2].strip()[:120]
    assert 's-done">In the pool<' in pages[0]
    assert "Plan the maintenance" in pages[0]
