"""What narrows a page looks the same on every page: labels above their fields, the button in line with them."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.access import Role
from tests.builders import a_programme, an_officer
from tests.support.people import signed_in

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
OF_THE_AUDITOR = ["/audit", "/audit/accounts", "/audit/records", "/audit/find", "/bureau/exceptions/", "/bureau/reports", "/publicity"]
OF_THE_CLERK = ["/bureau/period-end", "/bureau/inspections/", "/claims?show=all"]


def test_every_list_is_narrowed_by_one_kind_of_bar_and_each_field_in_it_has_its_label(app: Flask, client: FlaskClient) -> None:
    a_programme()
    for role, pages in ((Role.AUDITOR, OF_THE_AUDITOR), (Role.BUREAU_CLERK, OF_THE_CLERK)):
        signed_in(client, an_officer(role))
        for page in pages:
            bars = re.findall(r'<form class="card filters no-print" role="search".*?</form>', client.get(page).text, re.DOTALL)

            assert len(bars) == 1, page
            for name in re.findall(r'<(?:select|input) id="([^"]+)"', bars[0]):
                assert f'<label for="{name}">' in bars[0], (page, name)
