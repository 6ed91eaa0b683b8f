"""Evidence that a firm belongs to a class: what a proof needs, what it writes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

from equipment_share.domain.errors import Problem

WARNED_DAYS = 30
"""So many days before a tag or a voucher ends, its firm is told."""
LONGEST_NUMBER = 60
_TAG = re.compile(r"[a-z][a-z0-9_]{1,39}")


class ProofState(StrEnum):
    """A proof is looked at once."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REFUSED = "refused"


def proof_problems(tag: str, number: str, valid_until: date | None, *, has_file: bool, on: date) -> list[Problem]:
    """Why a proof cannot be handed in: it names a class, a number or a file, and a last good day that is not over.

    Units: bureau days. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#proofs
    """
    found = []
    if not _TAG.fullmatch(tag):
        found.append(Problem("not_a_code" if tag else "required", "tag"))
    if not number.strip() and not has_file:
        found.append(Problem("required", "number"))
    if len(number.strip()) > LONGEST_NUMBER:
        found.append(Problem("too_long_text", "number", {"most": LONGEST_NUMBER}))
    if valid_until is None:
        found.append(Problem("required", "valid_until"))
    elif valid_until < on:
        found.append(Problem("in_the_past", "valid_until"))
    return found


def with_tag(tags: Iterable[Mapping[str, object]], tag: str, valid_until: date) -> list[dict[str, object]]:
    """A firm's tags after a proof was accepted: of two last days the later one counts.

    Units: bureau days, the last one included. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#proofs
    """
    rows = [{"tag": row["tag"], "valid_until": row.get("valid_until")} for row in tags]
    known = [str(row["valid_until"]) for row in rows if row["tag"] == tag and row["valid_until"]]
    last = max([valid_until.isoformat(), *known])
    return [*(row for row in rows if row["tag"] != tag), {"tag": tag, "valid_until": last}]


def ending_tags(tags: Sequence[Mapping[str, object]], on: date) -> list[tuple[str, date]]:
    """The tags that end within the days of warning, today included.

    Units: bureau days. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#proofs
    """
    ends = [(str(row["tag"]), date.fromisoformat(str(row["valid_until"]))) for row in tags if row.get("valid_until")]
    return [(tag, last) for tag, last in ends if on <= last <= on + timedelta(days=WARNED_DAYS)]
