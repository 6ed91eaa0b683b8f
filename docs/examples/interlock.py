"""Switch an instrument on while somebody is checked in, with the standard library only.

    python3 docs/examples/interlock.py BASE_URL INSTRUMENT TOKEN ON_COMMAND OFF_COMMAND

TOKEN is a read token of the owner (`flask token create EMAIL --scope read`). The commands drive whatever relay is there, for instance
`gpioset 0 17=1` and `gpioset 0 17=0`. When the pool cannot be reached the relay stays as it is: a cut cable ends nobody's measurement.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request

EVERY = 15
"""Seconds between two looks."""


def in_use(base: str, instrument: str, token: str) -> bool | None:
    """Whether somebody is checked in and not yet out; None when it cannot be known."""
    address = f"{base}/api/v1/bookings?status=in_use&instrument={instrument}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            rows = json.load(answer)["items"]
    except (urllib.error.URLError, TimeoutError, ValueError):
        return None
    return any(all(step["event"] != "checked_out" for step in row["history"]) for row in rows)


def step(was: bool | None, now: bool | None, on: str, off: str) -> bool | None:
    """Drive the relay when the answer changed; answers what it stands at."""
    if now is None or now == was:
        return was
    subprocess.run(shlex.split(on if now else off), check=False)
    print("on" if now else "off", flush=True)
    return now


def main() -> None:
    """Look again and again."""
    base, instrument, token, on, off = sys.argv[1:6]
    stands: bool | None = None
    while True:
        stands = step(stands, in_use(base, instrument, token), on, off)
        time.sleep(EVERY)


if __name__ == "__main__":
    main()
