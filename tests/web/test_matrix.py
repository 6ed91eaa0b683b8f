"""Every page answers every role as the matrix of `reliability.md` §4 says; a page that is not listed here fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, g, url_for
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from equipment_share.models.people import User
from equipment_share.wording import refusal_words
from tests.support.people import signed_in
from tests.web.world import World, a_world, address

LETTERS = {
    "u": "firm_user", "a": "firm_admin", "o": "owner_operator", "m": "owner_admin", "c": "bureau_clerk", "r": "bureau_reviewer",
    "l": "bureau_leader", "f": "finance", "t": "auditor", "p": "admin",
}  # fmt: skip
ALL = "-uaomcrlftp"
"""`-` is a visitor."""
PAGES = {
    "pages.home": ALL, "help.guide": ALL, "help.tour": ALL, "help.dismiss": ALL, "pages.language": ALL, "pages.healthz": ALL, "pages.readyz": ALL, "static": ALL,
    "instruments.index": ALL, "instruments.show": ALL, "instruments.week": ALL, "instruments.photo": ALL, "instruments.photo_on_a_card": ALL, "reports.publicity": ALL,
    "instruments.compare": ALL, "instruments.usage": ALL, "statistics.index": ALL, "statistics.download": ALL,
    "favourites.mine": ALL[1:], "favourites.keep": ALL[1:], "favourites.drop": ALL[1:], "rating.create": "ua",
    "people.sign_in": ALL, "people.enter": ALL, "people.register": ALL, "people.create": ALL, "people.reset": ALL, "people.send_reset": ALL,
    "people.account": ALL[1:], "people.new_password": ALL[1:], "people.new_token": ALL[1:], "people.home": ALL[1:], "people.papers": "uaom",
    "people.leave": ALL[1:], "team.index": "amp", "team.organisation": "amp", "team.keep": "am", "team.invite": "amp", "team.again": "amp", "team.disable": "amp", "team.restore": "amp", "team.give_role": "amp",
    "tasks.index": ALL[1:], "styleguide.show": ALL, "styleguide.themes": ALL,
    "bookings.index": "uaomcrlft", "bookings.show": "uaomcrlft", "bookings.calendar": "uaomcrlft", "bookings.new": "ua", "bookings.create": "ua", "bookings.quote": "ua", "bookings.decide": "c",
    "bookings.answer_file": "uaom", "bookings.cancel": "uaom", "bookings.confirm": "ua", "bookings.dispute": "ua", "bookings.arrive": "uaom", "bookings.depart": "uaom",
    "planning.change": "ua", "planning.propose": "om", "planning.take_proposal": "ua", "planning.take_offer": "ua", "planning.leave_offer": "ua",
    "planning.waiting": "ua", "planning.wait": "ua", "planning.leave": "ua", "planning.series": "ua", "planning.all_series": "ua",
    "planning.show_series": "ua", "planning.add": "ua", "planning.cancel_dates": "ua", "planning.basket": "ua", "planning.put": "ua", "planning.remove": "ua", "planning.send": "ua",
    "planning.links": "uaom", "planning.link": "uaom", "instruments.calendar": ALL,
    "desk.board": "om", "desk.new_offer": "om", "desk.make_offer": "om", "desk.offer_price": "om", "desk.samples": "om",
    "kiosk.show": "uaom", "kiosk.arrive": "uaom", "kiosk.depart": "uaom", "kiosk.report": "uaom",
    "upkeep.index": "om", "upkeep.close": "m", "upkeep.open_again": "m", "upkeep.save_defaults": "m", "upkeep.take_out": "om", "upkeep.mended": "om",
    "staff.index": "p", "staff.show": "p", "staff.new": "p", "staff.invite": "p", "staff.again": "p", "staff.give_role": "p", "staff.disable": "p", "staff.restore": "p",
    "house.jobs": "p", "house.mail": "p", "house.mail_again": "p", "house.keys": "p", "house.end_key": "p", "house.health": "p",
    "administration.calendar": "p", "administration.name": "p", "administration.forget": "p",
    "desk.index": "om", "desk.run": "om", "desk.approve": "om", "desk.approve_many": "om", "desk.reject": "om", "desk.propose": "om", "desk.arrive": "om", "desk.depart": "om", "desk.usage": "om",
    "desk.no_show": "om", "desk.answer": "om", "effects.hours": "m", "effects.closure": "om", "prices.effect": "m", "insight.index": "om", "insight.download": "om", "insight.money": "m", "insight.money_file": "m",
    "details.specs": "m", "details.save_specs": "m", "owner.index": "om", "owner.show": "om", "owner.new": "m", "owner.create": "m", "owner.edit": "m", "owner.save": "m",
    "quotations.index": "ua", "quotations.create": "ua", "quotations.show": "ua", "quotations.paper": "ua", "prices.index": "m", "prices.publish": "m",
    "owner.new_price": "m", "owner.close": "om", "owner.reopen": "om", "owner.listing": "crl", "owner.questions": "m", "owner.ask": "m", "owner.poster": "om", "owner.add_picture": "m",
    "owner.remove_picture": "m", "training.ask": "ua", "training.index": "om", "training.grant": "om",
    "training.refuse": "om", "training.end": "om", "training.authorise_person": "om", "exchange.new": "m", "exchange.keep": "m", "exchange.trial": "m", "exchange.remap": "m",
    "exchange.save": "m", "exchange.download": "om",
    "vouchers.wallet": "ua", "vouchers.apply": "a", "vouchers.show": "uacrlft", "vouchers.journal": "uacrlft", "vouchers.index": "crlft", "vouchers.download": "crlft", "vouchers.decide": "cr",
    "bank_accounts.propose": "amcrl", "bank_accounts.confirm": "crl", "bank_accounts.refuse": "crl", "bank_accounts.withdraw": "amcrl",
    "care.index": "crlft", "care.download": "crlft", "care.remind": "c", "proofs.index": "uacrlft", "proofs.hand_in": "a", "proofs.accept": "c", "proofs.refuse": "c", "proofs.paper": "uacrlft",
    "programmes.index": "crlft", "programmes.show": "crlft", "programmes.new": "c", "programmes.create": "c", "programmes.publish": "r",
    "programmes.preview": "c", "programmes.draft": "crlft", "programmes.download": "crlft", "programmes.sample": "crlft",
    "laboratory.index": "crlft", "laboratory.run": "crlf", "laboratory.show": "crlft", "laboratory.download": "crlft",
    "claims.index": "amcrlft", "claims.show": "amcrlft", "claims.papers": "uaom", "claims.paper": "uaomcrlft",
    "claims.add_paper": "uaom", "claims.decide": "c", "claims.decide_many": "amcrlft", "claims.dispose": "crl", "claims.write_down": "c",
    "adjustments.index": "amcrlft", "adjustments.adjust": "cr", "adjustments.decide": "r", "adjustments.period_end": "crlft", "adjustments.divide": "cr",
    "batches.index": "crlft", "batches.show": "crlft", "batches.payment": "crlft", "batches.create": "c", "batches.step": "c",
    "exceptions.index": "crlft", "exceptions.download": "crlft", "exceptions.dispose": "crl", "inspections.index": "crlft",
    "inspections.draw": "crl", "inspections.show": "crlft", "inspections.population": "crlft", "inspections.record": "crl",
    "bureau.index": "crlft", "bureau.owners": "crlft", "bureau.finance": "crlft",
    "batches.refuse": "rl", "batches.bank_return": "f", "batch_files.sheet": "crlft", "batch_files.again": "crlft", "batch_files.template": "crlft",
    "reports.index": "mcrlft", "reports.reconcile": "mcrlft", "reports.download": "mcrlft", "reports.audit": "tp", "records.index": "tp", "records.download": "tp", "records.find": "tp",
    "statements.show": "mcrlft", "statements.download": "mcrlft", "statements.own": "am", "statements.own_show": "am", "statements.own_download": "am",
    "books.index": "crlft", "books.show": "crlft", "books.download": "crlft", "books.way": "uamcrlft", "books.find": "uamcrlft",
    "organisations.index": "crlftp", "organisations.show": "crlftp", "organisations.verify": "crlp", "organisations.suspend": "crlp",
    "organisations.describe": "crl",
}  # fmt: skip
NOT_HERE = {
    "planning.unlink": "one's own link only (tests/api/test_calendars)",
    "tasks.show": "one's own only (test_tasks)", "tasks.cancel": "one's own only (test_tasks)", "tasks.rejected": "one's own only (test_tasks)",
    "metrics.figures": "closed unless a setting opens it (test_metrics)",
    "people.link": "whoever holds the one-time link", "people.use": "whoever holds the one-time link",
    "people.stop_token": "one's own token only: others' are not found (below)",
}  # fmt: skip
ELSEWHERE: dict[str, str] = {"bank_accounts.propose": "m", "bank_accounts.withdraw": "mcrl"}
"""Roles that may open such a page, but whose own things are not where the world points."""
FOREIGN = {
    "firm_admin_2": (
        "bookings.show", "bookings.calendar", "bookings.cancel", "bookings.confirm", "bookings.dispute", "bookings.arrive", "bookings.depart", "vouchers.show",
        "claims.show", "claims.papers", "claims.paper", "claims.add_paper", "team.disable", "team.restore", "team.again", "team.give_role", "people.stop_token",
        "planning.change", "planning.take_proposal", "planning.take_offer", "planning.leave_offer", "planning.leave", "planning.show_series",
        "planning.add", "planning.cancel_dates", "kiosk.arrive", "kiosk.depart", "bookings.answer_file", "rating.create", "proofs.paper", "bank_accounts.propose", "bank_accounts.withdraw", "quotations.show", "quotations.paper", "books.way", "books.find",
    ),
    "owner_admin_2": (
        "bookings.show", "bookings.calendar", "bookings.cancel", "bookings.arrive", "bookings.depart", "desk.approve", "desk.reject", "effects.hours", "effects.closure", "prices.effect", "desk.propose", "desk.arrive", "desk.depart", "desk.usage", "desk.no_show",
        "desk.answer", "owner.show", "owner.edit", "owner.save", "owner.new_price", "prices.index", "prices.publish", "owner.close", "owner.reopen",
        "owner.add_picture", "owner.remove_picture", "training.grant", "training.refuse", "training.end", "exchange.trial", "exchange.remap", "exchange.save", "claims.show", "claims.papers",
        "claims.paper", "claims.add_paper", "owner.questions", "owner.ask", "details.specs", "details.save_specs", "owner.poster", "upkeep.open_again", "upkeep.take_out",
        "upkeep.mended", "bank_accounts.propose", "bank_accounts.withdraw", "desk.samples", "planning.propose", "kiosk.arrive", "kiosk.depart", "bookings.answer_file", "books.way", "books.find",
    ),
}  # fmt: skip
"""Pages that point at another organisation's things: not found, as if they were not there."""


FILLED = {
    f"{form}{end}": f"2026-09-09T1{hour}:00" for form in ("change-", "propose-", "") for end, hour in (("start", 0), ("end", 1))
} | {"until": "2030-01-01T10:00", "date": "2026-09-09"}  # fmt: skip
"""Enough of a form that only the wall can refuse it."""


def _rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("api."):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, method


def _ask(client: FlaskClient, app: Flask, world: World, rule: Rule, method: str, person: User | None) -> tuple[int, str, str]:
    if person is None:
        with client.session_transaction() as kept:
            kept.clear()
        g.pop("_login_user", None)
    else:
        signed_in(client, person)
    with app.test_request_context():
        target = url_for(rule.endpoint, **address(world, rule.endpoint, set(rule.arguments), person))
    answer = client.open(target, method=method, data={"reason": "", "listing": "open"} if method == "POST" else None)
    return answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True) if answer.status_code == 403 else ""


def _is_page(rule: Rule) -> bool:
    return rule.endpoint not in NOT_HERE


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_every_page_answers_every_role_as_the_matrix_says(app: Flask, client: FlaskClient) -> None:
    world, wrong, asked = a_world(app), [], 0
    four_eyes = [refusal_words(code, {}) for code in ("second_person_required", "conflict_of_interest")]

    for rule, method in _rules(app):
        if not _is_page(rule):
            continue
        allowed = PAGES[rule.endpoint]
        for letter in ALL:
            person = None if letter == "-" else world.people[LETTERS[letter]]
            status, location, page = _ask(client, app, world, rule, method, person)
            asked += 1
            if letter in ELSEWHERE.get(rule.endpoint, ""):
                if status != 404:
                    wrong.append(f"{letter} {method} {rule.endpoint}: {status}, and it is not theirs")
            elif letter in allowed:
                told_no = status == 403 and not any(words in page for words in four_eyes)
                if (
                    status >= 500
                    or status in (401, 404, 405)
                    or told_no
                    or (letter != "-" and "/sign-in" in location and rule.endpoint != "people.leave")
                ):
                    wrong.append(f"{letter} {method} {rule.endpoint}: {status}, and may")
            elif letter == "-" and not (status == 302 and location.startswith("/sign-in")):
                wrong.append(f"visitor {method} {rule.endpoint}: {status} {location}")
            elif letter != "-" and status != 403:
                wrong.append(f"{letter} {method} {rule.endpoint}: {status}, and may not")

    assert wrong == [], "\n".join(wrong)
    assert asked > 900


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_every_page_is_in_the_matrix(app: Flask) -> None:
    assert {rule.endpoint for rule, _ in _rules(app)} == set(PAGES) | set(NOT_HERE)


@pytest.mark.parametrize("who", FOREIGN)
def test_another_organisations_things_are_not_found(app: Flask, client: FlaskClient, who: str) -> None:
    world, found, asked = a_world(app), {}, 0

    for rule, method in _rules(app):
        if rule.endpoint in FOREIGN[who]:
            person = world.people[who]
            with app.test_request_context():
                own = address(world, rule.endpoint, set(rule.arguments), world.people["firm_admin"])
                target = url_for(rule.endpoint, **own)
            signed_in(client, person)
            status = client.open(
                target, method=method, data={**FILLED, "role": "firm_user", "reason": "x"} if method == "POST" else None
            ).status_code
            asked += 1
            if status != 404:
                found[f"{method} {rule.endpoint}"] = status

    assert found == {}
    assert asked >= len(FOREIGN[who])
