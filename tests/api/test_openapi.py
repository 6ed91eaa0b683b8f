"""The OpenAPI page: sound, complete, open to all; and what a machine finds that tries everything it declares."""

from __future__ import annotations

import contextlib
import os
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from equipment_share.api.blueprints import operations
from equipment_share.api.openapi import codes_of
from equipment_share.domain.access import MAY, Role
from equipment_share.wording.refusals import REFUSALS
from tests.api.conftest import World
from tests.api.door import page

SLOW = bool(os.environ.get("SLOW"))
EXAMPLES = 50 if SLOW else 3
ENGINES = ["sqlite", "postgresql"] if SLOW else ["sqlite"]
ROLES = {
    "firm": Role.FIRM_ADMIN, "owner": Role.OWNER_ADMIN, "clerk": Role.BUREAU_CLERK, "reviewer": Role.BUREAU_REVIEWER,
    "leader": Role.BUREAU_LEADER, "finance": Role.FINANCE, "auditor": Role.AUDITOR,
}  # fmt: skip
CHECKS = (not_a_server_error, status_code_conformance, response_schema_conformance, unsupported_method)


def test_the_page_is_open_and_tells_of_every_operation(world: World) -> None:
    answer = world.visitor.client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.json["openapi"], answer.json) == (200, "3.1.0", page())
    told = {(method.upper(), path) for path, methods in page()["paths"].items() for method in methods}
    served = {
        (method, rule.rule.removeprefix("/api/v1"))
        for rule in world.app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.openapi"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert len(told) == len(served) == len(operations())
    names = [operation.name for operation in operations()]
    assert len(set(names)) == len(names)


def test_every_code_that_an_operation_tells_has_words() -> None:
    assert {code for operation in operations() for codes in codes_of(operation).values() for code in codes} <= set(REFUSALS)


def test_every_operation_is_marked_with_its_act(app: Flask) -> None:
    for operation in operations():
        view = app.view_functions[f"api.{operation.name}"]
        assert (view.act, view.is_public) == (operation.act, operation.is_public)  # type: ignore[attr-defined]
    assert {operation.path for operation in operations() if operation.is_public} == {
        "/organisations", "/instruments", "/instruments/{id}", "/instruments/{id}/availability", "/instruments/{id}/prices", "/programmes",
        "/publicity", "/calendar/{secret}.ics",
    }  # fmt: skip


@pytest.mark.parametrize("engine_url", ENGINES, indirect=True)
@pytest.mark.parametrize("role", [*ROLES] if SLOW else ["firm", "owner", "clerk"])
def test_a_machine_that_tries_everything_finds_no_fault(world: World, role: str) -> None:
    """Good and bad data for every operation: no 5xx, no undeclared status, no body of another shape, no bad data taken."""
    own = {"bookings": world.booked()["id"], "instruments": world.instrument, "organisations": str(world.people[role].organisation_id)}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", world.app)
    for found in schema.get_all_operations():
        operation = found.ok()
        if not SLOW and role != _first_who_may(operation):
            continue
        known = {"id": own[kind]} if (kind := operation.path.split("/")[1]) in own and "{id}" in operation.path else None
        good, bad = (operation.as_strategy(generation_mode=mode, path_parameters=known) for mode in GenerationMode)
        _tried(good, world.doors[role].headers, CHECKS)
        _tried(bad, world.doors[role].headers, (*CHECKS, negative_data_rejection))


def _first_who_may(operation: Any) -> str:
    """In the ordinary run one role tries an operation, one that gets past the door where there is such a one."""
    told = next(one for one in operations() if (one.method.lower(), one.path) == (operation.method.lower(), operation.path))
    return next((name for name in ("firm", "owner", "clerk") if told.act is None or ROLES[name] in MAY[told.act]), "clerk")


def _tried(cases: Any, headers: dict[str, str], checks: tuple[Any, ...]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def attempt(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=checks)

    with contextlib.suppress(Unsatisfiable):  # some operations have nothing that could be wrong
        attempt()
