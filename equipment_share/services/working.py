"""What a worker does with a task: each kind is the same use case as inside a request, watched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from equipment_share.adapters.tables import Row, Table, read_table
from equipment_share.domain.access import Actor
from equipment_share.domain.errors import Refusal
from equipment_share.domain.exchange.mapping import ColumnMap, parse_mapping
from equipment_share.domain.periods import Period
from equipment_share.domain.tasks import TaskKind, TaskState
from equipment_share.models.people import SYSTEM
from equipment_share.queries.instruments.exchange import draft_of
from equipment_share.queries.tasks import asker_of
from equipment_share.services.instruments.catalogue_import import Imported, import_catalogue
from equipment_share.services.laboratory import run_laboratory
from equipment_share.services.tasks import Taken, TaskLost, TaskStopped, TaskWatch, end_task

PIECE = 100
"""Rows saved in one transaction: what a stop, or the death of a worker, can cost at most."""
SAVED = ("created", "updated", "unchanged")


def work(taken: Taken, watch: TaskWatch) -> None:
    """Do a task to its end; a refusal is its result, a stop keeps what was done, a lost task writes nothing."""
    clock = watch.clock
    try:
        by = asker_of(taken.asked_by_id)
        KINDS[taken.kind](taken, watch, by)
    except TaskStopped:
        end_task(taken, TaskState.CANCELLED, by=SYSTEM, at=clock())
    except TaskLost:
        return
    except Refusal as refusal:
        end_task(taken, TaskState.FAILED, {"code": refusal.code, "facts": dict(refusal.facts)}, by=SYSTEM, at=clock())


def _replay(taken: Taken, watch: TaskWatch, by: Actor) -> None:
    wanted = taken.arguments
    run_laboratory(wanted["drafts"], Period.parse(wanted["period"]), name=wanted["name"], watch=watch, by=by, at=watch.clock())


def _import(taken: Taken, watch: TaskWatch, by: Actor) -> None:
    draft = draft_of(taken.arguments["draft"], by)
    owner_id, mapping = draft.owner_id, parse_mapping(taken.arguments["document"])
    table = read_table(draft.content, draft.name)
    trial = import_catalogue(table, mapping, owner_id, dry_run=True, by=by, at=watch.clock())
    watch.step(0, len(table.rows))
    if not taken.arguments["strict"]:
        _import_by_pieces(table, mapping, owner_id, trial, watch, by)
    elif trial.count("rejected"):
        end_task(taken, TaskState.FAILED, {"code": "invalid", **trial.document(), **dict.fromkeys(SAVED, 0)}, by=SYSTEM, at=watch.clock())
    else:
        import_catalogue(table, mapping, owner_id, strict=True, watch=watch, by=by, at=watch.clock())


class PieceWatch(TaskWatch):
    """Keeps an import that goes by pieces: each adds to the counts and moves the mark in the transaction that saves its rows."""

    def __init__(self, whole: TaskWatch, first: Mapping[str, Any]) -> None:
        super().__init__(whole.taken, whole.clock)
        self.first, self.last_row = first, 0

    def settle(self, session: Session, found: Mapping[str, Any]) -> None:
        """Add a piece.

        Raises: TaskLost.
        """
        task = self.held()
        so_far = task.result or self.first
        task.result = {kind: so_far[kind] + found[kind] for kind in SAVED} | {
            "rejected": [*so_far["rejected"], *found["rejected"]], "last_row": self.last_row,
        }  # fmt: skip
        task.beat_at = self.clock()


def _import_by_pieces(table: Table, mapping: ColumnMap, owner_id: int, trial: Imported, watch: TaskWatch, by: Actor) -> None:
    """Save the rows that the trial would take, from where an earlier worker stopped."""
    first = {**trial.document(), **dict.fromkeys(SAVED, 0), "last_row": 0}
    after = int((watch.taken.result or first)["last_row"])
    good = {verdict.row for verdict in trial.verdicts if verdict.kind in SAVED}
    left = [row for row in table.rows if row.number in good and row.number > after]
    keeper = PieceWatch(watch, first)
    for piece in _pieces(left):
        watch.step(sum(row.number < piece[0].number for row in table.rows), len(table.rows))
        keeper.last_row = piece[-1].number
        import_catalogue(Table(table.header, piece), mapping, owner_id, watch=keeper, by=by, at=watch.clock())
    end_task(watch.taken, TaskState.DONE, {} if good else first, by=SYSTEM, at=watch.clock())


def _pieces(rows: Sequence[Row]) -> list[tuple[Row, ...]]:
    return [tuple(rows[start : start + PIECE]) for start in range(0, len(rows), PIECE)]


KINDS: dict[TaskKind, Callable[[Taken, TaskWatch, Actor], None]] = {TaskKind.LABORATORY: _replay, TaskKind.CATALOGUE: _import}
"""Each kind of task: the use case that it is."""
