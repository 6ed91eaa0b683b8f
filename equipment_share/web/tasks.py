"""Long work as one sees it: what, how far, how long still, stop; and what came of it."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.adapters.sheets import csv_bytes
from equipment_share.domain.access import Act
from equipment_share.domain.house import is_silent
from equipment_share.domain.tasks import OPEN, time_left
from equipment_share.models.tasks import Task
from equipment_share.queries.tasks import round_ended_at, task_seen_by, tasks_of
from equipment_share.services.tasks import cancel_task
from equipment_share.web.access import may, me
from equipment_share.wording import refusal_words

tasks = Blueprint("tasks", __name__, url_prefix="/tasks")


@tasks.get("/")
@may(Act.OWN_ACCOUNT)
def index() -> ResponseReturnValue:
    """What I asked for, the newest first."""
    return render_template("tasks/index.html", rows=tasks_of(me()))


@tasks.get("/<number:task_id>")
@may(Act.OWN_ACCOUNT)
def show(task_id: int) -> ResponseReturnValue:
    """One piece of long work; the page looks again by itself, with script or without."""
    found = task_seen_by(task_id, me())
    is_open = found.state in OPEN
    if not is_open and "HX-Request" in request.headers:
        return Response(headers={"HX-Refresh": "true"})  # it has ended: the whole page says how
    left = time_left(found.done, found.total, found.began_at, now()) if is_open else None
    seconds = left // timedelta(seconds=1) if left is not None else None
    return render_template(
        "tasks/show.html", task=found, is_open=is_open, seconds_left=seconds, minutes_left=None if seconds is None else -(-seconds // 60),
        refusal=_refusal(found), silent=is_open and is_silent(round_ended_at(), now()),
    )  # fmt: skip


def _refusal(found: Task) -> str:
    code = found.result.get("code")
    return refusal_words(code, found.result.get("facts", {})) if code else ""


@tasks.post("/<number:task_id>/cancel")
@may(Act.OWN_ACCOUNT)
def cancel(task_id: int) -> ResponseReturnValue:
    """Stop it at the next place where that is safe."""
    cancel_task(task_id, by=me(), at=now())
    flash(gettext("It stops at the next safe place. What was saved until then stays."))
    return redirect(url_for(".show", task_id=task_id), 303)


@tasks.get("/<number:task_id>/rejected.csv")
@may(Act.OWN_ACCOUNT)
def rejected(task_id: int) -> ResponseReturnValue:
    """The rows that were not taken, each with its reason."""
    found = task_seen_by(task_id, me())
    rows = [(row["row"], row["column"], refusal_words(row["code"], {})) for row in found.result.get("rejected", [])]
    answer = Response(csv_bytes(("row", "column", "reason"), rows), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = attachment(f"task-{task_id}-rejected.csv")
    return answer
