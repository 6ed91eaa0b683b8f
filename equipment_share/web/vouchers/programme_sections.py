"""The programme form in folds: what nearly every programme sets, the rest behind a second fold, and one line on each of what it says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from equipment_share.web.vouchers.programme_fields import GROUPS, TABLES, Spec
from equipment_share.web.vouchers.programme_texts import Typed
from equipment_share.web.vouchers.programme_words import described
from equipment_share.wording.marks import labelled

COMMON = frozenset({
    "code", "name", "name_en", "authority", "sample", "eligible_any", "caps.per_order_fen", "min_claim_fen", "effective_from", "effective_to", "period",
    "budget.total_fen", "issue_mode", "flow", "claimant", "payout", "docs_required", "publicity_days", "validity", "validity.number",
    "claim_deadline.days", "claim_deadline.next_period",
})  # fmt: skip
"""What nearly every programme sets; the others keep the usual value."""
TABLES_OF = {"how_much": ("rate_rules", "caps.annual_fen"), "flow": ("quota_fen", "sources")}
RARE_TABLES = frozenset({"sources"})
FIRST = ("who", "how_much")
"""What a new programme begins with."""
ON_A_LINE = 4


@dataclass(frozen=True)
class Section:
    """One fold of the form."""

    key: str
    name: Any
    line: str
    """What it says, while it is closed."""
    common: tuple[Spec, ...]
    rare: tuple[Spec, ...]
    mistakes: int
    is_open: bool
    is_rare_open: bool


def sections(typed: Typed, wrong: Collection[str], *, touched: str = "", fresh: bool) -> list[Section]:
    """The folds: open are those with a mistake or with the row that was just added or taken away, and the first ones of a `fresh` form."""
    texts = dict(described(typed))
    found = []
    for key, name, specs in GROUPS:
        common, rare = (tuple(spec for spec in specs if (spec.path in COMMON) is which) for which in (True, False))
        tables = TABLES_OF.get(key, ())
        labels = [
            *(str(TABLES[table]) for table in tables if table not in RARE_TABLES),
            *(str(spec.label) for spec in common if spec.kind != "switch"),
        ]
        said = [labelled(label, texts[label]) for label in labels if texts[label]]
        places = [*(spec.path for spec in specs), *tables]
        seldom = [*(spec.path for spec in rare), *(table for table in tables if table in RARE_TABLES)]
        mistakes = sum(_is_in(path, places) for path in wrong)
        asked = _is_in(touched, places) or (fresh and not wrong and not touched and key in FIRST)
        found.append(Section(
            key, name, " · ".join(said[:ON_A_LINE]), common, rare, mistakes, bool(mistakes) or asked,
            any(_is_in(path, seldom) for path in [*wrong, touched]),
        ))  # fmt: skip
    return found


def _is_in(path: str, places: Collection[str]) -> bool:
    """Whether a path of the document stands at one of the places: the field itself, or a row of a table."""
    return any(path == place or (place in TABLES and path.startswith(place)) for place in places)
