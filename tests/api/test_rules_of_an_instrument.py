"""How an instrument is really run: its own answers, its conduct rules, its hours by mode, what comes with it, and the owner's exceptions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from equipment_share.domain.access import Role
from equipment_share.domain.errors import AlreadyDecided, InvalidTransition
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.outbox import AuditRow, HistoryStep
from equipment_share.services.bookings.attendance import check_in
from equipment_share.services.bookings.samples import move_samples
from equipment_share.services.jobs import run_due
from tests.api.conftest import World
from tests.api.door import broken, refusal
from tests.api.test_acceptance_slots import _approved, _ask, _rules
from tests.builders import NOW, a_person, an_instrument, local


@pytest.mark.parametrize(
    ("condition", "times", "status"),
    [
        ({"max_minutes": 120}, ("10:00", "12:00"), "approved"),
        ({"max_minutes": 120}, ("10:00", "12:15"), "submitted"),
        ({"user_classes": ["tech_sme"]}, ("10:00", "11:00"), "approved"),
        ({"user_classes": ["high_tech"]}, ("10:00", "11:00"), "submitted"),
        ({"from": "09:00", "to": "17:00"}, ("09:00", "17:00"), "approved"),
        ({"from": "09:00", "to": "17:00"}, ("16:00", "17:15"), "submitted"),
        ({"trained": True}, ("10:00", "11:00"), "submitted"),
    ],
)
def test_a_request_answers_itself_only_where_the_owners_conditions_hold(
    world: World, condition: dict[str, Any], times: tuple[str, str], status: str
) -> None:
    _rules(world, auto_approve=condition)

    made = _ask(world.firm, world, f"2026-09-08T{times[0]}", f"2026-09-08T{times[1]}")

    assert (made.status_code, made.json["status"]) == (201, status)
    steps = db.session.query(HistoryStep).filter_by(kind="booking", object_id=int(made.json["id"]), event="approved").all()
    assert [step.by_id for step in steps] == ([None] if status == "approved" else [])  # nobody of the firm approves its own wish
    told = world.visitor.get(f"/instruments/{world.instrument}").json["rules"]["auto_approve"]
    assert {name: told[name] for name in condition} == condition


def test_a_trained_person_is_answered_at_once(world: World) -> None:
    _rules(world, auto_approve={"trained": True})
    world.owner.post(f"/instruments/{world.instrument}/authorisations", {"email": world.people["firm"].email, "valid_until": "2026-12-31"})

    assert _ask(world.firm, world, "2026-09-08T10:00", "2026-09-08T11:00").json["status"] == "approved"


@pytest.mark.parametrize("bad", [{"max_minutes": 0}, {"from": "25:00"}, {"to": "9:00"}, {"user_classes": "x"}, {"nothing": 1}, "yes", 1])
def test_conditions_that_say_nothing_sound_are_refused(world: World, bad: Any) -> None:
    assert world.owner.patch(f"/instruments/{world.instrument}", {"rules": {"auto_approve": bad}}).status_code == 422


def test_one_person_keeps_a_gap_between_own_bookings_and_another_person_need_not(world: World) -> None:
    _rules(world, gap_minutes=60)
    _ask(world.firm, world, "2026-09-08T10:00", "2026-09-08T12:00")

    near = _ask(world.firm, world, "2026-09-08T12:45", "2026-09-08T13:45")
    enough = _ask(world.firm, world, "2026-09-08T13:00", "2026-09-08T14:00")
    rival = _ask(world.rival, world, "2026-09-08T12:00", "2026-09-08T13:00")

    assert (refusal(near), near.json["errors"][0]["overridable_by"]) == ((422, "too_close"), "owner")
    assert (enough.status_code, rival.status_code) == (201, 201)


def test_two_no_shows_keep_a_person_out_for_the_days_of_the_ban(world: World) -> None:
    _rules(world, strikes=2, strike_days=30, ban_days=7)
    for day in (8, 9):
        _approved(world, f"2026-09-{day:02d}T10:00", f"2026-09-{day:02d}T11:00")
        world.at(local(f"2026-09-{day:02d} 10:31"))
        run_due(at=local(f"2026-09-{day:02d} 10:31"))
    world.at(local("2026-09-10 09:00"))

    banned = _ask(world.firm, world, "2026-09-20T10:00", "2026-09-20T11:00")
    rival = _ask(world.rival, world, "2026-09-20T14:00", "2026-09-20T15:00")
    world.at(local("2026-09-16 10:00"))
    again = _ask(world.firm, world, "2026-09-20T10:00", "2026-09-20T11:00")

    assert refusal(banned) == (422, "banned")
    assert (rival.status_code, again.status_code) == (201, 201)


def test_training_ends_by_itself_when_the_instrument_is_not_used(world: World) -> None:
    _rules(world, authorisation_required=True, training_idle_days=30, horizon_days=200)
    world.owner.post(f"/instruments/{world.instrument}/authorisations", {"email": world.people["firm"].email, "valid_until": "2027-06-30"})
    used = _approved(world, "2026-09-28T10:00", "2026-09-28T11:00")

    late = _ask(world.firm, world, "2026-10-08T10:00", "2026-10-08T11:00")
    check_in(int(used), by=world.people["firm"], at=local("2026-09-28 10:00"))
    world.at(local("2026-09-29 10:00"))
    after_use = _ask(world.firm, world, "2026-10-28T10:00", "2026-10-28T11:00")

    assert refusal(late) == (422, "not_authorised")
    assert after_use.status_code == 201


def test_a_mode_may_have_hours_of_its_own(world: World) -> None:
    hours = [{"weekday": day, "from": "08:00", "to": "20:00"} for day in range(1, 8)]
    hours += [{"weekday": day, "from": "09:00", "to": "12:00", "mode": "guided"} for day in range(1, 6)]
    assert world.owner.patch(f"/instruments/{world.instrument}", {"hours": hours}).status_code == 200

    guided = _ask(world.firm, world, "2026-09-08T14:00", "2026-09-08T15:00")
    alone = _ask(world.firm, world, "2026-09-08T14:00", "2026-09-08T15:00", mode="self_operate")

    assert refusal(guided) == (422, "outside_opening_hours")
    assert alone.status_code == 201


def test_maintenance_by_a_rule_closes_again_and_again_and_is_called_off_together(world: World) -> None:
    window = {"start": "2026-09-08T12:00:00+08:00", "end": "2026-09-08T13:00:00+08:00", "reason": "校准", "rrule": "FREQ=WEEKLY;COUNT=4"}
    first = world.owner.post(f"/instruments/{world.instrument}/maintenance", window)
    path = f"/instruments/{world.instrument}/maintenance"
    assert (first.status_code, len(world.owner.get(path).json["items"])) == (201, 4)
    assert refusal(_ask(world.firm, world, "2026-09-22T12:00", "2026-09-22T12:30")) == (422, "maintenance")

    second = world.owner.get(path).json["items"][1]["id"]
    assert world.owner.call("DELETE", f"{path}/{second}?following=1").status_code == 200

    assert len(world.owner.get(path).json["items"]) == 1
    assert _ask(world.firm, world, "2026-09-22T12:00", "2026-09-22T12:30").status_code == 201
    assert refusal(world.owner.post(path, {**window, "rrule": "x"})) == (422, "bad_rule")


def test_linked_instruments_come_along_all_or_none(world: World) -> None:
    other = an_instrument(world.people["owner"], hourly=10_000).id
    foreign = an_instrument(world.people["stranger"]).id
    assert broken(world.owner.patch(f"/instruments/{world.instrument}", {"linked": [str(foreign)]})) == {("linked", "not_a_choice")}
    assert world.owner.patch(f"/instruments/{world.instrument}", {"linked": [str(other)]}).status_code == 200
    world.rival.post("/bookings", {**world.wish("2026-09-09T10:00:00+08:00", "2026-09-09T12:00:00+08:00"), "instrument": str(other)})

    refused = _ask(world.firm, world, "2026-09-09T11:00", "2026-09-09T13:00")
    before = len(world.firm.get("/bookings").json["items"])
    made = _ask(world.firm, world, "2026-09-08T10:00", "2026-09-08T12:00")

    assert (refusal(refused), before, made.status_code) == ((409, "slot_taken"), 0, 201)
    rows = db.session.query(Booking).filter_by(firm_id=world.people["firm"].organisation_id).all()
    assert {row.instrument_id for row in rows} == {int(world.instrument), other}
    assert len({row.basket for row in rows}) == 1


def test_null_inside_the_rules_clears_what_was_said(world: World) -> None:
    _rules(world, max_minutes=60)
    assert refusal(_ask(world.firm, world, "2026-09-08T10:00", "2026-09-08T12:00")) == (422, "too_long")

    _rules(world, max_minutes=None)

    assert world.visitor.get(f"/instruments/{world.instrument}").json["rules"]["max_minutes"] == 1440
    assert _ask(world.firm, world, "2026-09-08T10:00", "2026-09-08T12:00").status_code == 201


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "asia/shanghai "])
def test_a_time_zone_that_does_not_exist_is_refused(world: World, zone: str) -> None:
    assert world.owner.patch(f"/instruments/{world.instrument}", {"time_zone": zone}).status_code == 422


def test_a_colleague_is_booked_for_and_a_stranger_is_not(world: World) -> None:
    colleague = a_person(Role.FIRM_USER, world.people["firm"].organisation)

    made = _ask(world.firm, world, "2026-09-08T10:00", "2026-09-08T12:00", **{"for": colleague.email})
    strange = _ask(world.firm, world, "2026-09-09T10:00", "2026-09-09T12:00", **{"for": world.people["rival"].email})

    assert made.status_code == 201
    assert db.session.get_one(Booking, int(made.json["id"])).user_id == colleague.id
    assert broken(strange) == {("for", "not_found")}


def test_an_owner_waives_own_rules_with_a_reason_and_the_firm_decides(world: World) -> None:
    _rules(world, max_minutes=60, lead_minutes=1440 * 5)
    wish = world.wish("2026-09-08T10:00:00+08:00", "2026-09-08T14:00:00+08:00", **{"for": world.people["firm"].email})

    assert refusal(world.owner.post("/bookings", wish)) == (403, "forbidden")
    assert refusal(world.stranger.post("/bookings", {**wish, "override": "急"})) == (404, "not_found")
    assert refusal(world.firm.post("/bookings", {**wish, "override": "急"})) == (403, "forbidden")
    past = {**wish, "start": "2026-09-01T10:00:00+08:00", "override": "急"}
    assert broken(world.owner.post("/bookings", past)) >= {("start", "in_the_past")}
    offered = world.owner.post("/bookings", {**wish, "override": "样品易变质"})
    assert (offered.status_code, offered.json["status"], offered.json["quote"]["gross_fen"]) == (201, "offered", 0)
    voucher = world.firm.get("/vouchers").json["items"]
    assert sum(row["held_fen"] for row in voucher) == 0

    taken = world.firm.post(f"/bookings/{offered.json['id']}/accept-offer")

    assert (taken.status_code, taken.json["status"], taken.json["quote"]["net_fen"]) == (200, "submitted", 80_000)
    first = taken.json["history"][0]
    assert (first["event"], first["reason"]) == ("offered", "样品易变质")
    assert any('"waived":["lead_time","too_long"]' in row.doc for row in db.session.query(AuditRow))


def _commissioned(world: World) -> int:
    """Three samples asked for, on 10 September from ten to twelve."""
    instrument = an_instrument(world.people["owner"], modes=["commissioned"])
    items = [{"mode": "commissioned", "unit": "sample", "unit_price_fen": 5_000}]
    prices = {"valid_from": "2026-09-08", "user_class": "external", "items": items}
    assert world.owner.post(f"/instruments/{instrument.id}/prices", prices).status_code == 201
    world.at(NOW + timedelta(days=1))
    wish = {
        **world.wish("2026-09-10T10:00:00+08:00", "2026-09-10T12:00:00+08:00"),
        "instrument": str(instrument.id),
        "mode": "commissioned",
    }
    return int(world.firm.post("/bookings", {**wish, "samples": 3}).json["id"])


def test_only_the_next_station_of_the_samples_can_be_said(world: World) -> None:
    key = _commissioned(world)
    owner, at = world.people["owner"], NOW + timedelta(days=1)
    with pytest.raises(InvalidTransition):
        move_samples(key, "received", by=owner, at=at)
    world.owner.post(f"/bookings/{key}/approve")

    with pytest.raises(InvalidTransition):
        move_samples(key, "delivered", by=owner, at=at)
    stations = [move_samples(key, station, by=owner, at=at).sample_state for station in ("received", "measured", "delivered")]

    assert stations == ["received", "measured", "delivered"]
    with pytest.raises(AlreadyDecided):
        move_samples(key, "measured", by=owner, at=at)


@pytest.mark.parametrize(("came", "state", "noticed"), [(False, "no_show", 1), (True, "approved", 0)])
def test_who_has_sent_the_samples_need_not_come(world: World, came: bool, state: str, noticed: int) -> None:
    key = _commissioned(world)
    world.owner.post(f"/bookings/{key}/approve")
    if came:
        move_samples(key, "received", by=world.people["owner"], at=NOW + timedelta(days=1))
    world.at(local("2026-09-10 10:31"))

    by_hand = world.owner.post(f"/bookings/{key}/no-show") if came else None
    done = run_due(at=local("2026-09-10 10:31"))["bookings that nobody came to"]

    assert (done, db.session.get_one(Booking, key).state.value) == (noticed, state)
    assert by_hand is None or refusal(by_hand) == (409, "invalid_transition")


@pytest.mark.parametrize(
    "bad", [{"label": "a\u202eb"}, {"label": "a\x00b"}, {"key": "A"}, {"kind": "film"}, {"kind": "choice"}, {"unit": "x" * 61}, {"no": 1}]
)
def test_a_question_that_cannot_be_kept_is_refused(world: World, bad: dict[str, Any]) -> None:
    question = {"key": "q", "label": "材料", "kind": "text", **bad}

    assert world.owner.patch(f"/instruments/{world.instrument}", {"questions": [question]}).status_code in (400, 422)


@pytest.mark.parametrize("answer", ["a\u202eb", 7, ["x"], "x" * 501, {"y": 1}])
def test_an_answer_that_does_not_fit_is_said_at_its_field(world: World, answer: Any) -> None:
    world.owner.patch(f"/instruments/{world.instrument}", {"questions": [{"key": "q", "label": "材料"}]})

    refused = _ask(world.firm, world, "2026-09-08T10:00", "2026-09-08T11:00", answers={"q": answer, "z" * 500: 1})

    assert refused.status_code == 422
    assert {field for field, _ in broken(refused)} == {"answers.q", "answers." + "z" * 80}


def test_only_who_was_there_reports_a_fault(world: World) -> None:
    from equipment_share.domain.errors import Forbidden
    from equipment_share.services.instruments.closing import report_fault

    key = int(world.instrument)
    with pytest.raises(Forbidden):
        report_fault(key, words="x", by=world.people["rival"], at=NOW)
    _approved(world, "2026-09-07T10:00", "2026-09-07T11:00")
    assert report_fault(key, words="x", by=world.people["firm"], at=NOW).state == "open"


def test_a_firm_stands_in_forty_lines_at_most(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipment_share.services.bookings.offers.MOST_PLACES", 1)
    for hour in (10, 12):
        _ask(world.rival, world, f"2026-09-08T{hour}:00", f"2026-09-08T{hour + 1}:00")
    slots = [
        {"instrument": world.instrument, "start": f"2026-09-08T{hour}:00:00+08:00", "end": f"2026-09-08T{hour + 1}:00:00+08:00"}
        for hour in (10, 12)
    ]

    answers = [world.firm.post("/waiting", slot) for slot in slots]

    assert (answers[0].status_code, refusal(answers[1])) == (201, (422, "too_many"))


def test_a_class_of_firms_may_book_further_ahead(world: World) -> None:
    _rules(world, horizon_days=7, class_horizon_days={"tech_sme": 30, "other": 300})

    inside = _ask(world.firm, world, "2026-10-06T10:00", "2026-10-06T11:00")
    beyond = _ask(world.firm, world, "2026-10-08T10:00", "2026-10-08T11:00")

    assert (inside.status_code, refusal(beyond)) == (201, (422, "horizon"))
    assert world.owner.patch(f"/instruments/{world.instrument}", {"rules": {"class_horizon_days": {"x": 0}}}).status_code == 422


def test_who_loses_a_time_to_maintenance_is_told_of_others_outside_it(world: World) -> None:
    from equipment_share.models.outbox import Letter

    _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")
    window = {"start": "2026-09-08T09:00:00+08:00", "end": "2026-09-08T18:00:00+08:00", "reason": "故障", "cancel_bookings": True}

    assert world.owner.post(f"/instruments/{world.instrument}/maintenance", window).status_code == 201

    letter = db.session.query(Letter).filter_by(kind="booking_cancelled_by_owner", user_id=world.people["firm"].id).one()
    assert letter.facts["other_times"][0] == f"{world.instrument} 2026-09-08T10:00Z"  # six in the evening in Shanghai, when it opens again


def test_a_manual_is_read_by_everybody_as_a_file_and_nothing_else_is_one(world: World) -> None:
    from equipment_share.domain.errors import Invalid
    from equipment_share.services.bookings.evidence import HandedIn
    from equipment_share.services.instruments.photos import add_manual

    owner, key = world.people["owner"], int(world.instrument)
    with pytest.raises(Invalid):
        add_manual(key, HandedIn("x.pdf", b"<script>"), by=owner, at=NOW)
    made = add_manual(key, HandedIn("SOP 手册.pdf", b"%PDF-1.4 x"), caption="操作规程", by=owner, at=NOW)

    page = world.app.test_client().get(f"/instruments/{key}").get_data(as_text=True)
    file = world.app.test_client().get(f"/photos/{made.file.token}")

    assert "操作规程" in page
    assert (file.status_code, file.mimetype, file.headers["Content-Disposition"].split(";")[0]) == (200, "application/pdf", "attachment")
    assert world.visitor.get(f"/instruments/{key}").json["photos"] == []
