"""The facts of a line of the audit log as people read them; what has no words here stands as it was sealed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from equipment_share.web.filters import local, percent
from equipment_share.wording import WORDS
from equipment_share.wording.marks import amount_words, joined, labelled

NOTHING: tuple[Any, ...] = ("", [], {}, None)
BY_NAME = {"role": "role", "leg": "leg", "disposition": "disposition", "rule": "audit_rule", "result": "inspection"}
"""Which words the values of a fact have; those of `from` and `to` are the states of the line's kind."""


def fact_words(kind: str, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The facts of an audit line: each one's label and value; left out is what is empty, and a state that stayed what it was."""
    stayed = facts.get("from") == facts.get("to")
    return [
        (str(WORDS["audit_fact"].get(name, name)), _shown(kind, name, value))
        for name, value in facts.items()
        if value not in NOTHING and name != "reason" and not (stayed and name in ("from", "to"))
    ]


def _shown(kind: str, name: str, value: Any) -> str:
    if name.endswith("_fen") and isinstance(value, int):
        return amount_words(value)
    if name.endswith("_bp") and isinstance(value, int):
        return percent(value)
    if name in ("start", "end"):
        return _instant(str(value))
    if isinstance(value, list):
        return joined(value)
    if isinstance(value, dict):
        return joined(labelled(key, one) for key, one in value.items())
    if name in ("from", "to"):
        return str({**WORDS.get(kind, {}), **WORDS["role"]}.get(value, value))
    return str(WORDS.get(BY_NAME.get(name, ""), {}).get(value, value))


def _instant(text: str) -> str:
    """An instant by the bureau's clock; a time of day or what cannot be read as it was sealed."""
    try:
        return local(datetime.fromisoformat(text)) if "T" in text else text
    except ValueError:
        return text
