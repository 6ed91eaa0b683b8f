"""The dates that an RFC 5545 rule names, by python-dateutil."""

from __future__ import annotations

import itertools
from datetime import datetime

from dateutil.rrule import rrulestr

from equipment_share.domain.errors import invalid


def dates_of(rule: str, first: datetime, most: int) -> list[datetime]:
    """The first dates of a rule from a wall-clock time on, `most` and one more at most, so that too many can be told.

    Raises: Invalid `bad_rule`.
    """
    try:
        return list(itertools.islice(rrulestr(rule, dtstart=first), most + 1))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise invalid("bad_rule", "rrule") from None
