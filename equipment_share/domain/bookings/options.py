"""What is ordered beside the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from equipment_share.domain.reading import Reader

MOST_ADD_ONS = 1000
"""The largest quantity of one add-on."""


@dataclass(frozen=True)
class Options:
    """What is ordered beside the time: haste, and add-ons by code."""

    urgent: bool = False
    add_ons: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, document: Mapping[str, object], at: str = "options") -> Options:
        """Read `{urgent, add_ons: {CODE: quantity}}`.

        Raises: Invalid with every problem, fields under `at`.
        """
        reader = Reader(document, at)
        urgent, rows = reader.switch("urgent", False), reader.inside("add_ons")
        wanted = {str(code): rows.whole(str(code), low=1, high=MOST_ADD_ONS) or 0 for code in rows.source}
        reader.nothing_else()
        reader.finish()
        return cls(urgent, {code: quantity for code, quantity in wanted.items() if quantity})

    def document(self) -> dict[str, object]:
        """As a booking keeps it; nothing for nothing."""
        kept: dict[str, object] = {"urgent": True} if self.urgent else {}
        return kept | ({"add_ons": dict(self.add_ons)} if self.add_ons else {})


NO_OPTIONS = Options()
