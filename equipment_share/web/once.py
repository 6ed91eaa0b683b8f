"""A form that is sent twice acts once: double click, Back and a lost connection are harmless."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from flask import redirect, request
from flask.typing import ResponseReturnValue

from equipment_share.adapters.clock import now
from equipment_share.adapters.tokens import fresh_token
from equipment_share.services.answers import GivenAnswer, first_answer
from equipment_share.web.access import me


def form_key() -> str:
    """The key a form carries, made when it is shown."""
    return fresh_token()


def once(work: Callable[[], str]) -> ResponseReturnValue:
    """Do the work of a POST once under its form's key and redirect to where it answered; again: there again."""
    key = request.form.get("key", "")[:255] or fresh_token()
    answer = first_answer(me(), key, f"page {request.path}", _fingerprint(), lambda: GivenAnswer(303, {}, work()), at=now())
    return redirect(answer.location, 303)


def _fingerprint() -> str:
    """Everything that was sent: each value of a name that comes more than once, and what is in the files."""
    fields = [[name, value] for name, value in request.form.items(multi=True) if name not in ("key", "csrf_token")]
    for name, file in request.files.items(multi=True):
        fields.append([name, file.filename or "", hashlib.sha256(file.stream.read()).hexdigest()])
        file.stream.seek(0)
    return hashlib.sha256(json.dumps(sorted(fields)).encode()).hexdigest()
