"""What every answer carries, and which addresses are read at all."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request, session
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Number(BaseConverter):
    r"""A key in a path: ASCII digits, no sign, no leading zero, at most 18 of them (Python's own `\\d` takes more)."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)


def wire(app: Flask) -> None:
    """Headers on every answer, trusted hosts in production, proxies only by setting."""
    app.url_map.converters["number"] = Number
    app.after_request(dress)
    if app.config["ENVIRONMENT"] == "production":
        app.config["TRUSTED_HOSTS"] = [urlsplit(str(app.config["BASE_URL"])).netloc]
    if proxies := int(app.config["TRUSTED_PROXIES"]):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]


def dress(response: Response) -> Response:
    """The same headers on pages, errors and files."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store" if session.get("sign_in") else "no-cache")
        response.vary.add("Cookie")
    return response
