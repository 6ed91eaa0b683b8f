"""Each red flag on real rows, on both engines: what is gathered for a claim is what its detector needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from equipment_share.domain.access import Role
from equipment_share.domain.money import Money
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument, Maintenance
from equipment_share.models.people import User
from equipment_share.models.settlement import Claim, FindingLine
from equipment_share.queries.settlement import claims_of_booking, row_of, rows_of
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.evidence import add_document
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.jobs import run_due
from equipment_share.services.people.people import describe_organisation
from equipment_share.services.settlement.claims import PapersMissing, check_claim, dispose_finding, submit_claim
from tests.builders import NOW, a_booking, a_firm, a_programme, an_account, an_instrument, an_officer, an_owner, tuesday
from tests.support.counting import questions

DAY = date(2026, 9, 8)
LATER = tuesday("20:00")
YUHUAN = [{"bands": [{"up_to_fen": 1_000_000, "rate_bp": 10_000}, {"up_to_fen": None, "rate_bp": 5_000}]}]


@dataclass
class Scene:
    """A firm, an owner, an instrument, and one claim with all its papers."""

    firm: User
    owner: User
    instrument: Instrument
    claim: Claim

    @property
    def booking(self) -> Booking:
        """The claim's booking."""
        return self.claim.booking

    def later(self, leg: str, dated_on: date = DAY, amount: Money | None = None) -> None:
        """A later paper of the side whose it is, which stands for the one that is there."""
        by = self.firm if leg == "payment" else self.owner
        add_document(self.booking.id, leg=leg, number="later", dated_on=dated_on, amount=amount, by=by, at=LATER)

    def another(self, start: str, end: str, **more: Any) -> Claim:
        """Another claim of the same firm at the same instrument."""
        return _a_claim(self.firm, self.owner, self.instrument, tuesday(start), tuesday(end), **more)


def _used(firm: User, owner: User, instrument: Instrument, start: datetime, end: datetime) -> Booking:
    booking = a_booking(firm, instrument, start, end)
    approve_booking(booking.id, by=owner, at=NOW)
    record_usage(booking.id, start=start, end=end, by=owner, at=max(end, LATER))
    return confirm_usage(booking.id, by=firm, at=max(end, LATER))


def _a_claim(
    firm: User, owner: User, instrument: Instrument, start: datetime, end: datetime, invoice: str = "", without: str = ""
) -> Claim:
    """Booked, approved, used, confirmed, with contract, invoice and payment."""
    booking = _used(firm, owner, instrument, start, end)
    for leg, number, amount, by in (
        ("contract", f"HT-{booking.id}", None, owner),
        ("invoice", invoice or f"FP-{booking.id}", booking.gross, owner),
        ("payment", f"PZ-{booking.id}", booking.net, firm),
    ):
        if leg != without:
            add_document(booking.id, leg=leg, number=number, dated_on=DAY, amount=amount, by=by, at=LATER)
    return claims_of_booking(booking.id)[0]


def _scene(hourly: int = 40_000, **programme: Any) -> Scene:
    a_programme(**programme)
    firm, owner = a_firm(), an_owner()
    instrument = an_instrument(owner, hourly=hourly)
    return Scene(firm, owner, instrument, _a_claim(firm, owner, instrument, tuesday("10:00"), tuesday("12:00")))


def _describe(person: User, **facts: object) -> None:
    describe_organisation(person.organisation_id, facts=facts, by=an_officer(Role.BUREAU_CLERK), at=NOW)


def _twice_funded(scene: Scene) -> None:
    city, claim = a_programme(code="CITY"), scene.claim
    db.session.add(
        Claim(
            number="CL-CITY", booking_id=claim.booking_id, programme_code="CITY", version_id=city.id, claimant_id=claim.claimant_id,
            payee_id=claim.payee_id, amount=Money(5_000), asked=Money(5_000), state=ClaimState.SUBMITTED, completed_on=DAY, made_at=LATER,
        )
    )  # fmt: skip


def _related(scene: Scene) -> None:
    for side in (scene.firm, scene.owner):
        _describe(side, controller="Zhang San")


def _under_maintenance(scene: Scene) -> None:
    start = tuesday("11:00")
    db.session.add(
        Maintenance(instrument_id=scene.instrument.id, starts_at=start, ends_at=start + timedelta(hours=3), reason="x", made_at=NOW)
    )


def _dearer(scene: Scene) -> None:
    charge = dict(scene.booking.charge or {})
    scene.booking.charge = {**charge, "lines": [{**line, "unit_price_fen": 99_000} for line in charge["lines"]]}


def _circle(scene: Scene) -> None:
    firm, owner = a_firm(), an_owner()
    _describe(scene.owner, legal_rep="Li Si")
    _describe(firm, legal_rep="Li Si")
    an_account(scene.firm.organisation_id, "6222 0000 1111")
    an_account(owner.organisation_id, "6222-0000-1111")
    _used(firm, owner, an_instrument(owner), tuesday("13:00"), tuesday("14:00"))


def _same_report(scene: Scene) -> None:
    other = scene.another("13:00", "14:00")
    for booking, number in ((scene.booking, "BG-2026-1"), (other.booking, "bg 2026 1")):
        add_document(booking.id, leg="result", number=number, dated_on=DAY, by=scene.owner, at=LATER)


def _without_class(scene: Scene) -> None:
    describe_organisation(scene.firm.organisation_id, tags=[], by=an_officer(Role.BUREAU_CLERK), at=NOW)


def _rush(scene: Scene) -> None:
    for start, end in (("13:00", "14:00"), ("15:00", "16:00"), ("17:00", "18:00")):
        scene.another(start, end)


def _set(pick: Callable[[Scene], Any], name: str, value: Any) -> Callable[[Scene], None]:
    return lambda scene: setattr(pick(scene), name, value(scene) if callable(value) else value)


SCENES: dict[str, tuple[dict[str, Any], Callable[[Scene], object], str]] = {
    "X01": ({}, lambda scene: setattr(scene, "claim", scene.another("13:00", "14:00", without="payment")), "payment"),
    "X02": ({}, lambda scene: scene.later("payment", amount=Money(1)), "payment"),
    "X03": ({}, _set(lambda scene: scene.claim, "payee_id", lambda scene: scene.firm.organisation_id), "payee"),
    "X04": ({}, lambda scene: scene.later("contract", dated_on=date(2026, 9, 9)), "contract"),
    "X05": ({}, lambda scene: scene.another("13:00", "14:00", invoice=f"\uff46\uff50 \uff0d{scene.booking.id}"), "FP-1"),
    "X06": ({}, _twice_funded, "CL-CITY"),
    "X07": ({}, _related, "controller"),
    "X08": ({"hourly": 500_000, "rate_rules": YUHUAN}, lambda scene: scene.another("13:00", "15:00"), ""),
    "X09": ({}, _under_maintenance, "maintenance"),
    "X10": ({}, _set(lambda scene: scene.booking, "checked_in_at", None), "check_in"),
    "X11": ({}, _dearer, "list"),
    "X12": ({}, _circle, "circle"),
    "X13": ({"caps": {"annual_fen": {"any": 40_001}}}, _set(lambda scene: scene.claim, "amount", Money(40_001)), "cap"),
    "X14": ({"validity": {"days": 20}}, _rush, "firm"),
    "X15": ({}, _without_class, "class"),
    "X16": ({}, lambda scene: _describe(scene.firm, insured_staff=0), "no_staff"),
    "X17": ({}, _set(lambda scene: scene.booking, "purpose", "压力表强制检定"), "purpose"),
    "X18": ({}, _same_report, "BG-2026-1"),
    "X19": ({}, _set(lambda scene: scene.claim, "checked_by_id", lambda scene: scene.owner.id), "checked"),
    "X20": ({}, _set(lambda scene: scene.booking, "used_samples", 121), "samples"),
}
"""For each flag: the programme, what is done to the claim, and what the finding is about."""


@pytest.mark.parametrize("code", SCENES)
def test_a_claim_is_clean_until_the_one_thing_is_done_that_its_flag_looks_for(app: Flask, code: str) -> None:
    terms, spoil, subject = SCENES[code]
    scene = _scene(**terms)
    assert [finding.code for finding in row_of(scene.claim).findings] == []

    spoil(scene)
    db.session.commit()
    found = row_of(scene.claim).findings

    assert [finding.code for finding in found] == [code], found
    assert found[0].subject == subject or (
        code in ("X05", "X08") and found[0].subject in (f"FP-{scene.booking.id}", scene.instrument.inner_code)
    )


def test_two_jobs_of_ten_thousand_on_one_day_leak_five_thousand(app: Flask) -> None:
    scene = _scene(hourly=500_000, rate_rules=YUHUAN)
    other = scene.another("13:00", "15:00")

    (finding,) = row_of(scene.claim).findings

    assert finding.amount == Money(500_000)
    assert finding.facts["bookings"] == [other.booking.number]
    assert (finding.facts["one_job_fen"], finding.facts["parts_fen"]) == (1_500_000, 2_000_000)


def test_a_list_of_claims_takes_the_same_number_of_questions_for_one_and_for_four(app: Flask) -> None:
    scene = _scene()
    claims = [scene.claim, *(scene.another(f"{hour}:00", f"{hour}:30") for hour in (13, 14, 15))]
    counts = []

    for wanted in ([claims[0].id], [claim.id for claim in claims]):
        db.session.expunge_all()
        rows = db.session.query(Claim).filter(Claim.id.in_(wanted)).all()
        with questions() as asked:
            assert len(rows_of(rows)) == len(wanted)
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 17


def test_a_party_sees_the_flags_on_its_papers_without_evidence_and_the_bureau_all(app: Flask) -> None:
    scene = _scene()
    scene.another("13:00", "14:00", invoice=f"fp {scene.booking.id}")
    _describe(scene.firm, insured_staff=0)

    seen = {who: row_of(scene.claim, who).findings for who in (scene.owner, an_officer(Role.BUREAU_CLERK))}
    of_owner, of_bureau = seen.values()

    assert [(found.code, dict(found.facts)) for found in of_owner] == [("X05", {})]
    assert [found.code for found in of_bureau] == ["X05", "X16"]
    assert of_bureau[0].facts["bookings"] != []


def test_what_blocks_stops_the_check_until_somebody_disposes_of_it(app: Flask) -> None:
    scene, clerk = _scene(), an_officer(Role.BUREAU_CLERK)
    _describe(scene.firm, legal_rep="Wang Wu")
    _describe(scene.owner, legal_rep="Wang  Wu ")
    submit_claim(scene.claim.id, by=scene.owner, at=LATER)

    with pytest.raises(PapersMissing, match="X07 legal_rep"):
        check_claim(scene.claim.id, by=clerk, at=LATER)
    line = db.session.query(FindingLine).filter_by(code="X07").one()
    dispose_finding(line.id, disposition="cleared", reason="namesakes", by=clerk, at=LATER)

    assert check_claim(scene.claim.id, by=clerk, at=LATER).state is ClaimState.CHECKED


def test_a_programme_that_turns_a_flag_off_is_not_told_of_it(app: Flask) -> None:
    scene = _scene(flags={"X16": {"severity": "off"}, "X17": {"severity": "block"}})
    _describe(scene.firm, insured_staff=0)
    scene.booking.purpose = "statutory test"
    db.session.commit()

    assert [(found.code, found.severity) for found in row_of(scene.claim).findings] == [("X17", "block")]


def test_the_night_writes_down_what_the_pool_says_once_a_day_and_once_in_all(app: Flask) -> None:
    scene = _scene()
    submit_claim(scene.claim.id, by=scene.owner, at=LATER)
    _describe(scene.firm, insured_staff=0)

    first, again = run_due(at=LATER), run_due(at=LATER)
    next_day = run_due(at=LATER + timedelta(days=1))

    assert [done["flags of the pool"] for done in (first, again, next_day)] == [1, 0, 0]
    lines = db.session.query(FindingLine).all()
    assert [(line.claim_id, line.code, line.subject) for line in lines] == [(scene.claim.id, "X16", "no_staff")]
