"""The application, for servers and for `flask`."""

from __future__ import annotations

from equipment_share.app import create_app

app = create_app()
