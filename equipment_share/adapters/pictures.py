"""Pictures in: what is really a JPEG or PNG, of a sane size, drawn anew so that nothing hidden in the file is kept."""

from __future__ import annotations

import io
from dataclasses import dataclass

from equipment_share.domain.errors import invalid

MOST_PIXELS = 40_000_000
LONGEST_SIDE, THUMB_SIDE, CARD_SIDE = 1600, 480, 144
MOST_ON_A_CARD = 4_000
"""Bytes: with twenty cards a first view stays small (screens.md §7)."""
QUALITY = 85
KINDS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept, and its small copy; both JPEG without metadata."""

    whole: bytes
    thumb: bytes
    width: int
    height: int


def is_picture(content: bytes) -> bool:
    """Whether the first bytes are those of a JPEG or PNG."""
    return any(content.startswith(beginning) for beginning in KINDS)


def drawn_anew(content: bytes) -> Picture:
    """Decode, turn upright, shrink to 1600 and 480 pixels, encode again.

    The size is read from the header first: a bomb is never unpacked.
    Raises: Invalid `file_kind` for what is no JPEG or PNG or is broken, `picture_too_large` above 40 million.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError  # loaded when a picture comes in

    kind = next((name for beginning, name in KINDS.items() if content.startswith(beginning)), None)
    if kind is None:
        raise invalid("file_kind", "file")
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as found:
            if found.width * found.height > MOST_PIXELS:
                raise invalid("picture_too_large", "file", most=MOST_PIXELS // 1_000_000)
            found.load()
            upright = ImageOps.exif_transpose(found)
            flat = Image.new("RGB", upright.size, "white")
            flat.paste(upright.convert("RGBA"), mask=upright.convert("RGBA").getchannel("A"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise invalid("file_kind", "file") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise invalid("picture_too_large", "file") from None
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    width, height = flat.size
    whole = _encoded(flat)
    flat.thumbnail((THUMB_SIDE, THUMB_SIDE))
    return Picture(whole, _encoded(flat), width, height)


def on_a_card(content: bytes) -> bytes:
    """The middle square of a picture that was drawn anew before: 144 pixels, 4,000 bytes at most, the busier the coarser."""
    from PIL import Image, ImageOps  # loaded when a picture goes out small

    with Image.open(io.BytesIO(content), formats=["JPEG"]) as found:
        found.draft("RGB", (2 * CARD_SIDE, 2 * CARD_SIDE))  # read at a part of its size: a few thousandths of a second
        square = ImageOps.fit(found.convert("RGB"), (CARD_SIDE, CARD_SIDE))
    tries = (_encoded(square, quality) for quality in (QUALITY, 60, 40, 20))
    return next((made for made in tries if len(made) <= MOST_ON_A_CARD), None) or _encoded(square, 5)


def _encoded(image: object, quality: int = QUALITY) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality, optimize=True, exif=b"")  # type: ignore[attr-defined]
    return target.getvalue()
