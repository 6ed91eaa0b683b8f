"""Building block: how a long use case tells how far it is, and ends its task in the very transaction of its effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session


class Watch:
    """Nobody watches: the use case runs inside its request. `services/tasks.py` has the one that keeps a task."""

    def step(self, done: int, total: int) -> None:
        """So far of so much; a watcher may end the work here by raising."""

    def settle(self, session: Session, found: Mapping[str, Any]) -> None:
        """What came of it, inside the transaction that writes it; a watcher who has lost the task raises, and nothing is written."""


UNWATCHED = Watch()
