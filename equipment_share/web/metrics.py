"""Figures for the people who keep the machine running: `GET /metrics`, closed unless the setting METRICS opens it."""

from __future__ import annotations

import hmac
import os
import time

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from equipment_share.adapters.clock import now
from equipment_share.queries.outbox import pulse
from equipment_share.web.access import public

metrics = Blueprint("metrics", __name__)
ANSWERS = Counter("http_answers_total", "Answers by page and status", ["endpoint", "status"])
SECONDS = Histogram("http_seconds", "Seconds until an answer", ["endpoint"], buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10))
LOOPBACK = ("127.0.0.1", "::1")


def watch(app: Flask) -> None:
    """Count every answer."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def count(answer: Response) -> Response:
        endpoint = request.endpoint or "none"
        ANSWERS.labels(endpoint, answer.status_code).inc()
        SECONDS.labels(endpoint).observe(time.perf_counter() - g.get("began", time.perf_counter()))
        return answer


@metrics.get("/metrics")
@public
def figures() -> ResponseReturnValue:
    """Answers, seconds, and the pulse of the house, in Prometheus's text format.

    METRICS is empty (closed), `local` (this machine only), or a token that the asker sends as a bearer.
    """
    setting = str(current_app.config["METRICS"])
    told = request.headers.get("Authorization", "").removeprefix("Bearer ")
    is_local = setting == "local" and request.remote_addr in LOOPBACK
    if not setting or not (is_local or (setting != "local" and hmac.compare_digest(told.encode(), setting.encode()))):
        abort(404)
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(ANSWERS)
        registry.register(SECONDS)
    for name, (text, value) in pulse(now()).items():
        Gauge(f"equipment_share_{name}", text, registry=registry, multiprocess_mode="mostrecent").set(value)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
