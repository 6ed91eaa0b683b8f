"""`flask worker` and `flask prepare`: due jobs, and everything a first start needs."""

from __future__ import annotations

import threading
import time

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_babel import force_locale
from flask_migrate import upgrade

from equipment_share.adapters.clock import now
from equipment_share.adapters.mail import post
from equipment_share.cli.demo import SIGN_INS
from equipment_share.cli.tasking import work_all, work_tasks_until
from equipment_share.models.base import db
from equipment_share.models.people import SYSTEM
from equipment_share.queries.people import fact, is_empty
from equipment_share.services.demo import PASSWORD, load_demo
from equipment_share.services.jobs import run_due
from equipment_share.services.outbox import deliver_letters
from equipment_share.services.tasks import note_round
from equipment_share.wording import word
from equipment_share.wording.letters import letter_text


def _once() -> None:
    began = now()
    done = run_due(at=began)
    mail_url, base = str(current_app.config["MAIL_URL"]), str(current_app.config["BASE_URL"])
    with force_locale("zh"):  # letters are read in Chinese first
        sent = deliver_letters(lambda to, kind, facts: post(mail_url, to, word("letter", kind), letter_text(base, kind, facts)), at=now())
    note_round({**done, "letters": sent}, began, by=SYSTEM, at=now())
    db.session.remove()
    if sent or any(done.values()):
        click.echo(", ".join(f"{name}: {count}" for name, count in {**done, "letters": sent}.items() if count))


def work_until(app: Flask, stop: threading.Event) -> None:
    """Run what is due, again and again; a pass that fails is written down and tried anew. Long work has a thread of its own beside it."""
    threading.Thread(target=work_tasks_until, args=(app, stop), name="tasks", daemon=True).start()
    pause = float(app.config["WORKER_PAUSE"])
    while not stop.wait(pause):
        try:
            with app.app_context():
                _once()
        except Exception:
            app.logger.exception("a pass of the worker failed; the next one is in %s s", pause)


@click.command("worker")
@click.option("--once", is_flag=True, help="Run what is due and stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Run due jobs (expiry, no-shows, confirmation, e-mail) until stopped."""
    if once:
        _once()
        work_all(current_app._get_current_object())  # type: ignore[attr-defined]
        return
    work_until(current_app._get_current_object(), threading.Event())  # type: ignore[attr-defined]


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Migrate the database, load the demonstration pool into an empty one, print the demo sign-ins."""
    began = time.monotonic()
    upgrade()
    click.echo(f"= database migrated: {time.monotonic() - began:.1f} s")
    if is_empty():
        began = time.monotonic()
        counts = load_demo(at=now())
        click.echo(f"= demonstration pool {counts}: {time.monotonic() - began:.1f} s")
    if fact("demo"):
        click.echo(f"= demo sign-ins, password {PASSWORD}: {', '.join(SIGN_INS)}")
