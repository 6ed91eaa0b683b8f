"""Idempotency-Key: the first answer again, however often the same request comes (`reliability.md` §2.7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import request

from equipment_share.api.operations import Reply
from equipment_share.domain.errors import invalid
from equipment_share.models.people import User
from equipment_share.services.answers import GivenAnswer, first_answer

HEADER = "Idempotency-Key"
LONGEST = 255


def idempotency_key() -> str | None:
    """The caller's key, if any.

    Raises: Invalid `bad_key` unless it is 1 to 255 printable characters.
    """
    key = request.headers.get(HEADER)
    if key is not None and not (len(key.strip()) > 0 and len(key) <= LONGEST and key.isprintable()):
        raise invalid("bad_key", HEADER)
    return key


def once(user: User, key: str, route: str, fingerprint: str, work: Callable[[], Reply], *, at: datetime) -> Reply:
    """Do the work under the key, or answer as the first time.

    Raises: Invalid `key_reused` for another body; InProgress while the first still runs; whatever the work refuses.
    """
    secrets: dict[str, object] = {}

    def answered() -> GivenAnswer:
        made = work()
        secrets.clear()
        secrets.update(made.told_once)
        return GivenAnswer(made.status, dict(made.body), made.location)

    given = first_answer(user, key, route, fingerprint, answered, at=at)
    return Reply(given.body, given.status, given.location, replayed=given.replayed, told_once=secrets)
