"""How often somebody came within a minute, counted together by all server processes of one machine.

One small file mapped into every process: the limit is one limit however many workers serve (`contract.md` §2, 120 bookings
and 600 quotes a minute). It goes by the real clock, for it guards the machine and no rule of the pool looks at it.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import struct
import threading
import time
import weakref
from functools import cache
from pathlib import Path

from equipment_share.domain.limits import Limit
from equipment_share.domain.people import TooManyTries

_ROW = struct.Struct("<QQQ")
_ROWS = 8192
_MINUTE = 60


class Turnstile:
    """Counts of who did what, a fixed minute each. Two names that share a row forget each other: never a wrong refusal."""

    def __init__(self, path: Path) -> None:
        """Open or make the file beside the installation."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        weakref.finalize(self, os.close, self._file)
        self._lock = threading.Lock()
        os.ftruncate(self._file, _ROW.size * _ROWS)
        self._rows = mmap.mmap(self._file, _ROW.size * _ROWS)

    def passes(self, who: str, most: int) -> int:
        """Count one call; 0 when it may pass, else the seconds until it may."""
        name = int.from_bytes(hashlib.blake2b(who.encode(), digest_size=8).digest(), "little") or 1
        at, now = (name % _ROWS) * _ROW.size, int(time.time())
        with self._lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                known, began, count = _ROW.unpack_from(self._rows, at)
                if known != name or not began <= now < began + _MINUTE:
                    began, count = now, 0
                if count < most:
                    _ROW.pack_into(self._rows, at, name, began, count + 1)
                    return 0
                return int(began + _MINUTE - now)
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)


@cache
def _turnstile_in(folder: str) -> Turnstile:
    """The one counter of an installation, opened when the first limited call comes, so that nothing is made by commands that need none."""
    return Turnstile(Path(folder) / "turnstile")


def slow_down(limit: Limit, whom: str, *, house: str, folder: str) -> None:
    """Count one call of a kind that is limited; `house` keeps two databases of one installation apart.

    Raises: TooManyTries.
    """
    seconds = _turnstile_in(folder).passes(f"{house} {limit.name} {whom}", limit.a_minute)
    if seconds:
        raise TooManyTries(seconds=seconds)
