"""The three real sets through the importer: figures, reasons, and a second run that changes nothing; on both engines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from equipment_share.adapters.sheets import csv_bytes
from equipment_share.adapters.tables import read_table
from equipment_share.domain.access import Kind
from equipment_share.domain.errors import Invalid
from equipment_share.domain.exchange.formats import native_header, native_rows
from equipment_share.domain.exchange.mapping import own_mapping, parse_mapping
from equipment_share.models.people import SYSTEM
from equipment_share.queries.instruments.exchange import exported
from equipment_share.queries.instruments.instruments import instruments_of
from equipment_share.services.instruments.catalogue_import import Imported, import_catalogue
from tests.builders import NOW, an_organisation
from tests.conftest import SHARED

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
SETS = [
    ("nist-nemo", "nist-nemo/nemo_tools.csv", (137, 0, 0)),
    ("pnnl-dms", "pnnl-dms/instruments.csv", (221, 0, 42)),
    ("geonet-delta", "geonet-delta/assets/sensors.csv", (1766, 0, 0)),
]


def run(name: str, data: bytes, owner_id: int) -> Imported:
    """One import with the set's own mapping."""
    mapping = parse_mapping(json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8")))
    return import_catalogue(read_table(data, f"{name}.csv"), mapping, owner_id, by=SYSTEM, at=NOW)


@pytest.mark.parametrize(
    ("name", "file", "figures"), [*SETS[:2], pytest.param(*SETS[2], marks=pytest.mark.slow)], ids=[row[0] for row in SETS]
)
def test_a_real_set_comes_in_once_and_a_second_run_changes_nothing(app: Flask, name: str, file: str, figures: tuple[int, int, int]) -> None:
    owner = an_organisation(Kind.OWNER)
    data = (SHARED / "data" / file).read_bytes()

    first = run(name, data, owner.id)
    second = run(name, data, owner.id)

    assert (first.count("created"), first.count("rejected"), first.count("skipped")) == figures
    assert (second.count("created"), second.count("updated"), second.count("unchanged")) == (0, 0, figures[0])
    assert len(instruments_of(owner.id)) == figures[0]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig"])
def test_the_first_set_reads_the_same_as_gbk_and_with_a_byte_order_mark(app: Flask, encoding: str) -> None:
    owner = an_organisation(Kind.OWNER)
    text = (SHARED / "data" / SETS[0][1]).read_text(encoding="utf-8")

    plain = run("nist-nemo", text.encode(), owner.id)
    again = run("nist-nemo", text.replace("\xa0", " ").encode(encoding, "strict"), owner.id)

    assert plain.count("created") == 137
    assert (again.count("created"), again.count("updated"), again.count("unchanged")) == (0, 0, 137)


def test_what_is_exported_reads_back_without_a_change(app: Flask) -> None:
    owner = an_organisation(Kind.OWNER)
    run("nist-nemo", (SHARED / "data" / SETS[0][1]).read_bytes(), owner.id)
    rows = exported(instruments_of(owner.id), at=NOW)
    table = read_table(csv_bytes(native_header(rows), native_rows(rows)), "export.csv")

    back = import_catalogue(table, own_mapping(table.header), owner.id, by=SYSTEM, at=NOW)

    assert (back.count("unchanged"), back.count("updated"), back.count("rejected")) == (137, 0, 0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a,a\n1,2\n", "duplicate_header"), (b'a,b\n"1,2\n', "not_a_table"), (b"<html>", "not_a_table"), (b"\xff\xfe\x00a", "not_a_table"),
        (b"PK\x03\x04broken", "not_a_table"), (b"", "not_a_table"), (b'[{"a": 1, "a": 2}]', "not_a_table"),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_file_is_refused_with_a_reason(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_table(data, "x.csv")

    assert refused.value.code == code
