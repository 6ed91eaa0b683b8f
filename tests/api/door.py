"""A program at the API's door; every answer is held against the OpenAPI page, so that the page cannot drift."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
from flask import Flask
from werkzeug.test import TestResponse

from equipment_share.adapters import clock
from equipment_share.api.blueprints import operations
from equipment_share.api.openapi import document
from equipment_share.models.people import User
from equipment_share.services.people.signin import make_token
from tests.builders import NOW

PREFIX = "/api/v1"


@functools.cache
def page() -> dict[str, Any]:
    """The OpenAPI page as it is served."""
    return json.loads(json.dumps(document(operations())))


@functools.cache
def _matcher(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", path))


def declared(method: str, path: str) -> dict[str, Any] | None:
    """The declaration of a call; the literal address before the one with names."""
    found = [p for p in page()["paths"] if _matcher(p).fullmatch(path) and method.lower() in page()["paths"][p]]
    return page()["paths"][min(found, key=lambda p: p.count("{"))][method.lower()] if found else None


@functools.cache
def _validator(schema: str) -> Any:
    return jsonschema_rs.validator_for({**json.loads(schema), "components": page()["components"]})


def check_answer(method: str, path: str, answer: TestResponse) -> None:
    """That status, type and body of an answer are declared."""
    told = declared(method, path)
    if told is None or answer.status_code in (304, 405):
        return
    responses = told["responses"]
    assert str(answer.status_code) in responses, f"{method} {path}: {answer.status_code} is not declared: {answer.text[:400]}"
    content = responses[str(answer.status_code)]["content"]
    assert answer.mimetype in content, f"{method} {path}: {answer.mimetype}"
    if "schema" in content[answer.mimetype]:
        schema = json.dumps(content[answer.mimetype]["schema"], sort_keys=True)
        errors = [f"{list(e.instance_path)}: {e.message}"[:300] for e in _validator(schema).iter_errors(answer.json)]
        assert not errors, f"{method} {path} {answer.status_code}: {errors}"


class Door:
    """Calls as one person, or as nobody."""

    def __init__(self, app: Flask, person: User | None = None, scopes: tuple[str, ...] = ("read", "write"), key: str = "") -> None:
        self.client = app.test_client(use_cookies=False)
        self.key = key or (make_token("test", scopes, by=person, at=NOW) if person is not None else "")
        self.headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def call(self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None, **more: Any) -> TestResponse:
        """One call, checked against its declaration."""
        sent = {**self.headers, **(headers or {})}
        answer = self.client.open(PREFIX + path, method=method, json=body, headers=sent, **more) if body is not None else self.client.open(
            PREFIX + path, method=method, headers=sent, **more
        )  # fmt: skip
        check_answer(method, path.partition("?")[0], answer)
        return answer

    def get(self, path: str, **more: Any) -> TestResponse:
        """A question."""
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """An act."""
        return self.call("POST", path, {} if body is None and "data" not in more else body, **more)

    def patch(self, path: str, body: Any, **more: Any) -> TestResponse:
        """A change."""
        return self.call("PATCH", path, body, **more)


def at_instant(folder: Path, moment: Any) -> None:
    """Let the house's clock stand."""
    file = folder / "clock"
    file.write_text(moment.isoformat())
    clock.follow(file)


def refusal(answer: TestResponse) -> tuple[int, str]:
    """Status and code."""
    return answer.status_code, answer.json["code"]


def broken(answer: TestResponse) -> set[tuple[str, str]]:
    """Every broken field with its code."""
    return {(row["field"], row["code"]) for row in answer.json["errors"]}
