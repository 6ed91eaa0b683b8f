"""A QR code as a drawing inside the page, by segno."""

from __future__ import annotations

import segno


def qr_svg(text: str) -> str:
    """The code of an address as SVG without a fixed size, so that paper and screen scale it."""
    made: str = segno.make(text, error="m").svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None)
    return made
