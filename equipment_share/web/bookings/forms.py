"""Shapes of a wish and of what was used."""

from __future__ import annotations

from wtforms import IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from equipment_share.domain.money import Money
from equipment_share.models.instruments import Instrument
from equipment_share.queries.bookings.quoting import MOST_SAMPLES, BookingWish
from equipment_share.web.fields import InstantField, Line, PageForm, Text, most, required


class BookingForm(PageForm):
    """The shape of a wish; whether it may be granted is for the rules to say."""

    mode = SelectField("mode")
    start = InstantField("start", [required])
    end = InstantField("end", [required])
    samples = IntegerField("samples", [Optional(), NumberRange(0, MOST_SAMPLES)], default=0)
    purpose = Text("purpose", [most(500)])
    max_net_fen = Line("max_net_fen")

    def offer(self, instrument: Instrument) -> BookingForm:
        """Offer the instrument's modes."""
        self.mode.choices = list(instrument.modes) or ["guided"]
        return self

    def wish(self, instrument_id: int) -> BookingWish:
        """The one value this form makes; the net that was shown protects the firm."""
        shown = self.max_net_fen.data or ""
        limit = Money(int(shown)) if shown.isascii() and shown.isdecimal() and len(shown) < 14 else None
        return BookingWish(
            instrument_id,
            str(self.mode.data),
            self.start.data,
            self.end.data,
            self.samples.data or 0,
            self.purpose.data or "",
            "auto",
            limit,
        )


class UsageForm(PageForm):
    """What was used."""

    start = InstantField("start", [required])
    end = InstantField("end", [required])
    samples = IntegerField("samples", [Optional(), NumberRange(0, MOST_SAMPLES)], default=0)
    note = Line("note", [most(500)])


class AdjudicationForm(UsageForm):
    """What the bureau finds was used, and why."""

    reason = Line("reason", [required, most(500)])


class DisputeForm(PageForm):
    """What would be right, and why."""

    start = InstantField("start")
    end = InstantField("end")
    reason = Line("reason", [required, most(500)])
