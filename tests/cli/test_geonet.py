"""GeoNet's real log of which unit was where and when: within a file nothing overlaps, and who ends exactly when the next begins is no clash."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask

from equipment_share.adapters.tables import read_table
from equipment_share.domain.exchange.catalogue import parse_mapping
from equipment_share.models.base import db
from equipment_share.models.instruments import MachineUse
from equipment_share.models.people import SYSTEM
from equipment_share.services.instruments.catalogue_import import import_catalogue
from tests.builders import NOW, an_owner
from tests.conftest import SHARED
from tests.services.test_import import EXAMPLES

FILES = {
    # file: rows, of units that are not in the register (one key of 64 characters is longer than a number may be), exact hand-overs
    "sensors": (1948, 1, 2),
    "recorders": (2838, 0, 263),
    "dataloggers": (1500, 0, 0),
    "receivers": (869, 0, 0),
    "antennas": (464, 0, 0),
}


@pytest.mark.parametrize("file", [name if name == "antennas" else pytest.param(name, marks=pytest.mark.slow) for name in FILES])
def test_a_real_log_has_no_overlap_and_every_hand_over_is_taken(app: Flask, file: str) -> None:
    rows, unknown, hand_overs = FILES[file]
    folder, owner = SHARED / "data" / "geonet-delta", an_owner()
    mapping = parse_mapping(json.loads((EXAMPLES / "geonet-delta.json").read_text(encoding="utf-8")))
    register = read_table((folder / "assets" / f"{file}.csv").read_bytes(), f"{file}.csv")
    import_catalogue(register, mapping, owner.organisation_id, by=SYSTEM, at=NOW)
    log, use_map = (
        folder / "install" / f"{file}.csv",
        EXAMPLES / ("geonet-recorders-use.json" if file == "recorders" else "geonet-use.json"),
    )
    words = ["usage", "import", str(log), "--owner", owner.organisation.code, "--map", str(use_map), "--format", "json"]

    first = json.loads(app.test_cli_runner().invoke(args=words).output)
    second = json.loads(app.test_cli_runner().invoke(args=words).output)

    assert (first["created"], [row["code"] for row in first["rejected"]]) == (rows - unknown, ["not_found"] * unknown)
    assert (second["created"], second["unchanged"]) == (0, rows - unknown)
    found = db.session.query(MachineUse).order_by(MachineUse.instrument_id, MachineUse.starts_at).all()
    touching = [a for a, b in pairwise(found) if a.instrument_id == b.instrument_id and a.ends_at == b.starts_at]
    assert len(touching) == hand_overs
    assert sum(row.ends_at is None for row in found) == _open_ends(log) - (unknown and _open_ends(log, only_long=True))


def _open_ends(log: Path, *, only_long: bool = False) -> int:
    with log.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    return sum(
        row["End Date"].startswith("9999") and (not only_long or len(f"{row.get('Model', '')}|{row['Serial']}") > 60) for row in rows
    )
