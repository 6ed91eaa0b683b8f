"""The factory: settings, database, three doors; nothing else is wired here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

import equipment_share.models  # noqa: F401 - every table must be known before the first question
from equipment_share.adapters import clock
from equipment_share.adapters.seal import set_audit_key
from equipment_share.api.blueprints import register as open_api
from equipment_share.cli.commands import register as open_cli
from equipment_share.config import settle
from equipment_share.models.base import db
from equipment_share.web.blueprints import register as open_web

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Mapping[str, object] | None = None) -> Flask:
    """Build one application.

    Raises: BadSettings when the settings are unsafe.
    """
    app = Flask("equipment_share", instance_path=str(ROOT / "instance"), instance_relative_config=True)
    settle(app, settings)
    set_audit_key(str(app.config["AUDIT_KEY"]))
    moved = str(app.config["CLOCK_FILE"])
    clock.follow(Path(moved) if moved else None)
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), compare_type=True)
    open_web(app)
    open_api(app)
    open_cli(app)
    return app
