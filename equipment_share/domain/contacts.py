"""How an organisation is reached: its street address, whom to ask for, a telephone. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields

from equipment_share.domain.errors import Invalid, Problem
from equipment_share.domain.texts import clean_text, has_hidden

LONGEST = {"address": 200, "contact_name": 60, "phone": 40}
"""Characters of each part, as they are kept."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How an organisation is reached; a part that nobody knows is empty."""

    address: str = ""
    contact_name: str = ""
    phone: str = ""

    def __str__(self) -> str:
        return " · ".join(part for part in (self.address, self.contact_name, self.phone) if part)


def contact_typed(typed: Contact) -> Contact:
    """A contact as it is kept: outer blanks cut.

    Units: characters, at most `LONGEST`. Rounding: none.
    Raises: Invalid with every problem: `bad_text`, `too_long_text`.
    Source: docs/rules.md#contact
    """
    kept = {part.name: clean_text(getattr(typed, part.name)) for part in fields(typed)}
    problems = [Problem("bad_text", name) for name, text in kept.items() if has_hidden(text)]
    problems += [Problem("too_long_text", name, {"most": LONGEST[name]}) for name, text in kept.items() if len(text) > LONGEST[name]]
    if problems:
        raise Invalid(problems)
    return Contact(**kept)
