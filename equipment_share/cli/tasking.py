"""The worker's hand for long work: take a task, let a second thread tell how far it is, do it to its end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from equipment_share.adapters.clock import now
from equipment_share.models.people import SYSTEM
from equipment_share.queries.tasks import is_work_free
from equipment_share.services.tasks import TaskWatch, beat_task, take_task
from equipment_share.services.working import work


def _pause(app: Flask) -> float:
    """Seconds between two looks, and between two signs of life."""
    return float(app.config["TASK_PAUSE"])


def work_all(app: Flask) -> int:
    """Do every task that waits; answers how many were taken."""
    count = 0
    while is_work_free(now()):
        taken = take_task(by=SYSTEM, at=now())
        if taken is None:
            break
        watch = TaskWatch(taken, now)
        with _pulse(app, watch):
            work(taken, watch)
        count += 1
    return count


@contextmanager
def _pulse(app: Flask, watch: TaskWatch) -> Iterator[None]:
    """While the work goes on, a thread of its own says so, and hears whether it should stop."""
    stop = threading.Event()

    def beat() -> None:
        with app.app_context():
            while not stop.wait(_pause(app)):
                try:
                    if not beat_task(watch.taken, watch.done, watch.total, by=SYSTEM, at=now()):
                        watch.is_over = True
                except Exception:  # a beat that fails is followed by the next one
                    app.logger.exception("task %s: a sign of life was not written", watch.taken.id)

    thread = threading.Thread(target=beat, name="pulse", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def work_tasks_until(app: Flask, stop: threading.Event) -> None:
    """Do long work as it comes; what fails is written down, and taken anew when it has been silent for a minute."""
    while not stop.wait(_pause(app)):
        try:
            with app.app_context():
                work_all(app)
        except Exception:
            app.logger.exception("a task failed; it is tried again")
