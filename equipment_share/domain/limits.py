"""How often in a minute one person, or who is not signed in from one address, may do what costs the house much; the same at every door."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """A kind of call and how many of it pass in a minute."""

    name: str
    a_minute: int


BOOKINGS, QUOTES = Limit("bookings", 120), Limit("quotes", 600)
"""Reliability DO03: single ones, baskets, series and tables are all requests."""
FILES = Limit("files", 60)
REGISTRATIONS, RESETS, SIGN_INS = Limit("registrations", 30), Limit("resets", 30), Limit("sign_ins", 60)
"""An office behind one address comes through; a program that guesses does not."""
