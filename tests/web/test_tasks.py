"""Long work on its page: asked for by the same form, followed, stopped, its answer kept; small work stays immediate."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient

from equipment_share.adapters.clock import now
from equipment_share.cli.tasking import work_all
from equipment_share.domain.access import Role
from equipment_share.domain.tasks import TaskKind, TaskState
from equipment_share.models.base import db
from equipment_share.models.people import User
from equipment_share.models.tasks import Task
from equipment_share.web.instruments import exchange
from equipment_share.web.vouchers import laboratory
from tests.builders import a_firm, an_officer, an_owner
from tests.services.test_laboratory import firms
from tests.support.people import signed_in

__all__ = ["firms"]
pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
LIST = "仪器名称,本单位编号\n" + "".join(f"镜{row},C{row}\n" for row in range(1, 6)) + ",C9\n"


def asked(client: FlaskClient, *, strict: bool = False) -> str:
    """The address of an import that waits."""
    kept = client.post("/desk/instruments/files/new", data={"file": (io.BytesIO(LIST.encode()), "list.csv")})
    sent = client.post(f"{kept.headers['Location']}/save", data={"strict": "1"} if strict else {})
    assert sent.status_code in (302, 303)
    return sent.headers["Location"]


def worked() -> int:
    """A round of the worker."""
    return work_all(current_app._get_current_object())  # type: ignore[attr-defined]


def test_a_long_import_is_followed_to_its_end_and_its_refused_rows_are_taken_home(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "FEW_ROWS", 5)
    signed_in(client, an_owner())

    address = asked(client)
    before = client.get(address).get_data(as_text=True)
    done = worked()
    after = client.get(address).get_data(as_text=True)

    assert re.fullmatch(r"/tasks/\d+", address)
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in before
    assert f'hx-get="{address}"' in before
    assert done == 1
    assert "http-equiv" not in after and "hx-get" not in after
    assert dict(re.findall(r'data-figure="(created|updated|unchanged|rejected)">(\d+)<', after)) == {
        "created": "5", "updated": "0", "unchanged": "0", "rejected": "1",
    }  # fmt: skip
    assert client.get(f"{address}/rejected.csv").get_data(as_text=True).splitlines()[1].startswith("7,name_zh,")
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert address in client.get("/tasks/").get_data(as_text=True)


def test_a_small_import_is_answered_at_once(app: Flask, client: FlaskClient) -> None:
    signed_in(client, an_owner())

    assert asked(client) == "/desk/instruments/"


def test_a_task_that_waits_is_stopped_and_nothing_is_saved(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "FEW_ROWS", 5)
    signed_in(client, an_owner())
    address = asked(client, strict=True)

    stopped = client.post(f"{address}/cancel")
    again = client.post(f"{address}/cancel")

    assert (stopped.status_code, again.status_code, worked()) == (303, 409, 0)
    assert 'class="state s-cancelled"' in client.get(address).get_data(as_text=True)
    assert "C1" not in client.get("/desk/instruments/").get_data(as_text=True)


def test_a_long_replay_leads_to_its_run(firms: list[User], client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laboratory, "FEW_USES", 2)
    signed_in(client, an_officer(Role.BUREAU_CLERK))

    sent = client.post("/bureau/laboratory/", data={"period": "2026-09", "name": "试一试", "first": "version:HALF:1"})
    done = worked()
    page = client.get(sent.headers["Location"]).get_data(as_text=True)
    run = re.search(r'href="(/bureau/laboratory/\d+)"', page)

    assert done == 1 and run is not None
    assert 'data-figure="progress">3' in page
    assert 'data-figure="cost-a"><strong>¥800.00</strong>' in client.get(run[1]).get_data(as_text=True)


def test_a_mistake_in_a_long_replay_is_said_at_once(firms: list[User], client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laboratory, "FEW_USES", 2)
    signed_in(client, an_officer(Role.BUREAU_CLERK))

    sent = client.post("/bureau/laboratory/", data={"period": "2026-09", "first_document": '{"code": "X", "rate_rules": 3}'})

    assert (sent.status_code, worked()) == (422, 0)


def test_anothers_task_is_not_there(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "FEW_ROWS", 5)
    signed_in(client, an_owner())
    address = asked(client)
    signed_in(client, a_firm())

    answers = [client.get(address), client.post(f"{address}/cancel"), client.get(f"{address}/rejected.csv")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_worker_that_never_ran_is_said_to_stand_still(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "FEW_ROWS", 5)
    signed_in(client, an_owner())
    first = asked(client)

    never = client.get(first).text
    at = now()
    db.session.add(Task(kind=TaskKind.ROUND, state=TaskState.DONE, result={}, asked_at=at, began_at=at, beat_at=at, ended_at=at))
    db.session.commit()
    ran = client.get(first).text

    assert ("data-silent" in never, "data-silent" in ran) == (True, False)
