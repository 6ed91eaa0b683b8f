"""What an owner types about quotas and competing requests is kept, shown to firms, and shown again in the owner's language."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import User
from equipment_share.web.instruments.lines import quota_rows
from tests.builders import a_booking, a_firm, an_instrument, an_owner, tuesday
from tests.support.people import signed_in
from tests.web.test_bad_input import _Names

BOTH = ("企业 每周 600 分钟\n个人 每天 2 次", "firm week 600 min\nuser day 2 times")


@pytest.mark.parametrize("text", BOTH)
def test_quotas_read_the_same_in_both_languages(text: str) -> None:
    assert quota_rows(text) == [{"minutes": 600, "per": "week", "whom": "firm"}, {"count": 2, "per": "day", "whom": "user"}]


def _form(client: FlaskClient, instrument_id: int) -> dict[str, str]:
    page = client.get(f"/desk/instruments/{instrument_id}/edit").get_data(as_text=True)
    names = _Names()
    names.feed(page)
    assert {"quotas", "pending"} <= names.found
    return {"inner_code": "A1", "name_zh": "电镜", "modes": "guided", "hours": "1-7 00:00-24:00", "pending": "owner_chooses"}


def test_quotas_and_the_choice_are_saved_and_firms_are_told(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)
    given = _form(client, instrument.id)

    saved = client.post(f"/desk/instruments/{instrument.id}/edit", data={**given, "quotas": BOTH[0]})
    refused = client.post(f"/desk/instruments/{instrument.id}/edit", data={**given, "quotas": "企业 每年 3 次"})

    assert (saved.status_code, refused.status_code) == (302, 422)
    assert "企业 每年 3 次" in refused.get_data(as_text=True)
    db.session.expire_all()
    rules = db.session.get_one(Instrument, instrument.id).rules
    assert (rules["pending"], len(rules["quotas"])) == ("owner_chooses", 2)
    page = client.get(f"/instruments/{instrument.id}").get_data(as_text=True)
    assert "每家企业每周最多预约 600 分钟。" in page
    assert "每人每天最多预约 2 次。" in page
    assert "企业 每周 600 分钟" in client.get(f"/desk/instruments/{instrument.id}/edit").get_data(as_text=True)


def test_fees_are_typed_in_percent_and_yuan_and_shown_as_typed(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)
    given = _form(client, instrument.id)

    saved = client.post(f"/desk/instruments/{instrument.id}/edit", data={**given, "cancel_fee_bp": "12.5", "no_show_fee_fen": "50.5"})
    refused = client.post(f"/desk/instruments/{instrument.id}/edit", data={**given, "cancel_fee_bp": "101", "no_show_fee_fen": "1.234"})
    for_all = client.post("/desk/upkeep/defaults", data={"cancel_fee_bp": "20"})

    assert (saved.status_code, refused.status_code, for_all.status_code) == (302, 422, 303)
    db.session.expire_all()
    rules = db.session.get_one(Instrument, instrument.id).rules
    assert (rules["cancel_fee_bp"], rules["no_show_fee_fen"]) == (1250, 5050)
    assert db.session.get_one(User, owner.id).organisation.rules["cancel_fee_bp"] == 2000
    page = client.get(f"/desk/instruments/{instrument.id}/edit").get_data(as_text=True)
    assert 'value="12.5"' in page
    assert 'value="50.50"' in page
    assert 'value="20"' in client.get("/desk/upkeep/").get_data(as_text=True)


def test_the_desk_says_how_many_others_ask_for_a_time(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner, rules={"pending": "owner_chooses"})
    for start, end in (("10:00", "12:00"), ("11:00", "13:00"), ("11:30", "12:30"), ("15:00", "16:00")):
        a_booking(a_firm(), instrument, tuesday(start), tuesday(end))
    signed_in(client, owner)

    page = client.get("/desk/").get_data(as_text=True)

    assert [part.count('data-sign="rival"') for part in page.split('<li class="card request"')[1:]] == [2, 2, 2, 0]


def test_hours_and_horizons_are_typed_and_shown_in_the_readers_own_words(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)
    given = _form(client, instrument.id) | {"modes": ["guided", "commissioned"], "auto_approve": "1", "auto_classes": ["hnte", "team"]}
    typed = {"hours": "1-5 08:00-12:00\n1-5 13:00-17:00 委托测试\n6 09:00-10:00 guided", "horizons": "科技型中小企业 180\nhnte 90"}

    saved = client.post(f"/desk/instruments/{instrument.id}/edit", data={**given, **typed})
    refused = client.post(f"/desk/instruments/{instrument.id}/edit", data={**given, "hours": "1-5 08:00-12:00 sometimes"})

    assert (saved.status_code, refused.status_code) == (302, 422)
    found = db.session.get_one(Instrument, instrument.id, populate_existing=True)
    told = sorted((row["weekday"], row["from"], row.get("mode")) for row in found.hours if row["weekday"] in (5, 6))
    assert told == [
        (5, "08:00", None), (5, "13:00", "commissioned"), (6, "09:00", "guided"),
    ]  # fmt: skip
    assert len(found.hours) == 11
    assert (found.modes, found.rules["class_horizon_days"]) == (["guided", "commissioned"], {"tech_sme": 180, "hnte": 90})
    assert found.rules["auto_approve"]["user_classes"] == ["hnte", "team"]
    page = client.get(f"/desk/instruments/{instrument.id}/edit").get_data(as_text=True)
    assert (page.count('name="week-from" value="08:00"'), "1-5 13:00-17:00 委托测试\n" in page, "科技型中小企业 180\n" in page) == (
        5,
        True,
        True,
    )


def test_the_week_is_given_in_boxes_and_what_cannot_be_read_is_refused_with_the_form_that_can(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)
    url, given = f"/desk/instruments/{instrument.id}/edit", _form(client, instrument.id)
    week = {"week-from": ["09:00"] * 6 + [""], "week-until": ["17:00"] * 5 + ["00:00", ""], "hours": ""}

    saved = client.post(url, data={**given, **week})
    kept = db.session.get_one(Instrument, instrument.id, populate_existing=True).hours
    told = {
        name: client.post(url, data={**given, **week, **typed}).text
        for name, typed in {
            "half": {"week-from": ["09:00", *[""] * 6], "week-until": [""] * 7}, "turned": {"week-from": ["17:00"], "week-until": ["09:00"]},
            "line": {"hours": "Monday to Friday 9 to 17"}, "quota": {"quotas": "5 hours a week"}, "class": {"horizons": "small 1 8"},
        }.items()
    }  # fmt: skip
    preview = client.post(f"/desk/instruments/{instrument.id}/hours-effect", data={**week, "hours": "Monday to Friday 9 to 17"}).text

    assert saved.status_code == 302
    assert [(row["weekday"], row["from"], row["to"]) for row in kept][4:] == [(5, "09:00", "17:00"), (6, "09:00", "24:00")]
    assert "1-5 09:00-17:00" in told["line"] and "1-5 09:00-17:00" in preview and "data-day" not in preview
    assert "\u201c5 hours a week\u201d" in told["quota"] or "\u300c5 hours a week\u300d" in told["quota"]
    assert all('class="error"' in page for page in told.values())
