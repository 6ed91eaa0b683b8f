"""The lines of a comparison in words: what each instrument can do, costs beside the time, and asks of who books it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext, ngettext

from equipment_share.domain.periods import bureau_day
from equipment_share.models.instruments import Instrument
from equipment_share.queries.bookings.boards import answer_time
from equipment_share.queries.instruments.comparing import extras, spec_lines
from equipment_share.queries.instruments.favourites import Rated, ratings_among
from equipment_share.queries.instruments.instruments import rules_in_force
from equipment_share.web.filters import minutes_words, percent, price_words, stars
from equipment_share.web.naming import bilingual
from equipment_share.wording import word
from equipment_share.wording.marks import joined

Line = tuple[str, list[str]]
"""What is compared, and what each instrument says of it; nothing where one says nothing."""


def compared_lines(rows: Sequence[Instrument], *, at: datetime) -> list[Line]:
    """Everything beside price and next free time, the facts that decide first; a constant number of questions for each instrument."""
    if not rows:
        return []
    offered = extras(rows, bureau_day(at))
    return [
        (gettext("Voucher"), [gettext("can be used") if row.takes_vouchers else gettext("cannot be used") for row in rows]),
        (gettext("Mode of service"), [joined(word("mode", mode) for mode in row.modes) for row in rows]),
        (gettext("Extras"), [joined(price_words(item) for item in items) for items in offered]),
        *_rule_lines(rows),
        (gettext("Rating"), _ratings(rows)),
        (gettext("Usually answers within"), [_answers(row, at=at) for row in rows]),
        (gettext("Class"), [bilingual(row.category) if row.category else "" for row in rows]),
        (gettext("Maker"), [row.manufacturer for row in rows]),
        (gettext("Model"), [row.model for row in rows]),
        *((bilingual(named), said) for named, said in spec_lines(rows)),
        (gettext("Specification"), [row.tech_spec for row in rows]),
        (gettext("Functions"), [row.functions for row in rows]),
        (gettext("Services"), [row.services for row in rows]),
        (gettext("Where to go"), [row.whereabouts for row in rows]),
        (gettext("Contact"), [row.contact_phone for row in rows]),
    ]


def _rule_lines(rows: Sequence[Instrument]) -> list[Line]:
    rules = [rules_in_force(row) for row in rows]
    return [
        (gettext("Shortest time"), [minutes_words(rule.shortest_minutes) for rule in rules]),
        (gettext("Longest time"), [minutes_words(rule.max_minutes) for rule in rules]),
        (
            gettext("Book ahead at least"),
            [minutes_words(rule.lead_minutes) if rule.lead_minutes else gettext("no notice") for rule in rules],
        ),
        (gettext("Cancel free of charge until"), [_before(rule.cancel_cutoff_minutes) for rule in rules]),
        (gettext("Cancelling later costs"), [gettext("%(share)s of the fee", share=percent(rule.cancel_fee_bp)) for rule in rules]),
        (gettext("Training"), [gettext("needed first") if rule.authorisation_required else gettext("not needed") for rule in rules]),
    ]


def _before(minutes: int) -> str:
    return gettext("%(time)s before the start", time=minutes_words(minutes)) if minutes else gettext("the start")


def _ratings(rows: Sequence[Instrument]) -> list[str]:
    found = ratings_among({row.id for row in rows})
    return [_rating(found[row.id]) if row.id in found else "" for row in rows]


def _rating(rated: Rated) -> str:
    uses = ngettext("from %(num)s rated use", "from %(num)s rated uses", rated.count)
    return f"{stars(rated.tenths)} {uses}"


def _answers(row: Instrument, *, at: datetime) -> str:
    usual, count = answer_time(row.owner_id, at=at)
    return minutes_words(usual) if count else ""
