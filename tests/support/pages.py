"""Every page of the house, found as people find it: from one link to the next, in a role that may; what no link leads to has its example here."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from equipment_share.domain.access import MAY, Act, Role

ROLES = (
    "visitor", "firm_admin", "owner_admin", "bureau_clerk", "auditor", "admin", "bureau_reviewer", "bureau_leader", "finance", "firm_user",
    "owner_operator",
)  # fmt: skip
"""In this order a page is given to the first who finds it: those with most pages of their own come first."""
FILE = re.compile(r"\.(css|csv|json|xlsx|pdf|svg|ics|<.*form>)$")
"""How the address of a file ends."""
NO_PAGES = {
    "static": "a file", "pages.healthz": "for machines", "pages.readyz": "for machines", "metrics.figures": "for machines",
    "instruments.photo": "a picture", "instruments.photo_on_a_card": "a picture", "bookings.answer_file": "a file", "claims.paper": "a file", "proofs.paper": "a file",
}  # fmt: skip
"""What else answers a GET and is not for reading in a browser."""
LEAD_ON = {"books.find", "programmes.draft"}
"""Addresses that only lead on to another page."""


@dataclass(frozen=True)
class Example:
    """One address that shows a page, or a state of it that no link leads to."""

    name: str
    path: str
    role: str = ""
    """Who meets it; empty where whoever may see the page does."""
    status: int = 200


STATES = (
    Example("errors.not_found", "/nowhere", "visitor", 404),
    Example("errors.forbidden", "/audit", "firm_user", 403),
    Example("people.link", "/link/over", "visitor", 400),
    Example("instruments.index, nothing found", "/instruments?q=zzzzzz", "visitor"),
    Example("people.home, things wait", "/me", "bureau_clerk"),
    Example("claims.index, claims wait", "/claims", "owner_admin"),
)
"""Pages that only a mistake, a letter or bad luck leads to."""


@dataclass
class Pages:
    """The pages by name, from the URL map; where an address leads, and who may open it."""

    app: Flask
    names: dict[str, Act] = field(init=False)

    def __post_init__(self) -> None:
        reading = (rule.endpoint for rule in self.app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not FILE.search(rule.rule))
        self.names = {
            name: self.app.view_functions[name].act  # type: ignore[union-attr]
            for name in sorted(set(reading))
            if name not in NO_PAGES and not name.startswith("api.")
        }

    def of(self, path: str) -> str:
        """The page behind an address of this house, or nothing."""
        try:
            name = str(self.app.url_map.bind("house").match(urlsplit(path).path)[0])
        except (HTTPException, RequestRedirect):
            return ""
        return name if name in self.names else ""

    def seen_by(self, role: str) -> list[str]:
        """The pages that a role may open."""
        return [name for name, act in self.names.items() if Role(role) in MAY[act]]

    def plain(self) -> dict[str, str]:
        """Pages whose address needs nothing filled in."""
        rules = (rule for rule in self.app.url_map.iter_rules() if rule.endpoint in self.names and not rule.arguments)
        return {rule.endpoint: rule.rule for rule in rules}


def roles_in_turn(
    pages: Pages, find_for: Callable[[str], dict[str, str]], states: Sequence[Example], *, everybody: bool
) -> dict[str, dict[str, str]]:
    """What each role finds; asked in turn until no page is missing, or (`everybody`) all of them."""
    found: dict[str, dict[str, str]] = {}
    for role in ROLES:
        found[role] = find_for(role)
        if not everybody and not missing(pages, found, states):
            break
    return found


def find(pages: Pages, role: str, request: Any, base: str) -> dict[str, str]:
    """One address for each page that the role may open and that a link on its own pages leads to."""
    mine = set(pages.seen_by(role))
    found: dict[str, str] = {}
    read: set[str] = set()
    queue = [path for name, path in pages.plain().items() if name in mine]
    for path in queue:  # grows while links are found
        name = pages.of(path)
        if name in read:
            continue
        read.add(name)
        answer = request.get(base + path, max_redirects=0)
        assert answer.status < 500, f"{path} answers {answer.status} to {role}"
        if answer.status != 200:
            read.discard(name)  # another address of it may serve
            continue
        found.setdefault(name, path)
        queue += [link for link in links(answer.text()) if pages.of(link) in mine - set(found)]
        if set(found) == mine:
            break
    return found


def links(text: str) -> Iterator[str]:
    """The addresses on this house that a page links to."""
    for target in re.findall(r'\shref="([^"#]+)', text):
        if target.startswith("/"):
            yield html.unescape(target)


def missing(pages: Pages, found: Mapping[str, Mapping[str, str]], states: Sequence[Example] = STATES) -> set[str]:
    """Pages that nobody found: no link leads there, and there is no example of it."""
    known = {name for paths in found.values() for name in paths} | {example.name for example in states}
    return set(pages.names) - known - LEAD_ON


def shared_out(found: Mapping[str, Mapping[str, str]], *, everybody: bool, states: Sequence[Example] = STATES) -> list[Example]:
    """What to look at: every page once, in the first role that finds it, or (`everybody`) in every role that does."""
    given: set[str] = set()
    looks = []
    for role, paths in found.items():
        for name, path in paths.items():
            if everybody or name not in given:
                given.add(name)
                looks.append(Example(name, path, role))
    return looks + list(states)
