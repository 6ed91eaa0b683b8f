"""The words of an instrument's fields where a table is read into them; the titles of our own columns are in `domain/exchange/mapping.py`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from equipment_share.wording.kinds import Words

IMPORT_WORDS: Words = {
    "import_field": {
        "inner_code": _l("Own number"),
        "name_zh": _l("Chinese name"),
        "name_en": _l("English name"),
        "modes": _l("Modes of service"),
        "price_hour": _l("Price per hour (yuan)"),
        "price_sample": _l("Price per sample (yuan)"),
        "location": _l("Place"),
        "class_code": _l("Class"),
        "model": _l("Model"),
        "manufacturer": _l("Maker"),
        "serial_no": _l("Serial number"),
        "origin_country": _l("Country of origin"),
        "original_value_fen": _l("Original value (fen)"),
        "in_service_on": _l("In service since"),
        "tech_spec": _l("Specification"),
        "functions": _l("Functions"),
        "services": _l("Services"),
        "run_status": _l("State"),
        "share_mode": _l("For whom"),
        "open_rule": _l("Rules of use"),
        "fee_text": _l("Words about fees"),
        "region": _l("Region"),
        "contact_name": _l("Contact"),
        "contact_phone": _l("Phone"),
        "contact_email": _l("E-mail"),
        "time_zone": _l("Time zone"),
    },
    "verdict": {
        "created": _p("verdict", "New"),
        "updated": _p("verdict", "Changed"),
        "unchanged": _p("verdict", "Unchanged"),
        "rejected": _p("verdict", "Not taken"),
        "skipped": _p("verdict", "Left out"),
    },
}
