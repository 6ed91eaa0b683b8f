"""A real headless Chromium that can write Chinese and asks nobody outside this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
from playwright.sync_api import sync_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """A browser; `CHROMIUM` names the program, else it is looked for."""
    program = shutil.which(os.environ.get("CHROMIUM") or "chromium")
    if not program:
        raise RuntimeError("no Chromium: run the tests through `python3 dev.py test`")
    with tempfile.TemporaryDirectory() as home:
        fonts = Path(home) / "fonts"
        fonts.mkdir()
        for font in Path(noto_cjk_sans_otc.__file__).parent.rglob("*.tt[cf]"):
            (fonts / font.name).symlink_to(font)
        with sync_playwright() as playwright:
            env = {**os.environ, "XDG_DATA_HOME": home}
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS, env=env)
            try:
                yield browser
            finally:
                browser.close()
