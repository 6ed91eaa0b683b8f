"""Pictures: really pictures, drawn anew without place and camera, of a sane size, on the page of the instrument."""

from __future__ import annotations

import io
import random
import zlib

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from equipment_share.adapters.pictures import drawn_anew, on_a_card
from equipment_share.domain.errors import Invalid
from equipment_share.models.base import db
from equipment_share.models.instruments import Photo, StoredFile
from tests.builders import an_instrument, an_owner
from tests.support.counting import questions
from tests.support.people import signed_in


def _jpeg(width: int = 2000, height: int = 1000, **more: object) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(target, "JPEG", **more)
    return target.getvalue()


def _located() -> bytes:
    """A picture that says where and with what it was taken, lying on its side."""
    data = Image.Exif()
    data[0x0112] = 6
    data[0x010F] = "SecretCamera"
    data.get_ifd(0x8825)[1] = "N"
    return _jpeg(exif=data.tobytes())


def test_a_picture_is_shrunk_turned_upright_and_forgets_where_it_was_taken() -> None:
    made = drawn_anew(_located())

    assert (made.width, made.height) == (800, 1600)
    assert Image.open(io.BytesIO(made.thumb)).size == (240, 480)
    assert b"SecretCamera" not in made.whole
    assert not Image.open(io.BytesIO(made.whole)).getexif()


def _bomb() -> bytes:
    """A PNG whose header claims 30,000 by 30,000 pixels."""
    target = io.BytesIO()
    Image.new("1", (8, 8)).save(target, "PNG")
    data = bytearray(target.getvalue())
    data[16:24] = (30_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"GIF89a" + b"\0" * 50, "file_kind"),
        (b"<svg onload='alert(1)'/>", "file_kind"),
        (b"\xff\xd8\xff" + b"\0" * 50, "file_kind"),
        (_jpeg()[:2000], "file_kind"),
        (_bomb(), "picture_too_large"),
    ],
    ids=["gif", "svg", "broken", "cut off", "bomb"],
)
def test_what_is_no_sound_picture_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        drawn_anew(content)

    assert refusal.value.problems[0].code == code


def test_a_keeper_adds_a_photo_and_a_visitor_sees_it_and_it_goes_again(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)
    base = f"/desk/instruments/{instrument.id}"

    added = client.post(base + "/photos", data={"photo-file": (io.BytesIO(_located()), "a.jpg"), "photo-caption": "正面"})
    photo = db.session.query(Photo).one()
    small = client.get(f"/photos/{photo.thumb.token}")
    page = client.get(f"/instruments/{instrument.id}").get_data(as_text=True)

    assert added.status_code == 302
    assert (small.status_code, small.mimetype, small.headers["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
    assert client.get(f"/photos/{photo.thumb.token}", headers={"If-None-Match": small.headers["ETag"]}).status_code == 304
    assert photo.thumb.token in page
    assert 'alt="正面"' in page

    gone = client.post(f"{base}/photos/{photo.id}/remove")

    assert gone.status_code == 302
    assert (db.session.query(Photo).count(), db.session.query(StoredFile).count()) == (0, 0)


def test_a_ninth_photo_and_a_strangers_photo_are_refused(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)
    for _ in range(8):
        assert (
            client.post(f"/desk/instruments/{instrument.id}/photos", data={"photo-file": (io.BytesIO(_jpeg(9, 9)), "a.jpg")}).status_code
            == 302
        )

    ninth = client.post(f"/desk/instruments/{instrument.id}/photos", data={"photo-file": (io.BytesIO(_jpeg(9, 9)), "a.jpg")})
    signed_in(client, an_owner())
    strange = client.post(f"/desk/instruments/{instrument.id}/photos", data={"photo-file": (io.BytesIO(_jpeg(9, 9)), "a.jpg")})

    assert (ninth.status_code, strange.status_code) == (422, 404)
    assert db.session.query(Photo).count() == 8


def test_on_a_card_even_the_busiest_picture_is_a_small_square() -> None:
    noise = Image.frombytes("RGB", (480, 320), random.Random(1).randbytes(480 * 320 * 3))
    target = io.BytesIO()
    noise.save(target, "JPEG", quality=95)

    busy, plain = on_a_card(target.getvalue()), on_a_card(_jpeg(480, 240))

    assert Image.open(io.BytesIO(busy)).size == Image.open(io.BytesIO(plain)).size == (144, 144)
    assert len(plain) < 2_000
    assert 2_000 < len(busy) <= 4_000


def test_a_card_shows_the_first_photo_and_without_one_the_sign_of_the_class(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    shown, bare = an_instrument(owner, name_zh="有图"), an_instrument(owner, name_zh="无图")
    signed_in(client, owner)
    base = f"/desk/instruments/{shown.id}"
    client.post(base + "/photos", data={"photo-file": (io.BytesIO(b"%PDF-1.4 manual"), "manual.pdf"), "photo-caption": "说明书"})
    for caption in ("正面", "侧面"):
        client.post(base + "/photos", data={"photo-file": (io.BytesIO(_jpeg()), "a.jpg"), "photo-caption": caption})
    _, first, second = db.session.query(Photo).order_by(Photo.id)

    page = client.get("/instruments").get_data(as_text=True)
    card = page.split(f'id="i{shown.id}"')[1].split("</li>")[0]
    other = page.split(f'id="i{bare.id}"')[1].split("</li>")[0]

    assert f'<img src="/photos/{first.thumb.token}/card" alt="正面" width="72" height="72" loading="lazy">' in card
    assert second.thumb.token not in page
    assert ("<img" in other, 'class="sign"' in other, 'class="sign"' in card) == (False, True, False)
    assert first.thumb.token in client.get("/").get_data(as_text=True)


def test_the_small_picture_is_drawn_when_asked_for_kept_by_the_browser_and_changes_nothing(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)
    base = f"/desk/instruments/{instrument.id}"
    client.post(base + "/photos", data={"photo-file": (io.BytesIO(_jpeg()), "a.jpg")})
    client.post(base + "/photos", data={"photo-file": (io.BytesIO(b"%PDF-1.4 manual"), "manual.pdf")})
    photo, manual = db.session.query(Photo).order_by(Photo.id)
    before = db.session.query(StoredFile).count()

    small = client.get(f"/photos/{photo.thumb.token}/card")
    again = client.get(f"/photos/{photo.thumb.token}/card", headers={"If-None-Match": small.headers["ETag"]})

    assert (small.status_code, small.mimetype, small.headers["Cache-Control"]) == (200, "image/jpeg", "private, max-age=2592000, immutable")
    assert Image.open(io.BytesIO(small.data)).size == (144, 144)
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"/photos/{manual.file.token}/card").status_code == 404
    assert db.session.query(StoredFile).count() == before == 3


def test_the_photos_of_a_whole_page_take_one_question(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    signed_in(client, owner)
    counts = []
    for _ in range(2):
        instrument = an_instrument(owner)
        client.post(f"/desk/instruments/{instrument.id}/photos", data={"photo-file": (io.BytesIO(_jpeg(9, 9)), "a.jpg")})
        with questions() as asked:
            page = client.get("/instruments").text
        counts.append((page.count("/card"), len([text for text in asked if "FROM photo" in text])))

    assert counts == [(1, 1), (2, 1)]
