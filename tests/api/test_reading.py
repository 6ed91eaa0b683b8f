"""Strictness: whatever is wrong is a 4xx that says where, never a fault of ours and never a guess; the same on both engines."""

from __future__ import annotations

import json

from tests.api.conftest import World
from tests.api.door import PREFIX, broken, refusal

WRONG_INTEGERS = ["12", True, False, 1.5, -1, 2**63, 10**18, 1e300, [], {}, "", "１２", "1e3"]
WRONG_INSTANTS = [
    0, 1757296800, 1757296800000, True, "", "2026-09-08", "2026-09-08T10:00:00", "2026-09-08 10:00:00+08:00", "2026-02-30T10:00:00+08:00",
    "2026-09-08T24:00:00+08:00", "2026-09-08T23:59:60+08:00", "2026-W37-2T10:00:00+08:00", "20260908T100000+0800", "1999-12-31T23:59:59Z",
    "2101-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-09-08T10:00:00.1234567+08:00",
    "2026-09-08T10:00:00+08", "2026-09-08T10:00:00+24:00", "2026-09-08T10:00:00+08:60", "２026-09-08T10:00:00+08:00", "x" * 10_000, [], {},
]  # fmt: skip
WRONG_TEXTS = ["", "   ", "a\x00b", "a\ud800b", "a\u202eb", "x" * 501, 5, True, [], {}, ["a"]]
GOOD_TEXTS = ["断口形貌", "<script>alert(1)</script>", "{{7*7}}", "=HYPERLINK(1)", "𠮷野家 😀", "e\u0301", "a\u200fb", "line\nline"]


def test_what_is_no_whole_number_is_refused(world: World) -> None:
    for name in ("samples", "max_net_fen"):
        for value in WRONG_INTEGERS:
            answer = world.firm.post("/bookings", world.wish(**{name: value}))
            assert answer.status_code == 422, value
            assert {field for field, _ in broken(answer)} == {name}, value
    assert world.firm.get("/bookings").json["items"] == []


def test_a_whole_number_may_be_written_with_a_point(world: World) -> None:
    assert world.booked(max_net_fen=239_000.0)["status"] == "submitted"


def test_what_is_no_instant_is_refused(world: World) -> None:
    for value in WRONG_INSTANTS:
        assert broken(world.firm.post("/quotes", world.wish(start=value))) == {("start", "not_an_instant")}, value
        if isinstance(value, str):
            span = {"from": value, "to": "2026-09-09T00:00:00Z"}
            assert world.visitor.get(f"/instruments/{world.instrument}/availability", query_string=span).status_code == 422, value


def test_one_instant_in_any_spelling_is_the_same(world: World) -> None:
    for spelling in ("2026-09-08T02:00:00Z", "2026-09-07T15:00:00-11:00", "2026-09-08T16:00:00+14:00", "2026-09-08t02:00:00.000000z"):
        booking = world.booked(start=spelling)
        assert booking["start"] == "2026-09-08T10:00:00+08:00"
        world.firm.post(f"/bookings/{booking['id']}/cancel", {"reason": "once more"})


def test_a_plus_sign_that_nobody_escaped_is_read(world: World) -> None:
    span = "from=2026-09-08T00:00:00+08:00&to=2026-09-09T00:00:00+08:00"
    answer = world.visitor.get(f"/instruments/{world.instrument}/availability?{span}")
    assert answer.json["free"] == [{"start": "2026-09-08T00:00:00+08:00", "end": "2026-09-09T00:00:00+08:00"}]


def test_text_that_cannot_be_kept_is_refused(world: World) -> None:
    for value in WRONG_TEXTS:
        assert {field for field, _ in broken(world.firm.post("/bookings", world.wish(purpose=value)))} == {"purpose"}, value


def test_all_other_text_is_kept_as_it_is(world: World) -> None:
    for hour, value in enumerate(GOOD_TEXTS):
        booking = world.booked(
            start=f"2026-09-08T{hour:02}:00:00+08:00", end=f"2026-09-08T{hour + 1:02}:00:00+08:00", purpose=f"  {value} "
        )
        assert booking["purpose"] == ("é" if value == "e\u0301" else value)
        assert world.owner.get(f"/bookings/{booking['id']}").json["purpose"] == booking["purpose"]


BODIES: dict[str, tuple[bytes, tuple[int, str]]] = {
    "nothing": (b"", (400, "malformed")),
    "half": (b'{"mode": ', (400, "malformed")),
    "twice": (b'{"mode": "guided", "mode": "remote"}', (400, "malformed")),
    "nan": (b'{"samples": NaN}', (400, "malformed")),
    "infinite": (b'{"samples": -Infinity}', (400, "malformed")),
    "1e400": (b'{"samples": 1e400}', (400, "malformed")),
    "5000 digits": (b'{"samples": ' + b"9" * 5000 + b"}", (400, "malformed")),
    "not utf-8": (b'{"mode": "\xff\xfe"}', (400, "malformed")),
    "utf-16": ('{"mode": "guided"}'.encode("utf-16"), (400, "malformed")),
    "deep": (b'{"a": ' * 30 + b"1" + b"}" * 30, (400, "malformed")),
    "very deep": (b"[" * 100_000 + b"]" * 100_000, (400, "malformed")),
    "large": (b'{"purpose": "' + b"x" * 1_000_001 + b'"}', (413, "too_large")),
    "list": (b"[]", (422, "not_an_object")),
    "null": (b"null", (422, "not_an_object")),
    "number": (b"5", (422, "not_an_object")),
    "surrogate key": (b'{"\\ud800": 1}', (422, "unknown_field")),
    "nul key": (b'{"a\\u0000b": 1}', (422, "unknown_field")),
}


def test_bytes_that_are_no_sound_object_are_refused(world: World) -> None:
    for name, (raw, expected) in BODIES.items():
        for door, path in ((world.firm, "/bookings"), (world.firm, "/quotes"), (world.clerk, "/programmes/evaluate")):
            assert refusal(door.post(path, data=raw, content_type="application/json")) == expected, (name, path)


def test_another_type_of_body_is_refused(world: World) -> None:
    raw = json.dumps(world.wish()).encode()
    for kind in ("text/plain", "", "application/xml", "application/json; charset=gbk", "multipart/form-data"):
        assert refusal(world.firm.post("/bookings", data=raw, content_type=kind)) == (415, "wrong_type"), kind


def test_nobody_sets_what_the_house_computes(world: World) -> None:
    for name in (
        "price",
        "price_fen",
        "subsidy",
        "subsidy_fen",
        "discount",
        "currency",
        "firm",
        "firm_id",
        "user_id",
        "voucher_id",
        "status",
        "version",
    ):
        assert broken(world.firm.post("/bookings", world.wish(**{name: 1}))) == {(name, "unknown_field")}


def test_all_problems_come_at_once(world: World) -> None:
    answer = world.firm.post("/bookings?dry=1", {"instrument": "x", "start": 0, "programmes": ["HALF", "HALF"], "more": 1})
    assert broken(answer) == {
        ("dry", "unknown_field"), ("more", "unknown_field"), ("instrument", "not_an_id"), ("mode", "required"), ("start", "not_an_instant"),
        ("end", "required"), ("programmes", "given_twice"),
    }  # fmt: skip


PAGES = ["limit=0", "limit=201", "limit=-1", "limit=x", "limit=1.0", "limit=１０", "limit=10&limit=20", "cursor=!!!", "cursor=bm90IGEgbnVtYmVy",
         "cursor=" + "A" * 500, "total=yes", "page=2", "status=done", "from=now", "instrument=0", "instrument=99999999999999999999"]  # fmt: skip


def test_a_wrong_page_is_refused(world: World) -> None:
    for query in PAGES:
        assert world.firm.get("/bookings?" + query).status_code == 422, query


def test_what_is_no_id_leads_nowhere(world: World) -> None:
    for part in ("0", "-1", "+1", "01", "1.0", "１２", "12345678901234567890", "1%00", "abc", "..", "1 "):
        for what in ("bookings", "instruments", "vouchers"):
            answer = world.firm.client.get(f"{PREFIX}/{what}/{part}", headers=world.firm.headers)
            assert (*refusal(answer), answer.mimetype) == (404, "not_found", "application/problem+json"), part


def test_ids_that_fit_no_column_are_not_found(world: World) -> None:
    for path in ("/bookings/999999999999999999", "/instruments/999999999999999999", "/claims/4294967296"):
        door = world.owner if "claims" in path else world.firm
        assert refusal(door.get(path)) == (404, "not_found")


def test_a_search_takes_signs_as_they_are(world: World) -> None:
    for text in ("%", "_", "\\", "' OR 1=1--", "(a+)+$", "𠮷"):
        assert world.visitor.get("/instruments", query_string={"q": text}).json["items"] == []
    assert world.visitor.get("/instruments", query_string={"q": "x" * 201}).status_code == 422
    assert world.visitor.get("/instruments?sort=price;drop").status_code == 422
