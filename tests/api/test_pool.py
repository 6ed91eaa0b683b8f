"""The pool at the door: search, one instrument, free times; and what its owner writes."""

from __future__ import annotations

import io
from typing import Any

from equipment_share.models.instruments import Listing
from equipment_share.services.instruments.listing import set_listing
from tests.api.conftest import World
from tests.api.door import broken, refusal
from tests.builders import an_instrument, local

DAY = {"from": "2026-09-08T00:00:00+08:00", "to": "2026-09-09T00:00:00+08:00"}


def _names(world: World, **query: Any) -> list[str]:
    answer = world.visitor.get("/instruments", query_string=query)
    assert answer.status_code == 200, answer.text
    return [row["name_zh"] or row["name_en"] for row in answer.json["items"]]


def test_the_pool_is_searched_in_two_languages_by_model_and_by_sound(world: World) -> None:
    owner = world.people["owner"]
    an_instrument(owner, hourly=10_000, name_zh="X射线衍射仪", name_en="X-ray diffractometer", manufacturer="Bruker", model="D8 ADVANCE")
    an_instrument(owner, hourly=90_000, name_zh="核磁共振波谱仪", takes_vouchers=False)
    for q in ("衍射", "diffracto", "d8 adv", "xsxysy", "BRUKER"):
        assert _names(world, q=q) == ["X射线衍射仪"], q
    assert _names(world, sort="price")[0] == "X射线衍射仪"
    assert _names(world, sort="-price")[0] == "核磁共振波谱仪"
    assert "核磁共振波谱仪" not in _names(world, voucher="1")
    assert len(_names(world, owner=owner.organisation.code)) == 3
    assert _names(world, owner="NOBODY") == []


def test_the_catalogue_is_paged_without_gap_or_double(world: World) -> None:
    for _ in range(6):
        an_instrument(world.people["owner"])
    whole = [row["id"] for row in world.visitor.get("/instruments?total=1&limit=200").json["items"]]
    seen, cursor = [], None
    while True:
        page = world.visitor.get("/instruments", query_string={"limit": 3, **({"cursor": cursor} if cursor else {})}).json
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == whole
    assert world.questions(lambda: world.visitor.get("/instruments?limit=7")) == world.questions(
        lambda: world.visitor.get("/instruments?limit=2")
    )


def test_what_is_free_is_found(world: World) -> None:
    world.booked()
    whole = {"free_from": "2026-09-08T09:00:00+08:00", "free_to": "2026-09-08T13:00:00+08:00"}
    assert _names(world, **whole) == []
    assert len(_names(world, **whole, min_minutes=60)) == 1
    assert broken(world.visitor.get("/instruments", query_string={"free_from": whole["free_from"]})) == {("free_to", "required")}
    far = {"free_from": "2000-01-01T00:00:00Z", "free_to": "2100-01-01T00:00:00Z"}
    assert broken(world.visitor.get("/instruments", query_string=far)) == {("free_to", "too_long")}


def test_closed_times_have_their_reason(world: World) -> None:
    week = [{"weekday": day, "from": "08:00", "to": "18:00"} for day in range(1, 8)]
    assert world.owner.patch(f"/instruments/{world.instrument}", {"hours": week}).status_code == 200
    window = {"start": "2026-09-08T08:00:00+08:00", "end": "2026-09-08T09:00:00+08:00", "reason": "filament"}
    made = world.owner.post(f"/instruments/{world.instrument}/maintenance", window)
    assert (made.status_code, made.json["reason"]) == (201, "filament")
    world.booked()
    answer = world.visitor.get(f"/instruments/{world.instrument}/availability", query_string=DAY).json
    assert answer["free"] == [
        {"start": "2026-09-08T09:00:00+08:00", "end": "2026-09-08T10:00:00+08:00"},
        {"start": "2026-09-08T12:00:00+08:00", "end": "2026-09-08T18:00:00+08:00"},
    ]
    assert [(row["reason"], row["start"][11:16], row["end"][11:16]) for row in answer["closed"]] == [
        ("outside_opening_hours", "00:00", "08:00"), ("maintenance", "08:00", "09:00"), ("occupied", "10:00", "12:00"),
        ("outside_opening_hours", "18:00", "00:00"),
    ]  # fmt: skip
    assert ("start", "maintenance") in broken(
        world.firm.post("/bookings", world.wish("2026-09-08T08:30:00+08:00", "2026-09-08T09:30:00+08:00"))
    )
    over = world.wish("2026-09-08T17:00:00+08:00", "2026-09-08T19:00:00+08:00")
    assert ("start", "outside_opening_hours") in broken(world.firm.post("/bookings", over))
    assert world.owner.call("DELETE", f"/instruments/{world.instrument}/maintenance/{made.json['id']}").status_code == 200
    assert refusal(world.owner.call("DELETE", f"/instruments/{world.instrument}/maintenance/{made.json['id']}")) == (409, "already_decided")
    assert world.firm.post("/bookings", world.wish("2026-09-08T08:30:00+08:00", "2026-09-08T09:30:00+08:00")).status_code == 201


def test_a_long_or_turned_range_is_refused(world: World) -> None:
    path = f"/instruments/{world.instrument}/availability"
    for start, end, code in (
        ("2026-09-08T00:00:00Z", "2026-12-09T00:00:01Z", "too_long"), ("2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "too_long"),
        ("2026-09-08T00:00:00Z", "2026-09-08T00:00:00Z", "end_before_start"),
    ):  # fmt: skip
        assert broken(world.visitor.get(path, query_string={"from": start, "to": end})) == {("to", code)}
    assert world.visitor.get(path, query_string={"from": "2026-09-08T00:00:00Z", "to": "2026-12-09T00:00:00Z"}).status_code == 200
    assert broken(world.visitor.get(path)) == {("from", "required"), ("to", "required")}


def test_closing_over_bookings_asks_first_and_then_frees_the_holds(world: World) -> None:
    booking = world.booked()
    window = {"start": "2026-09-08T09:00:00+08:00", "end": "2026-09-08T11:00:00+08:00", "reason": "lens"}
    path = f"/instruments/{world.instrument}/maintenance"
    asked = world.owner.post(path, window)
    assert refusal(asked) == (409, "bookings_affected")
    assert [(row["number"], row["start"]) for row in asked.json["bookings"]] == [(booking["number"], "2026-09-08T10:00:00+08:00")]
    assert world.firm.get(f"/bookings/{booking['id']}").json["status"] == "submitted"
    assert world.owner.post(path, {**window, "cancel_bookings": True}).status_code == 201
    after = world.firm.get(f"/bookings/{booking['id']}").json
    assert (after["status"], after["charge"]) == ("cancelled_by_owner", None)
    assert world.firm.get("/vouchers").json["items"][0]["held_fen"] == 0


def test_an_owner_lists_and_changes_an_instrument(world: World) -> None:
    fields = {
        "inner_code": "SEM-7",
        "name_zh": "场发射电镜",
        "modes": ["guided"],
        "rules": {"grid_minutes": 30, "units": 2},
        "keeps_holidays": False,
    }
    made = world.owner.post("/instruments", fields)
    assert (made.status_code, made.json["code"], made.json["rules"]["grid_minutes"], made.json["version"]) == (201, "SEM-7", 30, 1)
    path = made.headers["Location"].removeprefix("/api/v1")
    changed = world.owner.patch(path, {"rules": {"lead_minutes": 60}, "location": "A 204"}, headers={"If-Match": "1"})
    rules = changed.json["rules"]
    assert (rules["grid_minutes"], rules["units"], rules["lead_minutes"], changed.json["location"]) == (30, 2, 60, "A 204")
    assert refusal(world.owner.patch(path, {"location": "B"}, headers={"If-Match": "1"})) == (409, "stale_version")
    assert world.owner.patch(path, {"location": None}).json["location"] == ""
    assert broken(world.owner.post("/instruments", fields)) == {("inner_code", "taken")}
    assert broken(world.owner.post("/instruments", {"name_zh": "x"})) == {("inner_code", "required")}
    assert refusal(world.stranger.patch(path, {"location": "mine"})) == (404, "not_found")
    assert broken(world.owner.patch(path, {"owner": "P", "instrument_id": "1"})) == {
        ("owner", "unknown_field"),
        ("instrument_id", "unknown_field"),
    }
    wrong = {
        "rules": {"grid_minutes": 0, "colour": 1, "auto_approve": 1},
        "hours": [{"weekday": 8, "from": "8", "to": "25:00"}],
        "modes": ["x"],
    }
    assert {field for field, _ in broken(world.owner.patch(path, wrong))} >= {"modes[0]", "hours[0].weekday"}
    assert broken(world.owner.patch(path, {"rules": wrong["rules"]})) == {
        ("rules.grid_minutes", "out_of_range"), ("rules.colour", "unknown_field"), ("rules.auto_approve", "not_a_choice"),
    }  # fmt: skip


def test_an_instrument_that_approves_by_itself(world: World) -> None:
    world.owner.patch(f"/instruments/{world.instrument}", {"rules": {"auto_approve": True}})
    assert world.booked()["status"] == "approved"


def test_prices_are_versions_and_periods_of_a_class_never_overlap(world: World) -> None:
    path = f"/instruments/{world.instrument}/prices"
    item = {"mode": "guided", "unit": "hour", "unit_price_fen": 36_000, "setup_fee_fen": 1_000, "min_fee_fen": 20_000}
    autumn = {"valid_from": "2026-10-01", "valid_to": "2026-10-31", "items": [item]}
    assert world.owner.post(path, autumn).status_code == 201
    assert broken(world.owner.post(path, {**autumn, "valid_from": "2026-10-31", "valid_to": "2026-11-30"})) == {
        ("valid_from", "overlapping_period")
    }
    assert world.owner.post(path, {**autumn, "user_class": "tech_sme"}).status_code == 201
    assert len(world.visitor.get(path).json["items"]) == 3
    assert broken(world.owner.post(path, {"valid_from": "2027-01-01", "items": []})) == {("items", "required")}
    for price in (-1, 1.5, "10", True, 10**13):
        wrong = {"valid_from": "2027-01-01", "items": [{**item, "unit_price_fen": price}]}
        assert {field for field, _ in broken(world.owner.post(path, wrong))} == {"items[0].unit_price_fen"}, price
    assert refusal(world.firm.post(path, autumn)) == (403, "forbidden")


def test_the_price_at_submission_stays(world: World) -> None:
    booking = world.booked()
    dearer = {"valid_from": "2026-09-07", "items": [{"mode": "guided", "unit": "hour", "unit_price_fen": 90_000}]}
    assert world.owner.post(f"/instruments/{world.instrument}/prices", dearer).status_code == 201
    assert world.firm.get(f"/bookings/{booking['id']}").json["quote"]["gross_fen"] == 80_000
    assert world.firm.post("/quotes", world.wish("2026-09-09T10:00:00+08:00", "2026-09-09T12:00:00+08:00")).json["gross_fen"] == 180_000


def test_a_table_of_instruments_is_read_twice_alike(world: World) -> None:
    table = "inner_code,name_zh,modes,rules.grid_minutes\nA-1,天平,guided,30\nA-2,,guided,30\nA-3,离心机,guided,30\n"

    def send(query: str = "") -> Any:
        return world.owner.post("/instruments/import" + query, data={"file": (io.BytesIO(table.encode()), "list.csv")})

    strict = send("?strict=1").json
    assert (strict["created"], len(strict["rejected"])) == (0, 1) or world.visitor.get("/instruments?q=天平").json["items"] == []
    loose = send().json
    assert (loose["created"], loose["unchanged"]) == (2, 0)
    assert [(row["row"], row["code"]) for row in loose["rejected"]] == [(3, "required")]
    assert send().json["unchanged"] == 2
    assert refusal(world.owner.post("/instruments/import", data={})) == (415, "wrong_type")
    assert refusal(world.owner.post("/instruments/import", data={"more": (io.BytesIO(b"x"), "x.csv")})) == (422, "unknown_field")
    assert refusal(world.owner.post("/instruments/import", data={"file": (io.BytesIO(b"\x00\x01"), "x.bin")}))[0] == 422
    big = {"file": (io.BytesIO(b"x" * (10 * 1024 * 1024 + 1)), "x.csv")}
    assert refusal(world.owner.post("/instruments/import", data=big)) == (413, "too_large")


def test_a_withdrawn_instrument_is_gone_for_firms(world: World) -> None:
    set_listing(int(world.instrument), Listing.WITHDRAWN, by=world.people["clerk"], at=local("2026-09-07 10:00"))
    assert refusal(world.firm.get(f"/instruments/{world.instrument}")) == (404, "not_found")
    assert refusal(world.firm.post("/bookings", world.wish())) == (404, "not_found")
    assert world.owner.get(f"/instruments/{world.instrument}").json["status"] == "withdrawn"
