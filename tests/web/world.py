"""One filled world: two firms, two owners, the bureau, and something of everything a page can point at."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask
from PIL import Image

from equipment_share.domain.access import Kind, Role
from equipment_share.domain.money import Money
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.adjustments import AdjustmentKind, AdjustmentState
from equipment_share.models.base import db
from equipment_share.models.bookings import AnswerFile
from equipment_share.models.instruments import ImportDraft, Maintenance, Photo
from equipment_share.models.outbox import Letter
from equipment_share.models.people import ApiToken, User
from equipment_share.models.settlement import Adjustment, Inspection, InspectionLine
from equipment_share.queries.following import transfer_of
from equipment_share.queries.settlement import claims_of_booking
from equipment_share.queries.vouchers import usable_vouchers
from equipment_share.services.bookings.answer_files import keep_answer_file
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.evidence import HandedIn, add_document
from equipment_share.services.bookings.offers import wait_for_slot
from equipment_share.services.bookings.quotations import make_quotation
from equipment_share.services.bookings.series import request_series
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.calendar import name_day
from equipment_share.services.instruments.authorisations import ask_training
from equipment_share.services.instruments.catalogue_import import keep_draft
from equipment_share.services.instruments.closing import close_days, close_for_maintenance, report_fault
from equipment_share.services.instruments.photos import add_photo
from equipment_share.services.laboratory import run_laboratory
from equipment_share.services.people.bank_accounts import propose_account
from equipment_share.services.people.proofs import hand_in_proof
from equipment_share.services.people.signin import make_token
from equipment_share.services.settlement.batches import open_batch
from equipment_share.services.settlement.claims import submit_claim
from tests.builders import (
    HALF,
    NOW,
    a_booking,
    a_person,
    a_programme,
    a_wish,
    an_instrument,
    an_officer,
    an_organisation,
    describe_organisation,
    tuesday,
)

BUREAU = (Role.BUREAU_CLERK, Role.BUREAU_REVIEWER, Role.BUREAU_LEADER, Role.FINANCE, Role.AUDITOR)


@dataclass
class World:
    """People by role (and `…_2` of the other firm and owner), and the values that fill addresses."""

    people: dict[str, User]
    values: dict[str, Any]


def a_world(app: Flask) -> World:
    """Make it through the use cases."""
    people: dict[str, User] = {role.value: an_officer(role) for role in BUREAU}
    platform = an_organisation(Kind.PLATFORM)
    people["admin"], people["spare_admin"] = a_person(Role.ADMIN, platform), a_person(Role.ADMIN, platform)
    for suffix in ("", "_2"):
        firm, owner = an_organisation(Kind.FIRM), an_organisation(Kind.OWNER)
        describe_organisation(firm.id, tags=[{"tag": "tech_sme", "valid_until": None}], by=people["bureau_clerk"], at=NOW)
        for role, organisation in (
            (Role.FIRM_ADMIN, firm), (Role.FIRM_USER, firm), (Role.OWNER_ADMIN, owner), (Role.OWNER_OPERATOR, owner),
        ):  # fmt: skip
            people[role.value + suffix] = a_person(role, organisation)
        people["spare_firm" + suffix], people["spare_owner" + suffix] = a_person(Role.FIRM_USER, firm), a_person(Role.OWNER_OPERATOR, owner)
    a_programme(issue_mode="auto")
    return World(people, _values(people))


def _values(people: dict[str, User]) -> dict[str, Any]:
    firm, owner = people["firm_admin"], people["owner_admin"]
    instrument = an_instrument(owner)
    waiting = a_booking(firm, instrument, tuesday("08:00"), tuesday("09:00"))
    used = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    approve_booking(used.id, by=owner, at=NOW)
    record_usage(used.id, start=tuesday("10:00"), end=tuesday("11:30"), by=owner, at=tuesday("13:00"))
    confirm_usage(used.id, by=firm, at=tuesday("14:00"))
    later, day = tuesday("15:00"), date(2026, 9, 8)
    paper = HandedIn("a.pdf", b"%PDF-1.4 x")
    add_document(used.id, leg="contract", number="C1", dated_on=day, file=paper, by=owner, at=later)
    add_document(used.id, leg="invoice", number="I1", dated_on=day, amount=Money(60_000), by=owner, at=later)
    document = add_document(used.id, leg="payment", number="P1", dated_on=day, amount=Money(30_000), file=paper, by=firm, at=later)
    claim = claims_of_booking(used.id)[0]
    submit_claim(claim.id, by=owner, at=later)
    batch, _ = open_batch("HALF", Period.parse("2026-Q3"), by=people["bureau_clerk"], at=later)
    target = io.BytesIO()
    Image.new("RGB", (9, 9)).save(target, "PNG")
    add_photo(instrument.id, HandedIn("a.png", target.getvalue()), by=owner, at=NOW)
    close_for_maintenance(instrument.id, start=tuesday("20:00"), end=tuesday("21:00"), reason="x", by=owner, at=NOW)
    token = keep_draft("t.csv", "仪器名称,本单位编号\n镜,A1\n".encode(), None, by=owner, at=NOW + timedelta(days=365))
    make_token("t", ["read"], by=firm, at=NOW)
    asked = ask_training(instrument.id, by=people["firm_user"], at=NOW)
    waits = wait_for_slot(a_wish(instrument, tuesday("08:00"), tuesday("09:00")), by=firm, at=NOW)
    series, _ = request_series(
        a_wish(instrument, tuesday("16:00"), tuesday("17:00")), "FREQ=WEEKLY;COUNT=2", only_if_all=True, by=firm, at=NOW
    )
    quotation = make_quotation(a_wish(instrument, tuesday("08:00"), tuesday("09:00")), by=firm, at=NOW)
    fault = report_fault(instrument.id, words="x", by=firm, at=later)
    closure = close_days(date(2026, 12, 1), date(2026, 12, 2), by=owner, at=NOW)
    name_day(date(2026, 12, 24), "off", by=people["admin"], at=NOW)
    voucher = usable_vouchers(firm.organisation_id, ["HALF"], day)["HALF"][0]
    run = run_laboratory([HALF], Period.parse("2026"), by=people["bureau_clerk"], at=later)
    inspection, line = _an_inspection(claim.id)
    photo = db.session.query(Photo).one()
    letter_id = db.session.query(Letter.id).order_by(Letter.id).limit(1).scalar()
    answer_token = keep_answer_file(HandedIn("a.csv", b"a,b\n1,2\n"), by=firm, at=NOW).token
    proof = hand_in_proof("tech_sme", number="1", valid_until=date(2099, 1, 1), file=HandedIn("p.csv", b"a,b\n1,2\n"), by=firm, at=NOW)
    change = propose_account(firm.organisation_id, "6222000011112222", by=firm, at=NOW)
    db.session.query(AnswerFile).one().booking_id = waiting.id
    db.session.commit()
    assert document.file is not None and proof.file is not None
    return {
        "instrument_id": instrument.id, "booking_id": waiting.id, "used_id": used.id, "claim_id": claim.id, "finding_id": 1,
        "inspection_id": inspection, "line_id": line,
        "batch_id": batch.id, "voucher_id": voucher.id, "organisation_id": firm.organisation_id, "photo_id": photo.id,
        "photo_token": photo.file.token, "paper_token": document.file.token, "draft_token": token, "answer_token": answer_token, "proof_id": proof.id, "change_id": change.id, "proof_token": proof.file.token, "code": "HALF", "number": 1, "version_id": 1,
        "maintenance_id": db.session.query(Maintenance).one().id, "token_id": db.session.query(ApiToken).one().id,
        "waiting_id": waits.id, "series_id": series.id, "fault_id": fault.id, "closure_id": closure.id, "day": "2026-12-24",
        "request_id": asked.id, "quotation_id": quotation.id, "run_id": run.id, "table": "firms", "letter_id": letter_id, "sample_code": "HN", "drafts": db.session.query(ImportDraft).count(),
        "account_id": voucher.account_id, "transfer_id": transfer_of(people["auditor"], claim_id=claim.id), "adjustment_id": _an_adjustment(claim.id, owner.organisation_id),
    }  # fmt: skip


def _an_inspection(claim_id: int) -> tuple[int, int]:
    """A draw of one claim, as it stands once the claim was paid."""
    first, last = date(2026, 7, 1), date(2026, 9, 30)
    made = Inspection(
        programme_code="HALF", period_first_on=first, period_last_on=last, seed="seed", share_bp=500, population=1, made_at=tuesday("15:00")
    )
    db.session.add(made)
    db.session.flush()
    line = InspectionLine(inspection_id=made.id, claim_id=claim_id)
    db.session.add(line)
    db.session.commit()
    return made.id, line.id


def _an_adjustment(claim_id: int, payee_id: int) -> int:
    """Something prepared against a claim, as it stands once the claim was paid."""
    made = Adjustment(
        number="A-1", kind=AdjustmentKind.CUT, programme_code="HALF", claim_id=claim_id, payee_id=payee_id, amount=Money(-100),
        state=AdjustmentState.PROPOSED, reason="x", facts={}, made_at=tuesday("15:00"),
    )  # fmt: skip
    db.session.add(made)
    db.session.commit()
    return made.id


QUERIES = {
    "instruments.week": {"start": "2026-09-07T00:00:00+08:00", "end": "2026-09-14T00:00:00+08:00"},
    "reports.download": {"programme": "HALF", "period": "2026-Q3"},
}
"""What a page must be asked with to answer at all."""


def address(world: World, endpoint: str, arguments: set[str], person: User | None) -> dict[str, Any]:
    """The values that fill one page's address with this person's own things (or the first firm's)."""
    v = world.values
    role = "firm" if person is None else person.role.value
    colleague = "spare_admin" if role == "admin" else "spare_owner" if role.startswith("owner") else "spare_firm"
    special = {
        "token": {"instruments.photo": v["photo_token"], "instruments.photo_on_a_card": v["photo_token"], "claims.paper": v["paper_token"], "bookings.answer_file": v["answer_token"], "proofs.paper": v["proof_token"]}.get(endpoint, v["draft_token"]),
        "form": "csv", "name": "savings", "role": "firm_user", "table": "months" if endpoint.startswith("insight.") else v["table"],
        "user_id": world.people[colleague].id, "filename": "style.css",
        "act": {"batches.step": "lock", "claims.decide": "check", "vouchers.decide": "freeze", "adjustments.decide": "refuse", "adjustments.divide": "bonus"}.get(endpoint, ""),
        "booking_id": v["used_id"] if endpoint.startswith("claims.") else v["booking_id"],
    }  # fmt: skip
    if endpoint == "books.find":
        return {"claim": v["claim_id"]}
    return QUERIES.get(endpoint, {}) | {name: special[name] if name in special else v[name] for name in arguments}
