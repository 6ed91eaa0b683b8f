"""One declaration per operation: who may, what is sent, what is answered. Readers, guards and the OpenAPI page all use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Response

from equipment_share.api.bodies import Body, Json
from equipment_share.api.fields import Field
from equipment_share.domain.access import Act, Role, may
from equipment_share.domain.errors import NotFound
from equipment_share.domain.limits import Limit
from equipment_share.models.people import User

Refusals = Mapping[int, tuple[str, ...]]


@dataclass(frozen=True)
class Call:
    """One request, read: who, when, and typed values."""

    by: User | None
    at: datetime
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    seen: Any = None
    """What the operation's `sees` found: the object that the address names."""

    @property
    def me(self) -> User:
        """The person who calls; an operation that needs one has one."""
        if self.by is None:
            raise AssertionError("this operation is open to visitors")
        return self.by

    @property
    def id(self) -> int:
        """The number in the address."""
        return int(self.path["id"])


@dataclass(frozen=True)
class Reply:
    """A JSON answer, ready to be sent or kept."""

    body: Mapping[str, Any]
    status: int = 200
    location: str = ""
    replayed: bool = False
    """Whether it was given before, under the same Idempotency-Key."""
    told_once: Mapping[str, Any] = field(default_factory=dict)
    """Secrets that replace members of the body in the first answer and are kept nowhere."""


View = Callable[[Call], Reply | Response]
Sees = Callable[[Mapping[str, Any], User | None], object]


@dataclass(frozen=True)
class Answer:
    """What an operation answers: a named shape, a list of it, or a file."""

    shape: str = ""
    means: str = ""
    listed: bool = False
    media_types: tuple[str, ...] = ("application/json",)


@dataclass(frozen=True)
class Operation:
    """One method on one address."""

    method: str
    path: str
    says: str
    view: View
    act: Act | None
    answers: Mapping[int, Answer]
    tag: str
    sees: Sees | None = None
    also: Act | None = None
    """Whoever may this may call too, with `override` in the body."""
    query: tuple[Field, ...] = ()
    body: Body | None = None
    refusals: Refusals = field(default_factory=dict)
    per_minute: Limit | None = None
    cached: bool = False
    keeps: bool = False
    versioned: bool = False

    @property
    def name(self) -> str:
        """The endpoint's name."""
        return self.view.__name__

    @property
    def is_public(self) -> bool:
        """Whether a visitor may call it."""
        return self.act is None or may(Role.VISITOR, self.act)


class Shelf:
    """The operations of one feature, in the order they are described."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.operations: list[Operation] = []

    def get(self, path: str, act: Act | None, says: str, answer: Answer, **more: Any) -> Callable[[View], View]:
        """A question."""
        return self._put("GET", path, act, says, {200: answer}, more)

    def post(self, path: str, act: Act | None, says: str, answer: Answer, **more: Any) -> Callable[[View], View]:
        """A use case: 200 with the object in its new state, or 201 when `makes` says that one is made."""
        status = 201 if more.pop("makes", False) else 200
        answers = {status: answer} | more.pop("or_answers", {})
        more = {"body": Json(), "keeps": act is not None} | more
        return self._put("POST", path, act, says, answers, more)

    def patch(self, path: str, act: Act, says: str, answer: Answer, **more: Any) -> Callable[[View], View]:
        """A change by key."""
        return self._put("PATCH", path, act, says, {200: answer}, {"versioned": True} | more)

    def delete(self, path: str, act: Act, says: str, answer: Answer, **more: Any) -> Callable[[View], View]:
        """An end."""
        return self._put("DELETE", path, act, says, {200: answer}, more)

    def _put(
        self, method: str, path: str, act: Act | None, says: str, answers: Mapping[int, Answer], more: dict[str, Any]
    ) -> Callable[[View], View]:
        def mark(view: View) -> View:
            self.operations.append(Operation(method, path, says, view, act, answers, self.tag, **more))
            return view

        return mark


def by_id(question: Callable[[int, Any], object]) -> Sees:
    """Look at the object that the address names, as its caller may see it: 404 comes before the body is judged."""
    return lambda path, by: question(path["id"], by)


def need(found: object) -> Any:
    """What was found.

    Raises: NotFound when it is None.
    """
    if found is None:
        raise NotFound()
    return found
