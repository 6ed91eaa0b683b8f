"""The acceptance scenarios of price by number, add-ons, classes and formal quotations, at the API's door."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from equipment_share.models.base import db
from tests.api.conftest import World
from tests.api.door import broken, refusal
from tests.builders import an_instrument, local

GRID = {"code": "GRID", "name": "Copper grid", "kind": "consumables", "unit": "item", "unit_price_fen": 2_500}
STAFF = {"code": "STAFF", "name": "Operator", "kind": "staff", "unit": "item", "unit_price_fen": 8_000}


def priced(world: World, *rows: dict[str, Any], valid_from: str = "2026-09-02", **more: Any) -> dict[str, Any]:
    """Publish a list of guided prices."""
    items = [{"mode": "guided", "unit": "hour", **row} for row in rows]
    answer = world.owner.post(f"/instruments/{world.instrument}/prices", {"valid_from": valid_from, "items": items, **more})
    assert answer.status_code == 201, answer.text
    return answer.json  # type: ignore[no-any-return]


def used(world: World, booking: dict[str, Any], start: str, end: str, **more: Any) -> dict[str, Any]:
    """Approve a booking and record its use a day later; answers the charge."""
    at = f"/bookings/{booking['id']}"
    assert world.owner.post(f"{at}/approve").status_code == 200
    world.at(local(f"{end[:10]} 23:00"))
    answer = world.owner.post(f"{at}/usage", {"start": start, "end": end, **more})
    assert answer.status_code == 200, answer.text
    return answer.json["charge"]  # type: ignore[no-any-return]


def figures(quote: dict[str, Any]) -> list[tuple[str, int]]:
    """Label and fen of each line."""
    return [(line["label"], line["amount_fen"]) for line in quote["lines"]]


def test_24_the_day_of_booking_decides_the_price(world: World) -> None:
    priced(world, {"unit_price_fen": 30_000})
    priced(world, {"unit_price_fen": 36_000}, valid_from="2026-09-15")
    on_the_20th = {"start": "2026-09-20T10:00:00+08:00", "end": "2026-09-20T12:00:00+08:00"}

    before = world.booked(**on_the_20th)
    world.at(local("2026-09-16 09:00"))
    after = world.booked(start="2026-09-20T14:00:00+08:00", end="2026-09-20T16:00:00+08:00")
    charge = used(world, before, **on_the_20th)
    overlapping = world.owner.post(
        f"/instruments/{world.instrument}/prices",
        {"valid_from": "2026-09-15", "items": [{"mode": "guided", "unit": "hour", "unit_price_fen": 1}]},
    )

    assert (before["quote"]["gross_fen"], charge["gross_fen"]) == (60_000, 60_000)
    assert after["quote"]["gross_fen"] == 72_000
    assert refusal(overlapping) == (422, "overlapping_period")


def test_24_two_lists_saved_at_once_leave_one(world: World, app: Flask) -> None:
    answers: list[tuple[int, str]] = []
    at_once = threading.Barrier(4)
    address = f"/api/v1/instruments/{world.instrument}/prices"
    body = {"valid_from": "2026-10-01", "items": [{"mode": "guided", "unit": "hour", "unit_price_fen": 1_000}]}

    def save() -> None:
        with app.app_context():
            client = app.test_client(use_cookies=False)
            at_once.wait()
            answer = client.post(address, json=body, headers=world.owner.headers)
            answers.append((answer.status_code, answer.json.get("code", "")))
            db.session.remove()

    savers = [threading.Thread(target=save) for _ in range(4)]
    for saver in savers:
        saver.start()
    for saver in savers:
        saver.join()

    assert sorted(answers) == [(201, ""), *[(422, "overlapping_period")] * 3]


def test_25_peak_and_minimum(world: World) -> None:
    priced(world, {"unit_price_fen": 30_000, "from": "08:00", "to": "18:00"}, {"unit_price_fen": 18_000, "min_fee_fen": 20_000})

    over_both = world.firm.post("/quotes", world.wish("2026-09-08T17:30:00+08:00", "2026-09-08T19:00:00+08:00")).json
    booking = world.booked(start="2026-09-08T20:00:00+08:00", end="2026-09-08T20:30:00+08:00")
    charge = used(world, booking, "2026-09-08T20:00:00+08:00", "2026-09-08T20:20:00+08:00")

    assert figures(over_both) == [("machine_time", 15_000), ("machine_time", 18_000)]
    assert (over_both["gross_fen"], over_both["subsidies"][0]["amount_fen"], over_both["net_fen"]) == (33_000, 16_500, 16_500)
    assert figures(charge) == [("machine_time", 6_000), ("minimum", 14_000)]
    assert (charge["gross_fen"], charge["subsidies"][0]["amount_fen"], charge["net_fen"]) == (20_000, 10_000, 10_000)


def test_a_class_has_everybodys_rows_times_its_multiplier(world: World) -> None:
    """W29: six hours at 400 and 200 for set-up, 80 % for a technology SME, half of it borne by the voucher."""
    priced(world, {"unit_price_fen": 40_000, "setup_fee_fen": 20_000})
    listed = priced(world, user_class="tech_sme", multiplier_bp=8_000)

    quote = world.firm.post("/quotes", world.wish("2026-09-08T10:00:00+08:00", "2026-09-08T16:00:00+08:00")).json

    assert (listed["items"], listed["multiplier_bp"], listed["urgent_bp"]) == ([], 8_000, None)
    assert figures(quote) == [("machine_time", 240_000), ("setup", 20_000), ("class", -48_000), ("class_setup", -4_000)]
    assert (quote["gross_fen"], quote["subsidies"][0]["amount_fen"], quote["net_fen"]) == (208_000, 104_000, 104_000)


def test_add_ons_and_haste_are_ordered_and_what_was_used_of_them_is_charged(world: World) -> None:
    priced(world, {"unit_price_fen": 40_000}, GRID, STAFF, urgent_bp=15_000)
    options = {"urgent": True, "add_ons": {"GRID": 4, "STAFF": 1}}

    booking = world.booked(options=options)
    charge = used(world, booking, booking["start"], booking["end"], lines=[{"code": "GRID", "quantity": 2}])

    assert booking["options"] == options
    assert figures(booking["quote"]) == [("machine_time", 80_000), ("urgent", 40_000), ("consumables", 10_000), ("staff", 8_000)]
    assert figures(charge) == [("machine_time", 80_000), ("urgent", 40_000), ("consumables", 5_000)]
    assert (charge["gross_fen"], charge["net_fen"]) == (125_000, 62_500)


def test_add_ons_that_the_record_leaves_out_are_those_that_were_ordered_and_stay_through_a_dispute(world: World) -> None:
    priced(world, {"unit_price_fen": 40_000}, GRID)
    booking = world.booked(options={"add_ons": {"GRID": 2}})
    at = f"/bookings/{booking['id']}"

    charge = used(world, booking, booking["start"], booking["end"])
    assert world.firm.post(f"{at}/dispute", {"reason": "shorter", "end": "2026-09-08T11:00:00+08:00"}).status_code == 200
    settled = world.clerk.post(f"{at}/adjudicate", {"start": booking["start"], "end": "2026-09-08T11:30:00+08:00", "reason": "log"}).json[
        "charge"
    ]

    assert figures(charge) == [("machine_time", 80_000), ("consumables", 5_000)]
    assert figures(settled) == [("machine_time", 60_000), ("consumables", 5_000)]


@pytest.mark.parametrize(("options", "fields"), [
    ({"urgent": True}, {("options.urgent", "not_offered")}),
    ({"add_ons": {"GLUE": 1}}, {("options.add_ons.GLUE", "not_offered")}),
    ({"add_ons": {"GRID": 0}}, {("options.add_ons.GRID", "out_of_range")}),
    ({"add_ons": {"a b": 1}}, {("options.add_ons.a b", "unknown_field")}),
    ({"colour": "red"}, {("options.colour", "unknown_field")}),
])  # fmt: skip
def test_what_the_prices_do_not_offer_cannot_be_ordered(world: World, options: dict[str, Any], fields: set[tuple[str, str]]) -> None:
    priced(world, {"unit_price_fen": 40_000}, GRID)

    assert broken(world.firm.post("/bookings", world.wish(options=options))) == fields


def test_only_add_ons_of_the_bookings_own_prices_can_be_recorded(world: World) -> None:
    priced(world, {"unit_price_fen": 40_000}, GRID)
    booking = world.booked()
    world.owner.post(f"/bookings/{booking['id']}/approve")
    world.at(local("2026-09-08 13:00"))
    lines = [{"code": "GRID", "quantity": 1}, {"code": "GLUE", "quantity": 1}, {"code": "GRID", "quantity": 1}]

    answer = world.owner.post(f"/bookings/{booking['id']}/usage", {"start": booking["start"], "end": booking["end"], "lines": lines})

    assert broken(answer) == {("lines[1].code", "not_offered"), ("lines[2].code", "given_twice")}


@pytest.mark.parametrize(("body", "fields"), [
    ({"items": []}, {("items", "required")}),
    ({"items": [{"unit_price_fen": 1, "from": "08:00", "to": "18:00"}]}, {("items[0].from", "bands_gap")}),
    ({"items": [{"unit_price_fen": 1}, {"unit_price_fen": 2}]}, {("items[1].mode", "taken")}),
    ({"items": [{"unit_price_fen": 1, "from": "8", "to": "18:00"}]}, {("items[0].from", "not_a_time")}),
    ({"items": [{"unit_price_fen": 1}], "urgent_bp": 9_000}, {("urgent_bp", "out_of_range")}),
    ({"items": [{"unit_price_fen": 1}, {**GRID, "name": None}]}, {("items[1].name", "required")}),
])  # fmt: skip
def test_a_list_that_contradicts_itself_is_refused_with_its_fields(
    world: World, body: dict[str, Any], fields: set[tuple[str, str]]
) -> None:
    items = [{"mode": "guided", "unit": "hour", **row} for row in body["items"]]

    answer = world.owner.post(f"/instruments/{world.instrument}/prices", {"valid_from": "2026-10-01", **body, "items": items})

    assert (answer.status_code, broken(answer)) == (422, fields)


def test_a_list_is_shown_as_it_was_published(world: World) -> None:
    row = {"unit_price_fen": 10_000, "unit_minutes": 30, "threshold_minutes": 15, "first_price_fen": 20_000}
    priced(world, row, GRID, urgent_bp=15_000, vat_bp=600)

    listed = world.visitor.get(f"/instruments/{world.instrument}/prices").json["items"][0]
    alone = world.visitor.get(f"/instruments/{world.instrument}").json

    assert (listed["urgent_bp"], listed["vat_bp"], listed["multiplier_bp"]) == (15_000, 600, 10_000)
    assert {name: listed["items"][0][name] for name in row} == row
    assert (listed["items"][1]["code"], listed["items"][1]["kind"]) == ("GRID", "consumables")
    assert alone["prices"] == listed["items"]
    assert alone["price_from_fen"] == 20_000  # an hour is two units


def test_a_basket_a_series_and_a_table_carry_their_options(world: World) -> None:
    priced(world, {"unit_price_fen": 40_000}, GRID)
    options = {"urgent": False, "add_ons": {"GRID": 1}}
    table = f"instrument,mode,start,end,add_ons\n{world.instrument},guided,2026-09-10 10:00,2026-09-10 11:00,GRID:3\n"

    basket = world.firm.post("/baskets", {"items": [world.wish(options=options)]}).json["items"][0]
    series = world.firm.post(
        "/series",
        world.wish("2026-09-09T10:00:00+08:00", "2026-09-09T11:00:00+08:00", options=options, rrule="FREQ=DAILY;COUNT=1", take="free_ones"),
    ).json
    imported = world.firm.post("/bookings/import", data={"file": (_file(table), "b.csv")})
    dated = world.firm.get(f"/bookings/{series['occurrences'][0]['booking']}").json
    newest = world.firm.get("/bookings").json["items"][0]

    assert basket["quote"]["gross_fen"] == 82_500
    assert dated["options"] == {"add_ons": {"GRID": 1}}
    assert (imported.json["created"], newest["quote"]["gross_fen"]) == (1, 47_500)


def _file(text: str) -> Any:
    return io.BytesIO(text.encode())


def test_nobody_waits_in_line_for_more_than_a_time(world: World) -> None:
    priced(world, {"unit_price_fen": 40_000}, GRID)
    world.booked()

    options, mail = {"add_ons": {"GRID": 1}}, world.people["firm"].email
    offered = world.owner.post(
        "/bookings",
        {**world.wish("2026-09-09T10:00:00+08:00", "2026-09-09T11:00:00+08:00"), "options": options, "for": mail, "override": "x"},
    )

    assert broken(world.rival.post("/waiting", world.wish(options=options))) == {("options", "not_offered")}
    assert broken(offered) == {("options", "not_offered")}


def quotation(world: World, **more: Any) -> dict[str, Any]:
    """A formal quotation for two hours."""
    answer = world.firm.post("/quotations", world.wish(**more))
    assert answer.status_code == 201, answer.text
    return answer.json  # type: ignore[no-any-return]


def test_a_quotation_keeps_its_prices_for_the_booking_that_names_it(world: World) -> None:
    made = quotation(world)
    priced(world, {"unit_price_fen": 50_000}, valid_from="2026-09-07")

    dear = world.firm.post("/quotes", world.wish()).json
    booking = world.booked(quotation=made["id"])
    charge = used(world, booking, booking["start"], "2026-09-08T11:00:00+08:00")

    assert (made["quote"]["gross_fen"], made["quote"]["net_fen"], made["valid_until"]) == (80_000, 40_000, "2026-10-07")
    assert (dear["gross_fen"], booking["quote"]["gross_fen"], booking["quotation"]) == (100_000, 80_000, made["id"])
    assert charge["gross_fen"] == 40_000


def test_a_quotation_is_good_on_its_last_day_and_over_on_the_next(world: World) -> None:
    made = quotation(world)
    times = [f"2026-10-20T{hour}:00:00+08:00" for hour in (10, 12)]
    world.at(local("2026-10-07 23:59"))
    last_day = world.firm.post("/bookings", world.wish(*times, quotation=made["id"]))
    world.at(local("2026-10-08 00:01"))
    over = world.firm.post("/bookings", world.wish("2026-10-21T10:00:00+08:00", "2026-10-21T12:00:00+08:00", quotation=made["id"]))

    assert last_day.status_code == 201
    assert (refusal(over), broken(over)) == ((422, "quotation_expired"), {("quotation", "quotation_expired")})


def test_another_firms_quotation_is_not_there(world: World) -> None:
    made = quotation(world)

    assert refusal(world.rival.post("/bookings", world.wish(quotation=made["id"]))) == (404, "not_found")
    assert refusal(world.rival.get(f"/quotations/{made['id']}")) == (404, "not_found")
    assert refusal(world.rival.post("/quotes", world.wish(quotation="999999999999"))) == (404, "not_found")
    assert world.rival.get("/quotations").json["items"] == []
    assert refusal(world.owner.get("/quotations")) == (403, "forbidden")


def test_a_quotation_is_for_its_own_instrument_and_mode(world: World) -> None:
    made = quotation(world)
    other = str(an_instrument(world.people["owner"]).id)

    for wish in (world.wish(mode="self_operate"), {**world.wish(), "instrument": other}):
        assert broken(world.firm.post("/bookings", {**wish, "quotation": made["id"]})) == {("quotation", "not_a_choice")}


def test_a_quotation_can_be_had_on_paper_and_far_ahead_of_the_horizon(world: World) -> None:
    priced(world, {"unit_price_fen": 40_000}, GRID, vat_bp=600)
    made = quotation(world, start="2027-03-01T10:00:00+08:00", end="2027-03-01T12:00:00+08:00", options={"add_ons": {"GRID": 2}})

    paper = world.firm.get(f"/quotations/{made['id']}?format=pdf")

    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    assert [row["id"] for row in world.firm.get("/quotations").json["items"]] == [made["id"]]
    assert made["quote"]["gross_fen"] == 85_000


def test_quotations_come_in_pages_newest_first(world: World) -> None:
    made = [quotation(world)["id"] for _ in range(3)]

    first = world.firm.get("/quotations?limit=2&total=1").json
    second = world.firm.get(f"/quotations?limit=2&cursor={first['next']}").json

    assert ([row["id"] for row in first["items"]], first["total"]) == (made[:0:-1], 3)
    assert ([row["id"] for row in second["items"]], second["next"]) == (made[:1], None)
    assert broken(world.firm.get("/quotations?cursor=x")) == {("cursor", "bad_cursor")}


@pytest.mark.parametrize("ask", [
    lambda world: world.wish("2026-09-08T10:00:00+08:00", "2026-09-08T09:00:00+08:00"),
    lambda world: world.wish(options={"urgent": True}), lambda world: world.wish(mode="remote"),
])  # fmt: skip
def test_a_quotation_needs_a_wish_that_has_a_price(world: World, ask: Callable[[World], dict[str, Any]]) -> None:
    assert world.firm.post("/quotations", ask(world)).status_code == 422


def test_a_change_keeps_a_good_quotation_and_its_options(world: World) -> None:
    priced(world, {"unit_price_fen": 40_000}, GRID, valid_from="2026-09-05")
    made = quotation(world)
    priced(world, {"unit_price_fen": 50_000}, GRID, valid_from="2026-09-07")
    booking = world.booked(quotation=made["id"], options={"add_ons": {"GRID": 1}})

    shorter = world.firm.post(f"/bookings/{booking['id']}/change", {"start": booking["start"], "end": "2026-09-08T11:00:00+08:00"}).json

    assert (shorter["quote"]["gross_fen"], shorter["quotation"], shorter["options"]) == (42_500, made["id"], {"add_ons": {"GRID": 1}})
