"""Links for a calendar program: one's own bookings, ended at once, nobody else's (abuse case AC19)."""

from __future__ import annotations

from icalendar import Calendar

from tests.api.conftest import World
from tests.api.door import refusal


def _path(url: str) -> str:
    return "/calendar/" + url.rsplit("/", 1)[1]


def test_a_feed_shows_ones_own_bookings_and_ends_at_once(world: World) -> None:
    own = world.booked()
    world.rival.post("/bookings", world.wish("2026-09-09T10:00:00+08:00", "2026-09-09T12:00:00+08:00"))
    made = world.firm.post("/me/calendar")
    path = _path(made.json["url"])

    answer = world.visitor.get(path)
    events = list(Calendar.from_ical(answer.data).walk("VEVENT"))

    assert (made.status_code, answer.status_code, answer.headers["Content-Type"]) == (201, 200, "text/calendar; charset=utf-8")
    assert [str(event["UID"]) for event in events] == [f"{own['number']}@equipment-share"]
    assert events[0].decoded("DTSTART").isoformat() == "2026-09-08T02:00:00+00:00"
    again = world.visitor.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    listed = world.firm.get("/me/calendars").json["items"]
    assert [row["token_id"] for row in listed] == [made.json["token_id"]]
    assert path[10:30] not in str(listed)

    assert refusal(world.visitor.get(path[:-5] + "x.ics")) == (404, "not_found")
    assert refusal(world.rival.call("DELETE", f"/me/calendars/{made.json['token_id']}")) == (404, "not_found")
    assert world.firm.call("DELETE", f"/me/calendars/{made.json['token_id']}").status_code == 200
    assert refusal(world.visitor.get(path)) == (404, "not_found")


def test_an_instruments_feed_is_its_owners_alone(world: World) -> None:
    world.booked()
    assert refusal(world.stranger.post(f"/instruments/{world.instrument}/calendar")) == (404, "not_found")
    assert refusal(world.firm.post(f"/instruments/{world.instrument}/calendar")) == (403, "forbidden")
    made = world.owner.post(f"/instruments/{world.instrument}/calendar")

    events = list(Calendar.from_ical(world.visitor.get(_path(made.json["url"])).data).walk("VEVENT"))

    assert [str(event["SUMMARY"]) for event in events] == [world.people["firm"].organisation.name]
    assert [str(event["STATUS"]) for event in events] == ["TENTATIVE"]


def test_a_kept_answer_never_holds_the_secret(world: World) -> None:
    key = {"headers": {"Idempotency-Key": "k"}}
    first, second = world.firm.post("/me/calendar", **key), world.firm.post("/me/calendar", **key)

    assert second.headers["Idempotent-Replayed"] == "true"
    assert (first.json["token_id"], second.json["url"]) == (second.json["token_id"], "shown once")
