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
from equipment_share.models.base import db
from equipment_share.models.instruments import ImportDraft, Maintenance, Photo
from equipment_share.models.people import ApiToken, User
from equipment_share.queries.following import transfer_of
from equipment_share.queries.settlement import claims_of_booking
from equipment_share.queries.vouchers import usable_vouchers
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.evidence import HandedIn, add_document
from equipment_share.services.bookings.offers import wait_for_slot
from equipment_share.services.bookings.series import request_series
from equipment_share.services.bookings.usage import confirm_usage, record_usage
from equipment_share.services.calendar import name_day
from equipment_share.services.instruments.authorisations import ask_training
from equipment_share.services.instruments.catalogue_import import keep_draft
from equipment_share.services.instruments.closing import close_days, close_for_maintenance, report_fault
from equipment_share.services.instruments.photos import add_photo
from equipment_share.services.people.signin import make_token
from equipment_share.services.settlement.batches import open_batch
from equipment_share.services.settlement.claims import submit_claim
from tests.builders import (
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
    fault = report_fault(instrument.id, words="x", by=firm, at=later)
    closure = close_days(date(2026, 12, 1), date(2026, 12, 2), by=owner, at=NOW)
    name_day(date(2026, 12, 24), "off", by=people["admin"], at=NOW)
    voucher = usable_vouchers(firm.organisation_id, ["HALF"], day)["HALF"][0].voucher
    photo = db.session.query(Photo).one()
    assert document.file is not None
    return {
        "instrument_id": instrument.id, "booking_id": waiting.id, "used_id": used.id, "claim_id": claim.id, "finding_id": 1,
        "batch_id": batch.id, "voucher_id": voucher.id, "organisation_id": firm.organisation_id, "photo_id": photo.id,
        "photo_token": photo.file.token, "paper_token": document.file.token, "draft_token": token, "code": "HALF", "number": 1,
        "maintenance_id": db.session.query(Maintenance).one().id, "token_id": db.session.query(ApiToken).one().id,
        "waiting_id": waits.id, "series_id": series.id, "fault_id": fault.id, "closure_id": closure.id, "day": "2026-12-24",
        "account_id": voucher.account_id, "transfer_id": transfer_of(people["auditor"], claim_id=claim.id), "request_id": asked.id, "drafts": db.session.query(ImportDraft).count(),
    }  # fmt: skip


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
        "token": {"instruments.photo": v["photo_token"], "claims.paper": v["paper_token"]}.get(endpoint, v["draft_token"]),
        "form": "csv", "name": "savings", "user_id": world.people[colleague].id, "filename": "style.css",
        "act": {"batches.step": "lock", "claims.decide": "check", "vouchers.decide": "freeze"}.get(endpoint, ""),
        "booking_id": v["used_id"] if endpoint.startswith("claims.") else v["booking_id"],
    }  # fmt: skip
    if endpoint == "books.find":
        return {"claim": v["claim_id"]}
    return QUERIES.get(endpoint, {}) | {name: special[name] if name in special else v[name] for name in arguments}
