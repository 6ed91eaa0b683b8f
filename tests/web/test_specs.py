"""The owner's rows of specifications, what is booked together, horizons by class, and the page that shows and finds them."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument
from tests.builders import an_instrument, an_owner
from tests.support.people import signed_in

ROWS = {
    "name": ["加速电压", "", "标准"], "low": ["0.5", "", ""], "high": ["30", "", ""], "unit": ["kV", "", ""], "text": ["", "", "GB/T 17359"],
}  # fmt: skip


def test_rows_are_saved_shown_found_and_exported(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument, other = an_instrument(owner), an_instrument(owner)
    signed_in(client, owner)

    saved = client.post(f"/desk/instruments/{instrument.id}/specs", data=ROWS)

    page = client.get(f"/instruments/{instrument.id}").text
    catalogue = client.get("/instruments?spec=加速电压&value=30").text
    table = client.get("/desk/instruments/files/own.csv").get_data(as_text=True).splitlines()
    assert saved.status_code == 303
    assert [text in page for text in ("加速电压", "0.5", "kV", "GB/T 17359")] == [True] * 4
    assert (f'href="/instruments/{instrument.id}"' in catalogue, f'href="/instruments/{other.id}"' in catalogue) == (True, False)
    assert table[0].endswith("spec:加速电压,spec:标准")
    assert any(line.endswith("0.5..30 kV,GB/T 17359") for line in table)


def test_a_figure_that_is_none_names_its_row_and_stays_typed(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)

    refused = client.post(f"/desk/instruments/{instrument.id}/specs", data={**ROWS, "low": ["viel", "", ""]})

    assert refused.status_code == 422
    assert 'value="viel"' in refused.text
    assert db.session.get_one(Instrument, instrument.id).specs == []


def test_the_form_links_own_instruments_and_gives_classes_their_horizons(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument, other, foreign = an_instrument(owner), an_instrument(owner), an_instrument(an_owner())
    signed_in(client, owner)
    page = f"/desk/instruments/{instrument.id}/edit"
    form = {
        "inner_code": instrument.inner_code, "name_zh": "镜", "run_status": "normal", "modes": "guided", "charge_basis": "used",
        "pending": "first_come", "linked": str(other.id), "horizons": "tech_sme 180\nteam 30",
    }  # fmt: skip

    saved = client.post(page, data=form)
    kept = client.get(page).text
    stranger = client.post(page, data={**form, "linked": str(foreign.id)})
    nonsense = client.post(page, data={**form, "horizons": "soon"})

    found = db.session.get_one(Instrument, instrument.id)
    assert (saved.status_code, found.linked, found.rules["class_horizon_days"]) == (302, [other.id], {"tech_sme": 180, "team": 30})
    assert ("科技型中小企业 180" in kept, f'value="{foreign.id}"' in kept) == (True, False)
    assert (stranger.status_code, nonsense.status_code) == (422, 422)
