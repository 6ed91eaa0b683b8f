"""Burn-downs at the API's door: the bureau sees programmes, a firm its own vouchers."""

from __future__ import annotations

import pytest

from tests.api.conftest import World
from tests.api.door import broken, refusal


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_the_bureau_sees_a_programmes_burn_down_and_a_firm_its_own_vouchers(world: World) -> None:
    world.booked()
    voucher = world.firm.get("/vouchers?status=issued").json["items"][0]

    made = world.clerk.get("/programmes/HALF/burn-down?on=2026-09-30&step=week")
    own = world.firm.get(f"/vouchers/{voucher['id']}/burn-down?on=2026-09-30")

    assert (made.status_code, made.json["held_fen"], made.json["spent_fen"], made.json["step"]) == (200, voucher["held_fen"], 0, "week")
    assert made.json["forecast"] == {
        "expected_on": None, "earliest_on": None, "latest_on": None,
        "paces": [{"days": days, "spent_fen": 0, "runs_out_on": None} for days in (30, 90, 180)],
    }  # fmt: skip
    assert own.status_code == 200, own.text
    assert [(row["held_fen"], row["left_fen"]) for row in own.json["months"]] == [(voucher["held_fen"], voucher["available_fen"])]
    assert refusal(world.firm.get("/programmes/HALF/burn-down")) == (403, "forbidden")
    assert refusal(world.clerk.get("/programmes/NONE/burn-down")) == (404, "not_found")
    assert refusal(world.rival.get(f"/vouchers/{voucher['id']}/burn-down")) == (404, "not_found")
    for day in ("0001-01-01", "9999-12-31"):
        assert broken(world.clerk.get(f"/programmes/HALF/burn-down?on={day}")) == {("on", "not_a_date")}
