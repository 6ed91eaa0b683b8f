"""Hand one letter to the post: SMTP, a file, or the terminal."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

SENDER = "pool@localhost"


def post(mail_url: str, to: str, subject: str, body: str) -> None:
    """Send by `smtp://user:password@host:port`, `smtps://…` or `file:///folder/letters.txt`; empty keeps it in the house.

    Raises: OSError or SMTPException when the post does not take it.
    """
    letter = EmailMessage()
    letter["To"], letter["From"], letter["Subject"] = to, SENDER, subject
    letter.set_content(body)
    place = urlsplit(mail_url)
    if place.scheme == "file":
        with Path(place.path).open("a", encoding="utf-8") as box:
            box.write(letter.as_string() + "\n")
    elif place.scheme in ("smtp", "smtps"):
        kind = smtplib.SMTP_SSL if place.scheme == "smtps" else smtplib.SMTP
        with kind(place.hostname or "localhost", place.port or 0, timeout=10) as server:
            if place.username:
                server.login(unquote(place.username), unquote(place.password or ""))
            server.send_message(letter)
