"""Use case: a firm has a formal quotation made, whose prices stand until its last day."""

from __future__ import annotations

from datetime import datetime, timedelta

from equipment_share.adapters.tokens import short_code
from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.options import Options
from equipment_share.domain.errors import Forbidden, Invalid, Problem
from equipment_share.domain.periods import bureau_day
from equipment_share.models.bookings import Quotation
from equipment_share.queries.bookings.quoting import BookingWish, quote_for
from equipment_share.queries.instruments.instruments import instrument_seen_by
from equipment_share.services.bookings.asking import verified_firm
from equipment_share.services.transaction import record, transaction, use_case

GOOD_DAYS = 30
PRICED_ANYWAY = frozenset({"lead_time", "horizon", "outside_opening_hours", "maintenance", "quota_exceeded", "not_authorised", "too_close",
                           "banned"})  # fmt: skip
"""What stands against a slot, not against a price: a quotation reserves no time."""


@use_case
def make_quotation(wish: BookingWish, *, by: Actor, at: datetime) -> Quotation:
    """Freeze the prices of a wish for the firm until its last good day, with the share that vouchers would bear today.

    No time and no voucher is reserved: the booking asks for both.
    Raises: Forbidden, NotVerified, NotFound, Invalid with what is wrong with the wish itself.
    """
    require(by, Act.QUOTE)
    if by.organisation_id is None or by.id is None:
        raise Forbidden()
    with transaction() as session:
        instrument = instrument_seen_by(wish.instrument_id, None)
        firm = verified_firm(by.organisation_id)
        quoted = quote_for(wish, instrument, firm, user_id=by.id, at=at)
        broken = [problem for problem in quoted.problems if not _is_of_the_slot(problem)]
        if broken or quoted.tariff is None:
            raise Invalid(broken)

        made = Quotation(
            number=f"Q{at:%y%m%d}-{short_code(8)}", firm_id=firm.id, user_id=by.id, instrument_id=instrument.id, wish=kept_wish(wish),
            tariff=quoted.tariff.document(), user_class=quoted.tariff.user_class, quote=quoted.quote.document(),
            valid_until=bureau_day(at) + timedelta(days=GOOD_DAYS), made_at=at,
        )  # fmt: skip
        session.add(made)
        record(session, "quotation", made, "quotation_made", by=by, at=at, facts={"gross_fen": quoted.quote.gross.fen})
    return made


def _is_of_the_slot(problem: Problem) -> bool:
    return problem.code in PRICED_ANYWAY or problem.field.startswith("answers")


def kept_wish(wish: BookingWish) -> dict[str, object]:
    """A wish as a quotation keeps it."""
    programmes = "auto" if wish.programmes == "auto" else list(wish.programmes)
    return {
        "mode": wish.mode, "start": wish.start.isoformat(), "end": wish.end.isoformat(), "samples": wish.samples, "purpose": wish.purpose,
        "programmes": programmes, "options": wish.options.document(),
    }  # fmt: skip


def wish_of_quotation(row: Quotation) -> BookingWish:
    """The wish a quotation was made for."""
    kept = row.wish
    return BookingWish(
        row.instrument_id, kept["mode"], datetime.fromisoformat(kept["start"]), datetime.fromisoformat(kept["end"]), samples=kept["samples"],
        purpose=kept["purpose"], options=Options.parse(kept["options"]), quotation=row.id,
    )  # fmt: skip
