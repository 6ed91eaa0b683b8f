"""One request through the door: known, allowed, found, read, done, answered - in the order of `contract.md` §2."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from equipment_share.adapters.clock import now
from equipment_share.api.access import SAFE, Caller, admit, caller, slow_down
from equipment_share.api.bodies import Body, Taken, from_texts
from equipment_share.api.fields import gathered
from equipment_share.api.once import idempotency_key, once
from equipment_share.api.operations import Call, Operation, Reply
from equipment_share.domain.access import may
from equipment_share.domain.errors import Refusal
from equipment_share.models.people import User


def endpoint(operation: Operation) -> Callable[..., Response]:
    """The Flask view of an operation, marked with its act as every page is (law 7)."""

    def view(**path: Any) -> Response:
        return serve(operation, path)

    view.__name__, view.__doc__ = operation.name, operation.says
    view.act = operation.act  # type: ignore[attr-defined]
    view.is_public = operation.is_public  # type: ignore[attr-defined]
    return view


def serve(operation: Operation, path: Mapping[str, Any]) -> Response:
    """Answer one request.

    Raises: any refusal; the first that applies, in the order 401, 403, 404, 400/413/415, 422, 409.
    """
    at = now()
    who = caller(at)
    early = _taken_early(operation, who)
    admit(who, operation.act if early is None else operation.also)
    if operation.per_minute:
        slow_down(operation.per_minute, who)
    seen = operation.sees(path, who.user) if operation.sees else None
    taken = early or (operation.body.take() if operation.body else None)
    key = idempotency_key() if operation.keeps else None
    query, body = _values(operation, taken)
    call = Call(who.user, at, path, query, body, _version(operation), seen)
    if key is not None and taken is not None and who.user is not None:
        route = f"{request.method} {request.full_path.rstrip('?')}"
        return _sent(operation, once(who.user, key, route, taken.fingerprint, lambda: _reply(operation, call), at=call.at), who.user)
    return _sent(operation, operation.view(call), who.user)


def _taken_early(operation: Operation, who: Caller) -> Taken | None:
    """The body of a call that only its own words allow: an owner's POST that says why it overrides a rule."""
    if operation.also is None or operation.body is None or who.user is None or may(who.user.role, operation.act or operation.also):
        return None
    if not may(who.user.role, operation.also):
        return None
    try:
        taken = operation.body.take()
    except Refusal:
        return None
    return taken if isinstance(taken.raw, dict) and taken.raw.get("override") else None


def _values(operation: Operation, taken: Taken | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Query and body, all their problems together."""
    body = operation.body
    given = {name: request.args.getlist(name) for name in request.args}
    readers: list[Callable[[], dict[str, Any]]] = [lambda: from_texts(given, operation.query)]
    if isinstance(body, Body) and taken is not None:
        readers.append(lambda: body.read(taken))
    values = gathered(readers)
    return values[0], values[1] if len(values) > 1 else {}


def _version(operation: Operation) -> int | None:
    """The version that the caller has seen; one that cannot be a version is another version (409)."""
    header = request.headers.get("If-Match", "").strip()
    if not operation.versioned or not header or header == "*":
        return None
    digits = header.removeprefix("W/").strip('"')
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else 0


def _reply(operation: Operation, call: Call) -> Reply:
    made = operation.view(call)
    if not isinstance(made, Reply):
        raise AssertionError("only JSON answers are kept")
    return made


def _sent(operation: Operation, made: Reply | Response, user: User | None) -> Response:
    if isinstance(made, Response):
        made.headers["Cache-Control"] = "no-cache" if operation.cached else "no-store"
        if operation.cached and request.method in SAFE:
            made.set_etag(hashlib.sha256(made.get_data()).hexdigest()[:32])
            made.make_conditional(request)
        return made
    raw = json.dumps({**made.body, **made.told_once}, ensure_ascii=False, separators=(",", ":")).encode()
    answer = Response(raw, made.status, mimetype="application/json")
    if made.location:
        answer.headers["Location"] = made.location
    if made.replayed:
        answer.headers["Idempotent-Replayed"] = "true"
    answer.headers["Cache-Control"] = "no-cache" if operation.cached and user is None else "no-store"
    if operation.cached and request.method in SAFE:
        answer.set_etag(hashlib.sha256(raw).hexdigest()[:32])
        answer.make_conditional(request)
    answer.vary.add("Authorization")
    answer.vary.add("Cookie")
    return answer
