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
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.models.base import db
from equipment_share.models.people import User
from equipment_share.queries.accounts import accounts
from equipment_share.queries.vouchers import versions_of
from equipment_share.services.vouchers.programmes import draft_version, publish_version
from tests.api.door import at_instant
from tests.builders import HALF, NOW, a_booking, a_firm, a_programme, an_instrument, an_officer, an_owner, tuesday
from tests.support.people import signed_in

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
