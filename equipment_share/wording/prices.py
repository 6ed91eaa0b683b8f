"""The words of prices: modes of service, units, the lines of a fee, the columns of a price list."""

from __future__ import annotations

from flask_babel import lazy_pgettext as _p

from equipment_share.wording.kinds import Words

PRICE_WORDS: Words = {
    "mode": {
        "self_operate": _p("mode", "Self-operated"),
        "guided": _p("mode", "Guided"),
        "commissioned": _p("mode", "Commissioned samples"),
        "remote": _p("mode", "Remote"),
    },
    "unit": {
        "hour": _p("unit", "hour"),
        "sample": _p("unit", "sample"),
        "day": _p("unit", "day"),
        "item": _p("unit", "item"),
    },
    "line": {
        "machine_time": _p("line", "Instrument time"),
        "sample": _p("line", "Samples"),
        "setup": _p("line", "Set-up"),
        "minimum": _p("line", "Up to the minimum"),
        "maximum": _p("line", "Down to the maximum"),
        "maximum_setup": _p("line", "Down to the maximum, set-up"),
        "first_unit": _p("line", "First unit"),
        "class": _p("line", "Price of the class"),
        "class_setup": _p("line", "Price of the class, set-up"),
        "urgent": _p("line", "Urgent order"),
        "urgent_setup": _p("line", "Urgent order, set-up"),
        "staff": _p("line", "Staff"),
        "consumables": _p("line", "Consumables"),
        "shipping": _p("line", "Shipping"),
        "late_cancel": _p("line", "Late cancellation"),
        "no_show": _p("line", "No-show"),
    },
    "price_column": {
        "mode": _p("price_column", "Mode of service"),
        "unit": _p("price_column", "Per"),
        "unit_price_fen": _p("price_column", "Price (yuan)"),
        "from": _p("price_column", "From (08:00)"),
        "to": _p("price_column", "To (18:00)"),
        "setup_fee_fen": _p("price_column", "Set-up (yuan)"),
        "min_fee_fen": _p("price_column", "Minimum (yuan)"),
        "max_fee_fen": _p("price_column", "Maximum (yuan)"),
        "unit_minutes": _p("price_column", "Unit (minutes)"),
        "threshold_minutes": _p("price_column", "Counts from (minutes)"),
        "first_price_fen": _p("price_column", "First unit (yuan)"),
        "code": _p("price_column", "Code"),
        "name": _p("price_column", "Name"),
        "name_en": _p("price_column", "English name"),
        "kind": _p("price_column", "Kind"),
        "part": _p("price_column", "Part"),
    },
    "charge_basis": {
        "used": _p("charge_basis", "the time used"),
        "reserved": _p("charge_basis", "the time booked"),
        "reserved_plus_overrun": _p("charge_basis", "the time booked, and what runs over it"),
    },
    "quotation": {
        "good": _p("quotation", "Valid"),
        "over": _p("quotation", "Over"),
    },
}
