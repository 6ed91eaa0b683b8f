"""What things are called for the person who reads: in the language of the page, else in the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g
from flask_babel import get_locale

from equipment_share.domain.texts import Named
from equipment_share.queries.vouchers import names_of_programmes


def language() -> str:
    """`zh` or `en`."""
    locale = get_locale()
    return locale.language if locale else "zh"


def bilingual(thing: Any, key: str = "name") -> str:
    """A name in the reader's language, else in the other: of what has both, of a value that is `called` so, or of a document that keeps it under `key`."""
    named = Named.read(thing, key) if isinstance(thing, Mapping) else getattr(thing, "called", thing)
    first, second = (named.name_zh, named.name_en) if language() == "zh" else (named.name_en, named.name_zh)
    return str(first or second)


def programmes_called() -> dict[str, str]:
    """The published programmes by code, each by the name of its newest version; one light question."""
    g.programme_names = names_of_programmes()
    return {code: bilingual(named) for code, named in g.programme_names.items()}


def programme_called(which: str | Mapping[str, Any]) -> str:
    """What a programme is called, in every place: by its code, asked once a page; a version by its own document, which may be a draft."""
    if not isinstance(which, str):
        return bilingual(Named.read(which, blank=str(which["code"])))
    names: dict[str, Named] = g.get("programme_names", {})
    if which not in names:
        names = g.programme_names = names_of_programmes()
    return bilingual(names[which]) if which in names else which
