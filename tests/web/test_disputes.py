"""A dispute that the two sides do not settle is decided by the bureau on its page, and the charge follows."""

from __future__ import annotations

import io

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from equipment_share.domain.access import Role
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import StoredFile
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.disputes import dispute_usage
from equipment_share.services.bookings.evidence import HandedIn, add_document
from equipment_share.services.bookings.usage import record_usage
from tests.builders import NOW, a_booking, a_firm, a_programme, an_instrument, an_officer, an_owner, tuesday
from tests.support.people import signed_in


def test_the_bureau_decides_with_a_reason_and_the_three_numbers_follow(app: Flask, client: FlaskClient) -> None:
    owner, firm, clerk = an_owner(), a_firm(), an_officer(Role.BUREAU_CLERK)
    a_programme()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    record_usage(booking.id, start=tuesday("10:00"), end=tuesday("12:00"), by=owner, at=tuesday("13:00"))
    dispute_usage(booking.id, reason="到 11 点就结束了", start=tuesday("10:00"), end=tuesday("11:00"), by=firm, at=tuesday("14:00"))
    signed_in(client, clerk)
    target = f"/bookings/{booking.id}/adjudicate"
    said = {"start": "2026-09-08T10:00", "end": "2026-09-08T11:30", "samples": "0"}

    page = client.get(f"/bookings/{booking.id}").get_data(as_text=True)
    without_reason = client.post(target, data=said)
    decided = client.post(target, data={**said, "reason": "门禁记录到 11:30"})

    assert f'action="{target}"' in page
    assert (without_reason.status_code, decided.status_code) == (422, 303)
    db.session.expire_all()
    found = db.session.get_one(Booking, booking.id)
    assert (found.state.value, found.gross.fen, found.subsidy.fen, found.net.fen) == ("usage_recorded", 60_000, 30_000, 30_000)


def test_a_photographed_paper_is_kept_without_its_camera(app: Flask) -> None:
    owner, firm = an_owner(), a_firm()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    data, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "SecretCamera"
    Image.new("RGB", (20, 10), "white").save(data, "JPEG", exif=exif.tobytes())

    add_document(booking.id, leg="contract", number="C1", file=HandedIn("合同.jpg", data.getvalue()), by=firm, at=NOW)

    kept = db.session.query(StoredFile).one()
    assert b"SecretCamera" in data.getvalue()
    assert b"SecretCamera" not in kept.content
    assert (kept.name, kept.media_type) == ("合同.jpg", "image/jpeg")


def test_the_owner_sees_both_records_side_by_side_with_the_fee_of_each(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    record_usage(booking.id, start=tuesday("10:00"), end=tuesday("12:00"), by=owner, at=tuesday("13:00"))
    dispute_usage(booking.id, reason="x", start=tuesday("10:00"), end=tuesday("11:00"), by=firm, at=tuesday("14:00"))
    signed_in(client, owner)

    page = client.get(f"/bookings/{booking.id}").text

    told = {side: page.partition(f'data-side="{side}"')[2].partition("</tr>")[0] for side in ("owner", "firm")}
    assert ("12:00" in told["owner"], "¥800.00" in told["owner"]) == (True, True)
    assert ("11:00" in told["firm"], "¥400.00" in told["firm"]) == (True, True)
