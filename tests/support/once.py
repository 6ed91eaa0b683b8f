"""What every test would compile anew, because every test has an application of its own: addresses, templates, statements.

Here they are compiled once a process. Nothing that a test could see depends on it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from werkzeug.routing import Rule

_build_rule, _make_engine = Rule._compile_builder, SQLAlchemy._make_engine
_engines: dict[str, Engine] = {}


def compile_once() -> None:
    """Let all applications of this process share what is compiled."""
    Rule._compile_builder = _rule_once  # type: ignore[method-assign]
    SQLAlchemy._make_engine = _engine_once  # type: ignore[method-assign]
    Flask.jinja_options = {"bytecode_cache": _Templates()}


@cache
def _builder(rule: str, trace: tuple[tuple[bool, str], ...], unknown: bool) -> Any:
    of = Rule(rule)
    of._trace = list(trace)
    return _build_rule(of, unknown)


def _rule_once(rule: Rule, append_unknown: bool = True) -> Any:
    return _build_rule(rule, append_unknown) if rule.defaults else _builder(rule.rule, tuple(rule._trace), append_unknown)


def _engine_once(self: SQLAlchemy, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
    """One engine an address; it keeps the statements that it has compiled, its connections end with `dispose`."""
    key = f"{bind_key} {sorted((name, str(value)) for name, value in options.items())}"
    if key not in _engines:
        _engines[key] = _make_engine(self, bind_key, options, app)
    return _engines[key]


class _Templates(BytecodeCache):
    """Compiled templates in memory, told apart by their text."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key, bucket.checksum] = bucket.code
