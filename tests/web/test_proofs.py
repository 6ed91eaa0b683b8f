"""The firm's page of proofs, and the bureau's queue and answer."""

from __future__ import annotations

import io
import re

from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.access import Role
from equipment_share.models.base import db
from equipment_share.models.people import Organisation
from tests.builders import a_firm, a_programme, an_officer
from tests.support.people import signed_in


def test_a_proof_goes_from_the_firms_page_through_the_queue_to_a_tag(app: Flask, client: FlaskClient) -> None:
    a_programme()
    firm, clerk = a_firm(tags=()), an_officer(Role.BUREAU_CLERK)
    signed_in(client, firm)

    refused = client.post("/proofs/", data={"tag": "tech_sme", "number": "", "valid_until": ""})
    sent = client.post(
        "/proofs/", data={"tag": "tech_sme", "number": "33010", "valid_until": "2099-03-31", "file": (io.BytesIO(b"%PDF-1.4"), "c.pdf")}
    )
    own = client.get("/proofs/").text
    signed_in(client, clerk)
    queue = client.get("/proofs/").text
    target = re.search(r"/proofs/(\d+)/accept", queue)
    assert target is not None
    answer = client.post(f"/proofs/{target[1]}/accept")
    page = client.get(answer.headers["Location"]).text

    assert (refused.status_code, sent.status_code, answer.status_code) == (422, 303, 303)
    assert ("33010" in own, firm.organisation.name in queue, "33010" in page) == (True, True, True)
    found = db.session.get_one(Organisation, firm.organisation_id)
    assert found.tags == [{"tag": "tech_sme", "valid_until": "2099-03-31"}]


def test_a_refusal_asks_for_a_reason_and_the_file_is_for_the_firm_and_the_bureau(app: Flask, client: FlaskClient) -> None:
    a_programme()
    firm, rival, clerk = a_firm(tags=()), a_firm(), an_officer(Role.BUREAU_CLERK)
    signed_in(client, firm)
    client.post("/proofs/", data={"tag": "tech_sme", "valid_until": "2099-03-31", "file": (io.BytesIO(b"%PDF-1.4"), "c.pdf")})
    file = re.search(r"/proofs/files/[\w-]+", client.get("/proofs/").text)
    assert file is not None

    seen = {}
    for who in (firm, rival, clerk):
        signed_in(client, who)
        seen[who.id] = client.get(file[0]).status_code
    silent = client.post("/proofs/1/refuse", data={"reason": " "})
    said = client.post("/proofs/1/refuse", data={"reason": "看不清"})
    signed_in(client, firm)

    assert list(seen.values()) == [200, 404, 200]
    assert (silent.status_code, said.status_code) == (422, 303)
    assert "看不清" in client.get("/proofs/").text


def test_the_form_marks_what_is_needed_and_says_that_number_or_file_is_enough(app: Flask, client: FlaskClient) -> None:
    a_programme()
    firm = a_firm()
    firm.language = "en"
    db.session.commit()
    signed_in(client, firm)

    page = client.get("/proofs/").text
    bare = client.post("/proofs/", data={"tag": "tech_sme", "number": "", "valid_until": "2099-03-31"})
    by_file = client.post("/proofs/", data={"tag": "tech_sme", "valid_until": "2099-03-31", "file": (io.BytesIO(b"%PDF-1.4"), "c.pdf")})

    marked = [
        re.sub("<[^>]*>", "", words).strip()
        for words in re.findall(r"<(?:label|legend)[^>]*>(.*?)</(?:label|legend)>", page)
        if "*" in words
    ]
    assert marked == ["Class of firm *", "Last good day *", "What shows it *"]
    assert "one of the two is needed" in page
    assert "holds without one" in page  # the bureau has noted a class: no proof is no fault
    assert (bare.status_code, 'id="number-error"' in bare.text, by_file.status_code) == (422, True, 303)
