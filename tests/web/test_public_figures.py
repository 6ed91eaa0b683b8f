"""What visitors and competitors are shown cannot be put together into who used what, when and at what price."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters import clock
from equipment_share.domain.access import Role
from equipment_share.domain.errors import Invalid
from equipment_share.domain.periods import Period
from equipment_share.queries.publicity import publicity
from equipment_share.services.bookings.decisions import approve_booking
from tests.builders import NOW, a_booking, a_firm, an_instrument, an_officer, an_owner, tuesday
from tests.support.people import signed_in
from tests.support.quarter import a_quarter

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
WHOLE = ("2026", "2026-Q3", "2026-09", "2026-08-01..2026-09-30")
NARROW = ("2026-09-08..2026-09-08", "2026-09-01..2026-09-29", "2026-09-02..2026-10-31")


def test_the_public_list_is_of_whole_months(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    firms = len(client.get("/api/v1/publicity").json["items"])
    assert firms > 0
    assert [len(client.get(f"/api/v1/publicity?period={period}").json["items"]) for period in WHOLE] == [firms] * 4
    for period in NARROW:
        answer = client.get(f"/api/v1/publicity?period={period}")
        assert (answer.status_code, [(row["field"], row["code"]) for row in answer.json["errors"]]) == (422, [("period", "whole_months")])
        page = client.get(f"/publicity?period={period}")
        assert (page.status_code, 'id="period-error"' in page.text, 'class="name"' in page.text) == (422, True, False)
    assert client.get("/publicity?from=2026-09-08&until=2026-09-08").status_code == 422
    assert 'name="from"' not in client.get("/publicity").text

    signed_in(client, quarter.people["firm"])
    assert client.get(f"/publicity?period={NARROW[0]}").status_code == 422


@pytest.mark.parametrize("role", [Role.BUREAU_CLERK, Role.FINANCE, Role.AUDITOR])
def test_the_bureau_and_the_auditor_may_ask_for_any_days(app: Flask, client: FlaskClient, role: Role) -> None:
    officer = an_officer(role)
    signed_in(client, officer)
    for path in ("/publicity", "/api/v1/publicity"):
        assert client.get(f"{path}?period={NARROW[0]}").status_code == 200
    assert 'name="from"' in client.get("/publicity").text
    assert publicity("", Period.parse(NARROW[0]), officer) == []
    with pytest.raises(Invalid):
        publicity("", Period.parse(NARROW[0]), an_owner())


@pytest.fixture
def at_three(app: Flask, tmp_path: Path) -> Iterator[None]:
    """The house's clock stands at three in the afternoon of the day."""
    (tmp_path / "clock").write_text(tuesday("15:00").isoformat())
    clock.follow(tmp_path / "clock")
    yield
    clock.follow(None)


@pytest.mark.usefixtures("at_three")
def test_what_is_over_only_the_instruments_own_owner_sees(app: Flask, client: FlaskClient) -> None:
    firm, owner = a_firm(), an_owner()
    instrument = an_instrument(owner)
    for start, end in (("10:00", "12:00"), ("14:00", "16:00")):
        approve_booking(a_booking(firm, instrument, tuesday(start), tuesday(end)).id, by=owner, at=NOW)
    today, before = ("2026-09-08T00:00:00+08:00", "2026-09-09T00:00:00+08:00"), ("2026-09-07T00:00:00+08:00", "2026-09-08T15:00:00+08:00")

    def occupied(span: tuple[str, str]) -> tuple[list[Any], list[Any]]:
        sent = [dict(zip(names, span, strict=True)) for names in (("from", "to"), ("start", "end"))]
        door = client.get(f"/api/v1/instruments/{instrument.id}/availability", query_string=sent[0]).json
        page = client.get(f"/instruments/{instrument.id}/week.json", query_string=sent[1]).json
        assert set(door) == {"free", "closed"} and set(page) == {"free", "closed"}
        at_door = [(row["start"][11:16], row["end"][11:16]) for row in door["closed"] if row["reason"] == "occupied"]
        on_page = [row for row in page["closed"] if row["reason"] == "occupied"]
        assert len(on_page) == len(at_door)
        starts = [row["start"] for row in door["closed"] + door["free"]]
        return at_door, sorted(starts)[:1]

    for person in (None, a_firm(), firm, an_owner(), an_officer(Role.AUDITOR)):
        if person is not None:
            signed_in(client, person)
        assert occupied(today) == ([("15:00", "16:00")], ["2026-09-08T15:00:00+08:00"])
        assert occupied(before) == ([], [])
    signed_in(client, owner)
    assert occupied(today)[0] == [("10:00", "12:00"), ("14:00", "16:00")]
