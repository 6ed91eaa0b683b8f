"""What the bureau writes down about an organisation, as people type it: tags, codes, shareholders."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from equipment_share.domain.errors import invalid
from equipment_share.models.people import Organisation
from equipment_share.queries.firms import holdings
from equipment_share.web.classes import classes_known
from equipment_share.web.people.forms import DescribeForm

_BETWEEN = "[,\uff0c;\uff1b\u3001\n]"
"""Commas and semicolons of both widths."""
_SHARE = re.compile(r"(.{1,200}?)[ :\uff1a\u3000]*([0-9]{1,3}(?:\.[0-9]{1,2})?) ?[%\uff05]")
TEXTS = ("region", "controller", "legal_rep", "credit_list")
VALUES = ("barred_until", "founded_on", "insured_staff", "research_spend", "credit_since")


def filled(found: Organisation) -> DescribeForm:
    """The form with what is known."""
    held = ", ".join(f"{name} {share_bp / 100:g}%" for name, share_bp in holdings(found))
    known = {name: getattr(found, name) for name in (*TEXTS, *VALUES, "barred")}
    tags = [{"tag": row["tag"], "valid_until": row.get("valid_until")} for row in found.tags]
    form = DescribeForm(data={**known, "tags": tags, "related": ", ".join(found.related), "shareholders": held})
    form.tags.choices = classes_known(*(row["tag"] for row in tags))
    return form


def facts_typed(form: DescribeForm) -> dict[str, Any]:
    """The facts of the form as the use case takes them.

    Raises: Invalid.
    """
    texts = {name: form[name].data or "" for name in TEXTS}
    values = {name: form[name].data for name in VALUES}
    return {**texts, **values, "barred": bool(form.barred.data), "shareholders": shares_typed(form.shareholders.data or "")}


def codes_typed(text: str) -> list[str]:
    """Codes of organisations, separated by commas."""
    return list(_parts(text))


def shares_typed(text: str) -> list[Mapping[str, object]]:
    """`Name 30%, Name 25.5%` as rows with basis points.

    Raises: Invalid.
    """
    rows: list[Mapping[str, object]] = []
    for word in _parts(text):
        found = _SHARE.fullmatch(word)
        if found is None or not found[1].strip():
            raise invalid("not_a_share", "shareholders")
        rows.append({"name": found[1].strip(), "share_bp": int(Decimal(found[2]) * 100)})
    return rows


def _parts(text: str) -> Sequence[str]:
    return [part.strip() for part in re.split(_BETWEEN, text) if part.strip()]
