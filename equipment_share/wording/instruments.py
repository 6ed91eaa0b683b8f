"""The words of instruments: how they are listed, in what state they are, and when they are closed."""

from __future__ import annotations

from flask_babel import lazy_pgettext as _p

from equipment_share.wording.kinds import Words

INSTRUMENT_WORDS: Words = {
    "listing": {
        "draft": _p("listing", "Draft"),
        "open": _p("listing", "In the pool"),
        "withdrawn": _p("listing", "Withdrawn"),
    },
    "lack": {
        "photo": _p("lack", "no photo"),
        "price": _p("lack", "no price"),
        "specs": _p("lack", "no specifications"),
    },
    "lacking": {
        "photo": _p("lacking", "Photo"),
        "price": _p("lacking", "Price"),
        "specs": _p("lacking", "Specifications"),
    },
    "run_status": {
        "normal": _p("run_status", "Normal"),
        "standby": _p("run_status", "Standby"),
        "remote": _p("run_status", "Serving remotely"),
        "faulty_sometimes": _p("run_status", "Sometimes faulty"),
        "faulty_often": _p("run_status", "Often faulty"),
        "awaiting_repair": _p("run_status", "Awaiting repair"),
        "to_be_scrapped": _p("run_status", "To be scrapped"),
    },
    "share_mode": {
        "internal": _p("share_mode", "Internal"),
        "external": _p("share_mode", "External"),
        "none": _p("share_mode", "Not shared"),
    },
    "service_category": {
        "shared_instrument": _p("service_category", "Shared instruments"),
    },
    "closed": {
        "occupied": _p("closed", "Occupied"),
        "maintenance": _p("closed", "Maintenance"),
        "holiday": _p("closed", "Public holiday"),
        "outside_opening_hours": _p("closed", "Closed"),
        "lead_time": _p("closed", "Too soon"),
        "horizon": _p("closed", "Not yet open"),
        "past": _p("closed", "Past"),
    },
    "calendar_day": {"off": _p("calendar_day", "day off"), "work": _p("calendar_day", "worked weekend day")},
    "grade": {
        "excellent": _p("grade", "Excellent"),
        "good": _p("grade", "Good"),
        "fair": _p("grade", "Fair"),
        "below": _p("grade", "Below what is asked"),
    },
}
