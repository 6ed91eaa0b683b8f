"""Strict reading of documents that people or programs hand in: every problem is gathered, nothing is guessed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from equipment_share.domain.errors import Invalid, Problem

MOST_DOCUMENT_FEN = 10**15


class Reader:
    """Reads typed values out of one JSON object and remembers every problem with its field path."""

    def __init__(self, source: object, at: str = "", problems: list[Problem] | None = None) -> None:
        self.at = at
        self.problems: list[Problem] = problems if problems is not None else []
        self.source: Mapping[str, Any] = source if isinstance(source, Mapping) else {}
        self.asked: set[str] = set()
        if not isinstance(source, Mapping):
            self.say("not_an_object", "")

    def path(self, name: str) -> str:
        """The field path of a key, as errors name it."""
        return f"{self.at}.{name}" if self.at and name else self.at or name

    def say(self, code: str, name: str, **facts: object) -> None:
        """Remember one problem at a key."""
        self.problems.append(Problem(code, self.path(name), facts))

    def raw(self, name: str) -> Any:
        """The value as it stands; None when left out."""
        self.asked.add(name)
        return self.source.get(name)

    def text(self, name: str, default: str = "", *, most: int = 200, required: bool = False) -> str:
        """A text."""
        value = self.raw(name)
        if value is None:
            if required:
                self.say("required", name)
            return default
        if not isinstance(value, str):
            self.say("not_a_text", name)
            return default
        if len(value) > most or (required and not value.strip()):
            self.say("too_long_text" if len(value) > most else "required", name, most=most)
            return default
        return value

    def choice(self, name: str, options: Collection[str], default: str) -> str:
        """One of a few words."""
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, str) or value not in options:
            self.say("not_a_choice", name, options=", ".join(sorted(options)))
            return default
        return value

    def whole(
        self, name: str, default: int | None = None, *, low: int = 0, high: int = MOST_DOCUMENT_FEN, required: bool = False
    ) -> int | None:
        """A whole number; neither true nor 1.0 is one."""
        value = self.raw(name)
        if value is None:
            if required:
                self.say("required", name)
            return default
        if type(value) is not int:
            self.say("not_an_integer", name)
            return default
        if not low <= value <= high:
            self.say("out_of_range", name, low=low, high=high)
            return default
        return value

    def switch(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self.raw(name)
        if value is None:
            return default
        if type(value) is not bool:
            self.say("not_a_switch", name)
            return default
        return value

    def day(self, name: str, *, required: bool = False) -> date | None:
        """A calendar date `YYYY-MM-DD`."""
        value = self.raw(name)
        if value is None:
            if required:
                self.say("required", name)
            return None
        try:
            found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
        except ValueError:
            found = None
        if found is None or not 2000 <= found.year <= 2100:
            self.say("not_a_date", name)
            return None
        return found

    def words(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.raw(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and 0 < len(item) <= 100 for item in value):
            self.say("not_a_list_of_texts", name)
            return ()
        return tuple(value)

    def items(self, name: str) -> list[Any]:
        """A list of anything."""
        value = self.raw(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.say("not_a_list", name)
            return []
        return value

    def inside(self, name: str) -> Reader:
        """A nested object, sharing the problems; an empty one when left out."""
        value = self.raw(name)
        return Reader({} if value is None else value, self.path(name), self.problems)

    def each(self, name: str) -> list[Reader]:
        """A list of objects."""
        return [Reader(item, f"{self.path(name)}[{i}]", self.problems) for i, item in enumerate(self.items(name))]

    def fen_by_tag(self, name: str) -> dict[str, int]:
        """An object of tag to fen."""
        reader = self.inside(name)
        found = {str(tag): reader.whole(str(tag)) for tag in reader.source}
        return {tag: fen for tag, fen in found.items() if fen is not None}

    def nothing_else(self, also: Collection[str] = ()) -> None:
        """Remember every key that was never asked for."""
        for name in self.source:
            if name not in self.asked and name not in also:
                self.say("unknown_field", str(name))

    def finish(self) -> None:
        """Let pass, or refuse with everything that was found.

        Raises: Invalid.
        """
        if self.problems:
            raise Invalid(self.problems)
