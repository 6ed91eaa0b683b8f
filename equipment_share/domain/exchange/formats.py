"""Instruments in our own columns and in the words of other houses: UNIQUIP's 21 columns, the NRII upload fields, PIDINST 1.0. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from equipment_share.domain.exchange.mapping import HEADERS, SPEC_COLUMN
from equipment_share.domain.exchange.price_columns import PRICE_HEADERS
from equipment_share.domain.specs import spec_text

UNIQUIP = (
    "Type", "Name", "Description", "Related Facility ID", "Technique", "Location", "Contact Name", "Contact Telephone", "Contact URL",
    "Contact Email", "Secondary Contact Name", "Secondary Contact Telephone", "Secondary Contact URL", "Secondary Contact Email", "ID", "Photo",
    "Department", "Site Location", "Building", "Service Level", "Web Address",
)  # fmt: skip
NRII: Mapping[str, tuple[str, int]] = {
    "innerId": ("inner_code", 60), "cname": ("name_zh", 50), "ename": ("name_en", 100), "insCode": ("owner_code", 60),
    "instrCategory": ("class_code", 6), "manufacturer": ("manufacturer", 100), "instrVersion": ("model", 100), "nation": ("origin_country", 10),
    "worth": ("worth", 20), "beginDate": ("in_service_on", 10), "technical": ("tech_spec", 500), "function": ("functions", 300),
    "serviceContent": ("services", 200), "status": ("run_status", 20), "shareMode": ("share_mode", 20), "requirement": ("open_rule", 500),
    "fee": ("fee_text", 500), "serviceUrl": ("url", 150), "address": ("location", 200), "contact": ("contact_name", 20),
    "phone": ("contact_phone", 30), "email": ("contact_email", 50),
}  # fmt: skip
"""NRII's field: ours, and its greatest length; longer text is cut, for the upload refuses it."""


def uniquip_row(values: Mapping[str, Any], owner: str, url: str) -> list[str]:
    """One instrument in UNIQUIP's columns, in order.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#exchange (domain §2.2, S81)
    """
    made = " ".join(part for part in (_text(values, "manufacturer"), _text(values, "model")) if part)
    filled = {
        "Type": "equipment", "Name": _name(values), "Description": "\n".join(part for part in (made, _text(values, "tech_spec")) if part),
        "Technique": _text(values, "functions"), "Location": _text(values, "location"), "Contact Name": _text(values, "contact_name"),
        "Contact Telephone": _text(values, "contact_phone"), "Contact Email": _text(values, "contact_email"), "ID": _text(values, "inner_code"),
        "Department": owner, "Site Location": _text(values, "region"), "Service Level": _text(values, "services"), "Web Address": url,
    }  # fmt: skip
    return [filled.get(column, "") for column in UNIQUIP]


def nrii_row(values: Mapping[str, Any], owner: str, url: str) -> list[str]:
    """One instrument in NRII's fields, in order; the worth in 万元.

    Units: fen in, 万元 with two decimals out.
    Rounding: half up to 0.01 万元, for NRII takes no more; the fen stay with us.
    Raises: nothing.
    Source: docs/rules.md#exchange (domain §2.2, S80)
    """
    fen = values.get("original_value_fen")
    hundredths = None if fen is None else (int(fen) + 5_000) // 10_000
    worth = "" if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02d}"
    given = {**{name: _text(values, name) for name in values}, "owner_code": owner, "url": url, "worth": worth}
    return [given.get(ours, "")[:longest] for ours, longest in NRII.values()]


def pidinst(values: Mapping[str, Any], owner: str, url: str) -> dict[str, Any]:
    """One instrument as a PIDINST 1.0 record without a persistent identifier of its own: the landing page stands for it.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#exchange (domain §2.2, S82)
    """
    others = [(_text(values, "inner_code"), "InventoryNumber"), (_text(values, "serial_no"), "SerialNumber")]
    record: dict[str, Any] = {
        "Identifier": {"identifierValue": url, "identifierType": "URL"},
        "SchemaVersion": "1.0",
        "LandingPage": url,
        "Name": _name(values),
        "Owner": [{"ownerName": owner, **({"ownerContact": values["contact_email"]} if values.get("contact_email") else {})}],
        "Manufacturer": [{"manufacturerName": _text(values, "manufacturer") or "unknown"}],
        "AlternateIdentifier": [{"alternateIdentifierValue": code, "alternateIdentifierType": kind} for code, kind in others if code],
    }
    optional = {
        "Model": {"modelName": _text(values, "model")} if values.get("model") else None,
        "Description": _text(values, "tech_spec"),
        "InstrumentType": [{"instrumentTypeName": _text(values, "class_code")}] if values.get("class_code") else None,
        "MeasuredVariable": [_text(values, "functions")] if values.get("functions") else None,
        "Date": [{"dateValue": _text(values, "in_service_on"), "dateType": "Commissioned"}] if values.get("in_service_on") else None,
    }
    return record | {name: value for name, value in optional.items() if value}


def _name(values: Mapping[str, Any]) -> str:
    return _text(values, "name_zh") or _text(values, "name_en")


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return "" if value is None else ";".join(map(str, value)) if isinstance(value, list) else str(value)


def native_header(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Our own columns: the fields, the prices, then every specification that any of some instruments has."""
    return [*HEADERS.values(), *PRICE_HEADERS.values(), *(SPEC_COLUMN + name for name in _spec_names(rows))]


def _spec_names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(str(spec["name"]) for values in rows for spec in values.get("specs") or ()))


def native_rows(rows: Sequence[Mapping[str, Any]]) -> list[list[str | Decimal]]:
    """Instruments as rows under `native_header`."""
    names = _spec_names(rows)
    told = [{str(spec["name"]): spec_text(spec) for spec in values.get("specs") or ()} for values in rows]
    return [[*native_row(values), *(specs.get(name, "") for name in names)] for values, specs in zip(rows, told, strict=True)]


def native_row(values: Mapping[str, Any]) -> list[str | Decimal]:
    """One instrument as a row of our own columns, which reads back to the same."""
    row: list[str | Decimal] = []
    for name in (*HEADERS, *PRICE_HEADERS):
        value = values.get(name)
        row.append(
            value if isinstance(value, Decimal) else ";".join(value) if isinstance(value, list) else "" if value is None else str(value)
        )
    return row
