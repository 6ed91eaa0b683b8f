"""The platform administrator's pages: jobs, mail, keys of programs, health. Whatever is done here is a use case that others have too."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import make_url

from equipment_share.adapters.clock import now
from equipment_share.adapters.disk import room
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Invalid
from equipment_share.domain.house import LATE, POST_TRIES, TIGHT, is_silent
from equipment_share.queries.house import engine_name, keys_found, letters_counted, letters_found, schema_version
from equipment_share.queries.journal import chain_state
from equipment_share.queries.outbox import pulse
from equipment_share.queries.tasks import newest_rounds, newest_tasks
from equipment_share.services.jobs import due_now
from equipment_share.services.outbox import post_again
from equipment_share.services.people.signin import end_token
from equipment_share.web.access import may, me
from equipment_share.web.fields import asked, typed
from equipment_share.wording import refusal_words

house = Blueprint("house", __name__, url_prefix="/admin")
LETTERS = ("waiting", "failed", "sent")
MANY_ROWS = 100_000
"""A chain longer than this is walked on the audit page, when somebody asks."""


@house.get("/jobs")
@may(Act.SEE_HOUSE)
def jobs() -> ResponseReturnValue:
    """What is due, what the worker did, and long work of everybody."""
    return render_template("house/jobs.html", due=due_now(at=now()), rounds=newest_rounds(), tasks=newest_tasks(20), at=now())


@house.get("/mail")
@may(Act.SEE_HOUSE)
def mail() -> ResponseReturnValue:
    """Letters that wait, that were given up, that went."""
    wanted, q = request.args.get("state", "waiting"), asked("q", most=100)
    state = wanted if wanted in LETTERS else "waiting"
    return render_template(
        "house/mail.html", rows=letters_found(me(), state=state, q=q), counts=letters_counted(me(), q), state=state, states=LETTERS,
        most=POST_TRIES, q=q,
    )  # fmt: skip


@house.post("/mail/again")
@may(Act.POST_AGAIN)
def mail_again() -> ResponseReturnValue:
    """Let the post try what it gave up once more."""
    count = post_again(by=me(), at=now())
    flash(ngettext("%(num)s letter goes out with the next round.", "%(num)s letters go out with the next round.", count))
    return redirect(url_for(".mail"), 303)


@house.get("/keys")
@may(Act.SEE_HOUSE)
def keys() -> ResponseReturnValue:
    """Keys of programs that work: whose, what they may, until when."""
    return _keys()


def _keys(key: int = 0, refusal: Invalid | None = None) -> str:
    """The list; of a key that was not ended, what was typed and why it was not."""
    q = asked("q", most=100)
    words = refusal_words(refusal.problems[0].code, refusal.problems[0].facts) if refusal else ""
    return render_template("house/keys.html", rows=keys_found(me(), q=q, at=now()), q=q, key=key, words=words, shown=request.form)


@house.post("/keys/<number:token_id>/end")
@may(Act.END_KEYS)
def end_key(token_id: int) -> ResponseReturnValue:
    """End anybody's key, its name typed back."""
    try:
        found = end_token(token_id, named=typed("name"), by=me(), at=now())
    except Invalid as refusal:
        return _keys(token_id, refusal), 422
    flash(
        gettext(
            "The key %(name)s of %(person)s has ended. A program that uses it is turned away from now on.",
            name=found.name,
            person=found.user.called,
        )
    )
    return redirect(url_for(".keys", q=asked("q", most=100) or None), 303)


@house.get("/health")
@may(Act.SEE_HOUSE)
def health() -> ResponseReturnValue:
    """Database, migration, chain, worker, mail, disk."""
    url = make_url(str(current_app.config["SQLALCHEMY_DATABASE_URI"]))
    folder = Path(url.database).parent if url.get_backend_name() == "sqlite" and url.database else Path(current_app.instance_path)
    free, whole = room(folder)
    figures = {name: value for name, (_, value) in pulse(now()).items()}
    last = next(iter(newest_rounds(1)), None)
    return render_template(
        "house/health.html", engine=engine_name(), there=schema_version(), wanted=newest_migration(), free=free // 2**30, whole=whole // 2**30,
        share=free * 100 // whole, tight=TIGHT, late=LATE.total_seconds(), figures=figures, last=last,
        alive=not is_silent(last.ended_at if last else None, now()),
        chain=chain_state() if figures["audit_rows"] <= MANY_ROWS else None, at=now(),
    )  # fmt: skip


def newest_migration() -> str | None:
    """The migration that this code expects."""
    config = Config()
    config.set_main_option("script_location", str(current_app.extensions["migrate"].directory))
    return ScriptDirectory.from_config(config).get_current_head()
