"""How much room the disk has where the house keeps its things."""

from __future__ import annotations

import shutil
from pathlib import Path


def room(folder: Path) -> tuple[int, int]:
    """Free and whole size in bytes of the disk below a folder, or below the nearest one that is there."""
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total
