"""What the programme form offers by name where a document has codes that the bureau may also make up itself."""

from __future__ import annotations

from collections.abc import Mapping

from equipment_share.domain.quotes import SHARED_INSTRUMENT
from equipment_share.queries.people import regions_in_use
from equipment_share.web.classes import classes_known
from equipment_share.web.vouchers.programme_fields import OPEN, WHEN_KINDS
from equipment_share.web.vouchers.programme_texts import BY_TAG, Typed
from equipment_share.wording import WORDS


def choices(typed: Typed) -> Mapping[str, list[str]]:
    """The codes of each kind: those with a name first, then those in use, then those that this form has already."""
    return {
        "class": classes_known(*_used(typed, "class")),
        "region": list(dict.fromkeys([*WORDS["region"], *regions_in_use(), *_used(typed, "region")])),
        "service_category": list(dict.fromkeys([SHARED_INSTRUMENT, *_used(typed, "service_category")])),
    }


def _used(typed: Typed, kind: str) -> list[str]:
    listed = [code for path, own in OPEN.items() if own == kind for code in typed.many.get(path, [])]
    ruled = [rule.texts.get(f"when.{key}", "") for rule in typed.rules for key, own in WHEN_KINDS.items() if own == kind]
    rows = [row.get("tag", "") for name in BY_TAG for row in typed.rows[name]] if kind == "class" else []
    return [code for code in (*listed, *ruled, *rows) if code not in ("", "any")]
