"""Paper: a Typst template and data into PDF, in Chinese, without network or system fonts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "print"


def pdf(template: str, data: Mapping[str, object]) -> bytes:
    """Print a template; data reaches it as JSON alone, so that no text can become markup.

    The same data gives the same bytes.
    """
    import noto_cjk_sans_otc  # 19 MB of font and 80 MB of typesetter: loaded when something is printed
    import typst

    fonts = Path(noto_cjk_sans_otc.__file__).parent
    made: bytes = typst.compile(
        str(TEMPLATES / template), font_paths=[str(fonts)], ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )  # fmt: skip
    return made
