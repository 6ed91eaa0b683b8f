"""Paper: a Typst template and data into PDF, in Chinese, without network or system fonts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
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


@lru_cache(maxsize=1)
def words() -> dict[str, dict[str, str]]:
    """The words of printed reports, by kind and code: printed matter speaks the bureau's language whoever prints it."""
    found: dict[str, dict[str, str]] = json.loads((TEMPLATES / "words.json").read_text(encoding="utf-8"))
    return found
