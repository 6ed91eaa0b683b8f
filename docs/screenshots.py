#!/usr/bin/env python3
"""Photograph every page: `.venv/bin/python docs/screenshots.py --out FOLDER`, then open FOLDER/index.html.

Without `--base` it makes a small demonstration pool of its own and serves it. With `--base http://…` it photographs what is served there,
as the demonstration's own people. Pages are found by following links (tests/support/pages.py). Pictures are never committed.
"""

from __future__ import annotations

import argparse
import contextlib
import html
import re
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from equipment_share.app import create_app
from tests.support.browser import chromium
from tests.support.eyes import SETTLED, Look, Reader
from tests.support.pages import ROLES, STATES, Example, Pages, find, roles_in_turn, shared_out
from tests.support.servers import serving
from tests.support.town import build_town

SHEET = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title>
<style>body{font:14px system-ui;margin:16px}section{display:flex;gap:12px;overflow-x:auto;align-items:start}figure{margin:0}
img{display:block;max-height:420px;border:1px solid #999}</style><h1>Every page</h1>"""


def asked(words: list[str]) -> argparse.Namespace:
    """What to photograph."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", help="a served demonstration; default: one made for the occasion")
    parser.add_argument("--out", type=Path, required=True, help="folder for pictures and index.html")
    parser.add_argument("--pages", nargs="*", default=[], help="names or beginnings of names: desk bookings.show")
    parser.add_argument("--roles", nargs="*", choices=ROLES, help="every page in each of these roles; default: once, in one that sees it")
    parser.add_argument("--themes", nargs="*", choices=("light", "dark"), default=["light", "dark"])
    parser.add_argument("--languages", nargs="*", choices=("zh", "en"), default=["zh", "en"])
    parser.add_argument("--widths", nargs="*", type=int, default=[390, 1280])
    parser.add_argument("--instruments", type=int, default=40, help="size of the pool made for the occasion")
    parser.add_argument("--bookings", type=int, default=160)
    return parser.parse_args(words)


@contextlib.contextmanager
def served(wish: argparse.Namespace) -> Iterator[tuple[str, Pages, list[Example]]]:
    """Where it is served, its pages, and the states worth a look."""
    quiet = {"SECRET_KEY": "x", "AUDIT_KEY": "x"}
    if wish.base:
        yield wish.base.rstrip("/"), Pages(create_app({**quiet, "DATABASE_URL": "sqlite:///never-opened.db"})), list(STATES)
        return
    with tempfile.TemporaryDirectory() as folder:
        url, settings, states = build_town(Path(folder), instruments=wish.instruments, bookings=wish.bookings)
        with serving(url, settings) as base:
            yield base, Pages(create_app({**settings, "DATABASE_URL": url})), states


def photograph(reader: Reader, example: Example, wish: argparse.Namespace) -> list[Path]:
    """One page in every theme and width."""
    taken = []
    for theme, width in product(wish.themes, wish.widths):
        reader.open(example, Look(theme, width))
        height = reader.page.evaluate("document.documentElement.scrollHeight")
        reader.page.set_viewport_size({"width": width, "height": height})  # what sticks to the foot of the window stays at the foot
        reader.page.evaluate(SETTLED)
        name = re.sub(r"[^a-z0-9]+", "_", example.name.lower())
        taken.append(wish.out / f"{name}-{reader.role}-{reader.language}-{theme}-{width}.png")
        reader.page.screenshot(path=str(taken[-1]), full_page=True)
    return taken


def main(words: list[str]) -> None:
    """Photograph, and lay the pictures out."""
    wish = asked(words)
    wish.out.mkdir(parents=True, exist_ok=True)
    shown: dict[str, list[Path]] = {}
    with served(wish) as (base, pages, states), chromium() as browser:
        readers: dict[tuple[str, str], Reader] = {}

        def reader_of(role: str, language: str) -> Reader:
            if (role, language) not in readers:
                readers[role, language] = Reader(browser, base, role, language)
            return readers[role, language]

        def walk(role: str) -> dict[str, str]:
            return find(pages, role, reader_of(role, wish.languages[0]).window.request, base)

        found = {role: walk(role) for role in wish.roles} if wish.roles else roles_in_turn(pages, walk, states, everybody=False)
        looks = shared_out(
            found, everybody=bool(wish.roles), states=[state for state in states if not wish.roles or state.role in wish.roles]
        )
        chosen = [one for one in looks if not wish.pages or one.name.startswith(tuple(wish.pages))]
        for language, example in product(wish.languages, chosen):
            print(language, example.name, example.role, flush=True)
            shown.setdefault(f"{example.name} · {example.role}", []).extend(photograph(reader_of(example.role, language), example, wish))
    (wish.out / "index.html").write_text(SHEET + "".join(row(title, files) for title, files in sorted(shown.items())))


def row(title: str, files: list[Path]) -> str:
    """One page's pictures side by side."""
    pictures = (f'<figure><a href="{file.name}"><img loading="lazy" src="{file.name}" alt=""></a>{told(file)}</figure>' for file in files)
    return f"<h2>{html.escape(title)}</h2><section>{''.join(pictures)}</section>"


def told(file: Path) -> str:
    """What a picture shows, from its name."""
    return f"<figcaption>{html.escape(' '.join(file.stem.split('-')[-3:]))}</figcaption>"


if __name__ == "__main__":
    main(sys.argv[1:])
