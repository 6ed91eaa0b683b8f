"""Settings: defaults, then `instance/config.py`, then the environment, then what a test hands in."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from flask import Flask

NAMES = (
    "DATABASE_URL", "SECRET_KEY", "AUDIT_KEY", "RATE_LIMITS", "MAIL_URL", "BASE_URL", "SERVER_WORKERS", "CLOCK_FILE", "ENVIRONMENT",
    "TRUSTED_PROXIES", "METRICS", "DATABASE_POOL", "WORKER_PAUSE", "TASK_PAUSE",
)  # fmt: skip


class BadSettings(Exception):
    """The house refuses to start like this, and says why."""


def settle(app: Flask, settings: Mapping[str, object] | None) -> None:
    """Put every setting in its place.

    Raises: BadSettings in production when a secret is missing, made up or the address is not https.
    """
    app.config.from_mapping(
        RATE_LIMITS="on", MAIL_URL="", BASE_URL="http://127.0.0.1:5000", ENVIRONMENT="local", CLOCK_FILE="", METRICS="", TRUSTED_PROXIES="0",
        MAX_CONTENT_LENGTH=20 * 1024 * 1024 + 65536, MAX_FORM_MEMORY_SIZE=500_000, MAX_FORM_PARTS=1000, DATABASE_POOL="4",
        WORKER_PAUSE="20", TASK_PAUSE="1",
        BABEL_DEFAULT_LOCALE="zh", BABEL_DEFAULT_TIMEZONE="Asia/Shanghai", SQLALCHEMY_TRACK_MODIFICATIONS=False,
        SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", WTF_CSRF_TIME_LIMIT=None,
    )  # fmt: skip
    app.config.from_pyfile("config.py", silent=True)
    app.config.from_mapping({name: os.environ[name] for name in NAMES if os.environ.get(name)})
    app.config.from_mapping(settings or {})
    in_production = app.config["ENVIRONMENT"] == "production"
    for name in ("SECRET_KEY", "AUDIT_KEY"):
        if not app.config.get(name):
            if in_production:
                raise BadSettings(f"{name} must be set in production")
            app.config[name] = _kept_secret(Path(app.instance_path), name.lower())
    url = str(app.config.get("DATABASE_URL") or f"sqlite:///{Path(app.instance_path) / 'equipment_share.db'}")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url, int(app.config["DATABASE_POOL"]))
    if in_production:
        _refuse_unsafe(app)


def _engine_options(url: str, pool: int) -> dict[str, object]:
    if url.startswith("sqlite"):
        return {"pool_size": 20, "max_overflow": 20}
    return {"pool_size": pool, "max_overflow": 4, "pool_pre_ping": True}


def _kept_secret(folder: Path, name: str) -> str:
    """A secret made once for this installation and kept beside its database, readable by its user alone."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as fresh:
            fresh.write(secrets.token_hex(32))
    except FileExistsError:
        pass  # another process was first, or it is there from an earlier start
    return path.read_text().strip()


def _refuse_unsafe(app: Flask) -> None:
    if app.debug or app.config.get("CLOCK_FILE"):
        raise BadSettings("neither debug nor CLOCK_FILE in production")
    if not str(app.config["BASE_URL"]).startswith("https://"):
        raise BadSettings("BASE_URL must be https in production")
    app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME="__Host-session")
