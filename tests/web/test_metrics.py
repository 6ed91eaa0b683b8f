"""`/metrics` is closed by default, open to whom the setting names, and says what waits."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.builders import a_booking, a_firm, an_instrument, an_owner, tuesday


def test_metrics_are_closed_until_a_setting_opens_them(app: Flask, client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404

    app.config["METRICS"] = "a-long-token"

    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a-long-token"}).status_code == 200


def test_metrics_on_this_machine_count_requests_that_wait(app: Flask, client: FlaskClient) -> None:
    app.config["METRICS"] = "local"
    owner, firm = an_owner(), a_firm()
    a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))

    text = client.get("/metrics").get_data(as_text=True)

    assert "equipment_share_bookings_submitted 1.0" in text
    assert "\nequipment_share_letters_waiting 1.0" in text
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 404
