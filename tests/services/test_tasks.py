"""Long work: the same use case, its effect once whatever happens to its worker, stopped where that is safe."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from equipment_share.domain.access import Kind, Role
from equipment_share.domain.errors import AlreadyDecided, Forbidden, NotFound
from equipment_share.domain.periods import Period
from equipment_share.domain.tasks import SILENT, TaskState, time_left
from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import SYSTEM, User
from equipment_share.models.settlement import LaboratoryRun
from equipment_share.models.tasks import Task
from equipment_share.queries.instruments.exchange import draft_of
from equipment_share.queries.tasks import newest_rounds, task_seen_by
from equipment_share.services import working
from equipment_share.services.instruments.catalogue_import import keep_draft
from equipment_share.services.people.members import disable_person
from equipment_share.services.tasks import Taken, TaskWatch, ask_import, ask_replay, beat_task, cancel_task, note_round, take_task
from equipment_share.services.working import work
from tests.builders import NOW, a_person, an_officer, an_organisation, an_owner
from tests.services.test_laboratory import a_draft, firms

__all__ = ["firms"]
SEPTEMBER = Period.parse("2026-09")
ROWS = 7


def clock() -> datetime:
    """The instant of these tests."""
    return NOW


def a_list(owner: User, *, rows: int = ROWS, spoilt: int = 0) -> Task:
    """An import of some rows that waits; one of them may lack its name."""
    lines = [f"{'' if row == spoilt else f'镜{row}'},C{row:03}" for row in range(1, rows + 1)]
    token = keep_draft("list.csv", ("仪器名称,本单位编号\n" + "\n".join(lines)).encode(), None, by=owner, at=NOW)
    return ask_import(token, draft_of(token, owner).document or {}, rows=rows, strict=False, by=owner, at=NOW)


def taken(at: datetime = NOW) -> Taken:
    """The next task, in a worker's hands."""
    found = take_task(by=SYSTEM, at=at)
    assert found is not None
    return found


def codes() -> list[str]:
    """The instruments there are."""
    return sorted(db.session.scalars(db.select(Instrument.inner_code)))


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rows at a time."""
    monkeypatch.setattr(working, "PIECE", 3)


class Dies(Exception):
    """The machine went down."""


class DyingWatch(TaskWatch):
    """A worker that dies when it has come so far."""

    def __init__(self, mine: Taken, *, at_row: int) -> None:
        super().__init__(mine, clock)
        self.at_row = at_row

    def step(self, done: int, total: int) -> None:
        """Die at the row."""
        if done >= self.at_row:
            raise Dies
        super().step(done, total)


def test_an_import_by_pieces_saves_every_sound_row_and_names_the_others(app: Flask) -> None:
    owner = an_owner()
    task = a_list(owner, spoilt=4)

    work(mine := taken(), TaskWatch(mine, clock))

    found = task_seen_by(task.id, owner)
    assert (found.state, found.done, found.total) == (TaskState.DONE, 7, 7)
    assert {name: found.result[name] for name in ("created", "updated", "unchanged")} == {"created": 6, "updated": 0, "unchanged": 0}
    assert [(row["row"], row["code"]) for row in found.result["rejected"]] == [(5, "required")]
    assert codes() == ["C001", "C002", "C003", "C005", "C006", "C007"]


def test_a_worker_that_died_in_the_middle_is_followed_by_one_that_saves_the_rest_once(app: Flask) -> None:
    owner = an_owner()
    task = a_list(owner)
    first = taken()
    with pytest.raises(Dies):
        work(first, DyingWatch(first, at_row=3))
    saved_by_the_first = codes()

    too_early = take_task(by=SYSTEM, at=NOW + SILENT)
    work(second := taken(NOW + SILENT + timedelta(seconds=1)), TaskWatch(second, clock))

    found = task_seen_by(task.id, owner)
    assert saved_by_the_first == ["C001", "C002", "C003"]
    assert too_early is None
    assert (found.state, found.tries, found.result["created"], found.result["unchanged"]) == (TaskState.DONE, 2, 7, 0)
    assert codes() == [f"C{row:03}" for row in range(1, 8)]


def test_a_worker_thought_dead_that_comes_back_writes_nothing(firms: list[User]) -> None:
    clerk = an_officer(Role.BUREAU_CLERK)
    task = ask_replay([a_draft()], SEPTEMBER, name="x", by=clerk, at=NOW)
    slow = taken()
    work(quick := taken(NOW + SILENT + timedelta(seconds=1)), TaskWatch(quick, clock))

    work(slow, TaskWatch(slow, clock))

    assert (beat_task(slow, 1, 3, by=SYSTEM, at=NOW), take_task(by=SYSTEM, at=NOW + timedelta(days=1))) == (False, None)
    runs = list(db.session.scalars(db.select(LaboratoryRun)))
    assert [task_seen_by(task.id, clerk).result] == [{"run_id": run.id} for run in runs]
    assert [run.result["drafts"][0]["subsidy_fen"] for run in runs] == [40_000]


def test_work_that_takes_every_worker_with_it_is_given_up(app: Flask) -> None:
    owner = an_owner()
    task, at = a_list(owner), NOW
    for _ in range(3):
        taken(at)
        at += SILENT + timedelta(seconds=1)

    assert take_task(by=SYSTEM, at=at) is None
    found = task_seen_by(task.id, owner)
    assert (found.state, found.result["code"], codes()) == (TaskState.FAILED, "server_error", [])


def test_what_waits_is_cancelled_at_once_and_what_runs_between_two_pieces(app: Flask) -> None:
    owner = an_owner()
    waiting = a_list(owner)
    cancel_task(waiting.id, by=owner, at=NOW)
    running = a_list(owner)
    mine = taken()

    class Stopped(TaskWatch):
        def step(self, done: int, total: int) -> None:
            if done == 3:
                cancel_task(running.id, by=owner, at=NOW)
                self.is_over = not beat_task(mine, done, total, by=SYSTEM, at=NOW)
            super().step(done, total)

    work(mine, Stopped(mine, clock))

    found = task_seen_by(running.id, owner)
    assert task_seen_by(waiting.id, owner).state is TaskState.CANCELLED
    assert (found.state, found.done, found.total, found.result["created"]) == (TaskState.CANCELLED, 3, 7, 3)
    assert codes() == ["C001", "C002", "C003"]
    with pytest.raises(AlreadyDecided):
        cancel_task(running.id, by=owner, at=NOW)


def test_all_or_nothing_stays_one_transaction(app: Flask) -> None:
    owner = an_owner()
    content = "仪器名称,本单位编号\n镜,A1\n,A2\n".encode()
    token = keep_draft("list.csv", content, None, by=owner, at=NOW)
    task = ask_import(token, draft_of(token, owner).document or {}, rows=2, strict=True, by=owner, at=NOW)

    work(mine := taken(), TaskWatch(mine, clock))

    found = task_seen_by(task.id, owner)
    assert (found.state, found.result["code"], [row["row"] for row in found.result["rejected"]]) == (TaskState.FAILED, "invalid", [3])
    assert codes() == []


def test_work_of_somebody_who_may_no_more_is_refused(app: Flask) -> None:
    owner = an_owner()
    colleague = a_person(Role.OWNER_ADMIN, owner.organisation)
    task = a_list(colleague)
    disable_person(colleague.id, by=owner, at=NOW)

    work(mine := taken(), TaskWatch(mine, clock))

    assert (task_seen_by(task.id, colleague).state, task_seen_by(task.id, colleague).result["code"]) == (TaskState.FAILED, "forbidden")
    assert codes() == []


def test_a_task_is_seen_by_whoever_asked_and_the_administrator(app: Flask) -> None:
    owner = an_owner()
    task = a_list(owner)

    assert task_seen_by(task.id, a_person(Role.ADMIN, an_organisation(Kind.PLATFORM))).id == task.id
    for other in (an_owner(), an_officer(Role.BUREAU_CLERK), SYSTEM):
        with pytest.raises(NotFound):
            task_seen_by(task.id, other)
    with pytest.raises(Forbidden):
        ask_replay([a_draft()], SEPTEMBER, by=owner, at=NOW)


def test_rounds_in_which_nothing_was_due_are_one_row(app: Flask) -> None:
    for minute, did in enumerate([0, 0, 2, 0, 0]):
        moment = NOW + timedelta(minutes=minute)
        note_round({"uses that run over": did, "letters": 0}, moment, by=SYSTEM, at=moment)

    shown = [(row.began_at, row.ended_at, row.result) for row in newest_rounds()]
    assert shown == [
        (NOW + timedelta(minutes=3), NOW + timedelta(minutes=4), {}), (NOW + timedelta(minutes=2),) * 2 + ({"uses that run over": 2},),
        (NOW, NOW + timedelta(minutes=1), {}),
    ]  # fmt: skip


def test_the_time_left_goes_by_the_pace() -> None:
    begun = NOW - timedelta(seconds=10)

    assert [time_left(done, 300, begun, NOW) for done in (0, 100, 299, 300)] == [
        None, timedelta(seconds=20), timedelta(seconds=1), timedelta(0),
    ]  # fmt: skip
    assert (time_left(1, 2, None, NOW), time_left(1, 2, NOW, NOW)) == (None, None)
