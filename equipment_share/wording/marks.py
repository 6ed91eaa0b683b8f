"""The marks between words, as the reader's language sets them: in a list, after a label, around an aside; and an amount."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext, pgettext

from equipment_share.domain.money import Money


def joined(parts: Iterable[object]) -> str:
    """Some things of a kind in one line: `contract, invoice`."""
    return str(pgettext("list", ", ")).join(str(part) for part in parts)


def in_clauses(parts: Iterable[object]) -> str:
    """What is said of one thing after another: `every week, 6 times`; Chinese has another mark for it than for a list."""
    return str(gettext(", ")).join(str(part) for part in parts)


def apart(parts: Iterable[object]) -> str:
    """The same where the parts have commas themselves: `50 %, 30 %; everybody 20 %`."""
    return str(gettext("; ")).join(str(part) for part in parts)


def labelled(label: object, text: object) -> str:
    """What is said about something: `Name: text`."""
    return f"{label}{gettext(': ')}{text}"


def aside(text: object) -> str:
    """What is said in brackets, the blank before them too where the language has one."""
    return str(gettext(" (%(text)s)", text=text))


def amount_words(amount: Money | int) -> str:
    """`¥1,234.50`; fen may come as a number out of a kept quote."""
    fen = amount.fen if isinstance(amount, Money) else amount
    sign = "\u2212" if fen < 0 else ""
    return f"{sign}\u00a5{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
