"""A form under one key: the same again leads to the same place, another one under it does not pass for it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from equipment_share.web.once import _fingerprint

FORM: dict[str, Any] = {"key": "k", "csrf_token": "t", "answer": "1", "programmes": ["HN", "SH"]}


def print_of(app: Flask, **more: Any) -> str:
    """What a form is known by."""
    with app.test_request_context(method="POST", data={**FORM, **more}):
        return _fingerprint()


@pytest.mark.parametrize(
    "changed",
    [
        {"answer": "2"}, {"programmes": ["HN"]}, {"programmes": ["HN", "TJ"]}, {"more": ""},
        {"plan": (io.BytesIO(b"%PDF-1.4 a"), "a.pdf")},
    ],
)  # fmt: skip
def test_whatever_is_changed_makes_another_form(app: Flask, changed: dict[str, Any]) -> None:
    assert print_of(app, **changed) != print_of(app)


def test_the_same_form_is_known_again_whatever_its_key_and_the_order_of_its_fields(app: Flask) -> None:
    assert print_of(app, key="other", csrf_token="other") == print_of(app, programmes=["SH", "HN"]) == print_of(app)


def test_another_file_under_the_same_name_is_another_form(app: Flask) -> None:
    one, two, again = (print_of(app, plan=(io.BytesIO(body), "a.pdf")) for body in (b"%PDF-1.4 a", b"%PDF-1.4 b", b"%PDF-1.4 a"))

    assert (one == again, one == two) == (True, False)
