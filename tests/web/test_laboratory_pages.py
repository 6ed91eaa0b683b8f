"""The laboratory's pages: choose, replay, read side by side, download; what was typed survives a mistake."""

from __future__ import annotations

import io
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.access import Role
from equipment_share.models.people import User
from equipment_share.wording import word
from tests.builders import an_officer
from tests.services.test_laboratory import a_draft, firms
from tests.support.people import signed_in

__all__ = ["firms"]
pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def test_a_version_and_a_pasted_document_stand_side_by_side(firms: list[User], client: FlaskClient) -> None:
    signed_in(client, an_officer(Role.BUREAU_CLERK))
    pasted = json.dumps(a_draft(2500, name="四分之一"))

    sent = client.post(
        "/bureau/laboratory/",
        data={"period": "2026-09", "name": "试一试", "first": "version:HALF:1", "second_document": pasted},
        content_type="multipart/form-data",
    )
    page = client.get(sent.headers["Location"]).get_data(as_text=True)

    assert sent.status_code == 303
    assert 'data-figure="cost-a"><strong>¥800.00</strong>' in page
    assert 'data-figure="cost-b"><strong>¥400.00</strong>' in page
    assert [page.count(f'data-colour="{colour}"') for colour in ("muted", "voucher", "civic")] == [1, 2, 2]
    assert "试一试" in page and "按比例" in page
    assert "试一试" in client.get("/bureau/laboratory/").get_data(as_text=True)


def test_a_trial_without_a_name_is_called_the_same_in_the_list_and_on_its_page(firms: list[User], client: FlaskClient) -> None:
    signed_in(client, an_officer(Role.BUREAU_CLERK))
    upload = (io.BytesIO(json.dumps(a_draft(name="四分之一")).encode()), "draft.json")
    address = client.post(
        "/bureau/laboratory/", data={"period": "2026-09", "first_file": upload}, content_type="multipart/form-data"
    ).headers["Location"]

    called = re.findall(r"<h1>([^<]+)</h1>", client.get(address).text)[0]
    listed = client.get("/bureau/laboratory/").text.split("<aside")[1]

    assert called == f"试算 {address.rsplit('/', 1)[1]}"
    assert f'<a href="{address}">{called}</a>' in listed
    assert "四分之一 · 2026 年 09 月 · " in listed


def test_every_row_can_be_downloaded(firms: list[User], client: FlaskClient) -> None:
    signed_in(client, an_officer(Role.BUREAU_CLERK))
    upload = (io.BytesIO(json.dumps(a_draft()).encode()), "draft.json")
    sent = client.post("/bureau/laboratory/", data={"period": "2026-09", "first_file": upload}, content_type="multipart/form-data")
    address = sent.headers["Location"]

    by_firm = client.get(f"{address}/firms.csv").get_data(as_text=True).splitlines()
    by_month = client.get(f"{address}/months.csv").get_data(as_text=True).splitlines()

    assert by_firm[0].endswith("code,name,uses,gross_fen,life_fen,DRAFT_fen,DRAFT_difference_fen")
    assert sorted(row.split(",")[2:] for row in by_firm[1:]) == [
        ["1", "40000", "20000", "10000", "-10000"], ["2", "120000", "60000", "30000", "-30000"],
    ]  # fmt: skip
    assert by_month[1] == "2026-09,3,160000,80000,40000"


def test_the_page_says_why_uses_do_not_meet_the_terms_and_a_file_says_whose(firms: list[User], client: FlaskClient) -> None:
    signed_in(client, an_officer(Role.BUREAU_CLERK))
    pasted = json.dumps(a_draft(eligible_any=["hnte"]))
    address = client.post("/bureau/laboratory/", data={"period": "2026-09", "first_document": pasted}).headers["Location"]

    page = client.get(address).get_data(as_text=True)
    table = client.get(f"{address}/reasons.csv").get_data(as_text=True).splitlines()

    cell = page.partition('data-figure="refused-class-a">')[2].partition("</td>")[0]
    assert (cell[:1], "2" in cell, cell.endswith("\u00a51,600.00")) == ("3", True, True)
    assert str(word("ineligible", "class")) in page
    assert sorted(row.split(",")[:2] + row.split(",")[-2:] for row in table[1:]) == [
        ["DRAFT", "class", "1", "40000"], ["DRAFT", "class", "2", "120000"],
    ]  # fmt: skip


def test_a_mistake_is_said_and_what_was_typed_is_kept(app: Flask, client: FlaskClient) -> None:
    signed_in(client, an_officer(Role.BUREAU_CLERK))

    broken = client.post("/bureau/laboratory/", data={"period": "2026", "first_document": "{no json"})
    no_draft = client.post("/bureau/laboratory/", data={"period": "2026", "name": "空"})
    no_period = client.post("/bureau/laboratory/", data={"period": "neulich", "first": "sample:SD"})

    assert [answer.status_code for answer in (broken, no_draft, no_period)] == [422, 422, 422]
    assert "{no json" in broken.get_data(as_text=True)
    assert 'value="空"' in no_draft.get_data(as_text=True)
    assert '<option value="sample:SD" selected>' in no_period.get_data(as_text=True)


def test_only_firms_that_gain_or_lose_are_listed_and_the_others_counted(firms: list[User], client: FlaskClient) -> None:
    signed_in(client, an_officer(Role.BUREAU_CLERK))
    pasted = json.dumps(a_draft(eligible_any=["hnte"]))
    address = client.post("/bureau/laboratory/", data={"period": "2026-09", "first_document": pasted}).headers["Location"]

    page = client.get(address).get_data(as_text=True)
    table = client.get(f"{address}/firms.csv").get_data(as_text=True).splitlines()[1:]

    listed = page.partition('data-chart="rows"')[2].partition("</table>")[0].count('<th scope="row">')
    unchanged = [row for row in table if row.endswith(",0")]
    assert listed == len(table) - len(unchanged)
    assert page.count('data-figure="same"') == bool(unchanged)
