"""The three families of no: refused by a rule, not there for you, not yours to do."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Fact = object


class Refusal(Exception):
    """A no with a stable code and facts; the words for people are the door's (`equipment_share/wording`)."""

    code: str = "refused"

    def __init__(self, **facts: Fact) -> None:
        super().__init__(self.code)
        self.facts: Mapping[str, Fact] = facts

    def __str__(self) -> str:
        """The code and its facts on one line, for logs and tests."""
        return " ".join([self.code, *(f"{name}={value!r}" for name, value in self.facts.items())])


class Refused(Refusal):
    """A rule said no, and the person can do otherwise."""

    code = "refused"


class Conflict(Refused):
    """Somebody or something came first (409 at the API's door)."""

    code = "conflict"


class NotFound(Refusal):
    """Nothing by that key that this person may see."""

    code = "not_found"


class Forbidden(Refusal):
    """The role does not carry the act."""

    code = "forbidden"


class ConflictOfInterest(Forbidden):
    """Nobody decides on the other side of his own or a related organisation."""

    code = "conflict_of_interest"


class SecondPersonRequired(Forbidden):
    """Duties of one object go to different persons."""

    code = "second_person_required"


class NotVerified(Forbidden):
    """Only a verified organisation books, lists or applies."""

    code = "organisation_not_verified"


class AlreadyDecided(Conflict):
    """The state was left by somebody else after the caller could see it, or this is the same act again."""

    code = "already_decided"


class InvalidTransition(Conflict):
    """This act never follows this state."""

    code = "invalid_transition"


class StaleVersion(Conflict):
    """The object has changed since it was read."""

    code = "stale_version"


@dataclass(frozen=True)
class Problem:
    """One broken rule at one field; `overridable_by` names who may waive it, if anybody."""

    code: str
    field: str = ""
    facts: Mapping[str, Fact] = dataclasses.field(default_factory=dict)
    overridable_by: str | None = None


class Invalid(Refused):
    """All broken rules of one request at once (422). `code` is the first problem's."""

    code = "invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        if not problems:
            raise ValueError("an invalid request names at least one problem")
        super().__init__(**problems[0].facts)
        self.problems = tuple(problems)
        self.code = problems[0].code

    def __str__(self) -> str:
        """Every code and field on one line."""
        return ", ".join(f"{p.code}@{p.field}" for p in self.problems)


def invalid(code: str, field: str = "", **facts: Fact) -> Invalid:
    """One broken rule as a refusal."""
    return Invalid([Problem(code, field, facts)])
