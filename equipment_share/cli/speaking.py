"""How commands speak: who acts, what went wrong in one line, which exit status."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import click

from equipment_share.domain.access import Actor
from equipment_share.domain.errors import Invalid, Refusal
from equipment_share.models.people import SYSTEM
from equipment_share.queries.people import named_person
from equipment_share.wording import refusal_words

Command = TypeVar("Command", bound=Callable[..., Any])


def actor(email: str | None) -> Actor:
    """The person an operator names, with that person's rights; nobody named is the house."""
    return named_person(email) if email else SYSTEM


def plainly(command: Command) -> Command:
    """Say a refusal in one line and exit 1."""

    @functools.wraps(command)
    def spoken(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except Refusal as refusal:
            problems = refusal.problems if isinstance(refusal, Invalid) else []
            for problem in problems:
                click.echo(f"{problem.field}: {problem.code}: {refusal_words(problem.code, problem.facts)}", err=True)
            if not problems:
                click.echo(f"{refusal.code}: {refusal_words(refusal.code, refusal.facts)}", err=True)
            raise SystemExit(1) from None

    return cast("Command", spoken)
