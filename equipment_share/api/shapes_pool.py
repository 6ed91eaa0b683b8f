"""The documents of the pool: instruments alone and in lists, their closures and prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from equipment_share.api.plain import fen, key, local
from equipment_share.api.shapes import Shape, party
from equipment_share.domain.bookings.life import Closed
from equipment_share.domain.pricing import ANYBODY
from equipment_share.domain.timeslots import Slot
from equipment_share.models.instruments import Instrument, Maintenance, PriceList
from equipment_share.queries.instruments.catalogue import next_free
from equipment_share.queries.instruments.instruments import photos_of, price_lists, rules_in_force
from equipment_share.queries.instruments.prices import items_of


def instruments(rows: Sequence[Instrument], *, at: datetime) -> list[Shape]:
    """Instruments with their next free time: three questions more, however many."""
    free = next_free(rows, at=at)
    return [_instrument(row, free) for row in rows]


def _instrument(row: Instrument, free: Mapping[int, Slot]) -> Shape:
    kind = row.category
    return {
        "id": key(row.id),
        "code": row.inner_code,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "manufacturer": row.manufacturer,
        "model": row.model,
        "category": {"code": kind.code, "name_zh": kind.name_zh, "name_en": kind.name_en} if kind else None,
        "owner": party(row.owner),
        "modes": list(row.modes),
        "price_from_fen": fen(row.price_from),
        "price_unit": row.price_unit or None,
        "voucher": row.takes_vouchers,
        "next_free": local(free[row.id].start) if row.id in free else None,
    }


def alone(row: Instrument, *, at: datetime) -> Shape:
    """One instrument with its rules, hours, prices and photos."""
    listed = next((found for found in price_lists(row.id) if found.user_class == ANYBODY), None)
    return {
        **instruments([row], at=at)[0],
        "version": row.version,
        "status": row.listing.value,
        "time_zone": row.time_zone,
        "rules": rules_in_force(row).document(),
        "hours": [
            {"weekday": found["weekday"], "from": found["from"], "to": found["to"], "mode": found.get("mode")} for found in row.hours
        ],
        "questions": list(row.questions),
        "specs": list(row.specs),
        "linked": [str(key) for key in row.linked],
        "prices": [item.document() for item in items_of(listed)],
        "photos": [
            {"url": f"/photos/{photo.file.token}", "caption": photo.caption}
            for photo in photos_of(row.id)
            if photo.file.media_type != "application/pdf"
        ],
        **{name: getattr(row, name) for name in ("tech_spec", "functions", "services", "location", "region", "open_rule", "fee_text")},
        "keeps_holidays": row.keeps_holidays,
    }


def availability(free: Sequence[Slot], closed: Sequence[Closed]) -> Shape:
    """When it can be had, and why not otherwise; nobody is named."""
    return {
        "free": [{"start": local(slot.start), "end": local(slot.end)} for slot in free],
        "closed": [{"start": local(row.slot.start), "end": local(row.slot.end), "reason": row.reason} for row in closed],
    }


def closure(row: Maintenance) -> Shape:
    """A planned closure."""
    return {"id": key(row.id), "start": local(row.starts_at), "end": local(row.ends_at), "reason": row.reason}


def prices(row: PriceList) -> Shape:
    """One version of the prices of one class."""
    return {
        "id": key(row.id), "valid_from": row.valid_from.isoformat(), "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "user_class": row.user_class, "items": [item.document() for item in items_of(row)], "multiplier_bp": row.multiplier_bp,
        "urgent_bp": row.urgent_bp, "vat_bp": row.vat_bp,
    }  # fmt: skip
