"""The lock after five wrong passwords, and links for lost passwords: neither parallel tries nor strangers get round them."""

from __future__ import annotations

import time
from datetime import timedelta
from statistics import median

import pytest
from flask import Flask

from equipment_share.adapters.passwords import hashed
from equipment_share.domain.people import RESET_AGAIN, SignInRefused
from equipment_share.models.base import db
from equipment_share.models.outbox import AuditRow, Letter
from equipment_share.models.people import SignIn, SignInTry, User
from equipment_share.queries.people import link_of
from equipment_share.services.people import signin
from tests.builders import NOW, a_firm

GOOD = "Haining-2026-old"


def somebody() -> User:
    """A person with a password."""
    person = a_firm()
    person.password_hash = hashed(GOOD)
    db.session.commit()
    return person


def failed(person: User, times: int) -> None:
    """Wrong passwords that others tried just now."""
    db.session.rollback()
    db.session.add_all([SignInTry(email=person.email, address="10.0.0.9", succeeded=False, made_at=NOW) for _ in range(times)])
    db.session.commit()


def test_tries_at_the_same_moment_do_not_get_past_the_lock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person = somebody()
    failed(person, 4)

    def while_others_fail(_kept: str | None, _password: str) -> bool:
        failed(person, 1)
        return True

    monkeypatch.setattr(signin, "matches", while_others_fail)
    with pytest.raises(SignInRefused):
        signin.sign_in(person.email, GOOD, address="10.0.0.1", at=NOW)
    assert db.session.query(SignIn).count() == 0
    assert [row.succeeded for row in db.session.query(SignInTry)] == [False] * 6


def test_a_locked_account_costs_no_hash_and_opens_after_a_quarter_of_an_hour(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person, asked = somebody(), []
    failed(person, 5)
    monkeypatch.setattr(signin, "matches", lambda kept, password: asked.append(password) or True)
    with pytest.raises(SignInRefused):
        signin.sign_in(person.email, GOOD, address="10.0.0.1", at=NOW)
    assert asked == []
    assert signin.sign_in(person.email, GOOD, address="10.0.0.1", at=NOW + timedelta(minutes=15, seconds=1))


def _token() -> str:
    return str(db.session.query(Letter).filter_by(kind="password_reset").order_by(Letter.id.desc()).first().facts["token"])


def test_a_reset_asked_again_and_again_sends_one_letter_and_keeps_its_link_good(app: Flask) -> None:
    person = somebody()
    signin.ask_reset(person.email, at=NOW)
    first = _token()
    for second in range(1, 41):
        signin.ask_reset(person.email, at=NOW + timedelta(seconds=second))
    assert db.session.query(Letter).filter_by(kind="password_reset").count() == 1
    assert link_of(first, at=NOW + timedelta(minutes=1)) is not None

    signin.ask_reset(person.email, at=NOW + RESET_AGAIN)
    assert db.session.query(Letter).filter_by(kind="password_reset").count() == 2
    assert (link_of(first, at=NOW + RESET_AGAIN), link_of(_token(), at=NOW + RESET_AGAIN) is not None) == (None, True)


def test_a_link_that_was_used_keeps_nobody_from_the_next_one(app: Flask) -> None:
    person = somebody()
    signin.ask_reset(person.email, at=NOW)
    signin.use_link(_token(), "Haining-2026-new", at=NOW)
    signin.ask_reset(person.email, at=NOW)
    assert db.session.query(Letter).filter_by(kind="password_reset").count() == 2


def test_a_reset_of_a_known_and_an_unknown_address_does_the_same_work(app: Flask) -> None:
    person, spent = somebody(), {True: [], False: []}
    before = db.session.query(AuditRow).count()
    for turn in range(50):
        for known in (True, False):
            began = time.perf_counter()
            signin.ask_reset(person.email if known else "nobody@nowhere.example", at=NOW + turn * RESET_AGAIN)
            spent[known].append(time.perf_counter() - began)
    assert db.session.query(AuditRow).count() == before + 100
    assert abs(median(spent[True]) - median(spent[False])) < 0.015
