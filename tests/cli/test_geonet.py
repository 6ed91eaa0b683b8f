"""GeoNet's real log of which unit was where and when: within a file nothing overlaps, and who ends exactly when the next begins is no clash."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask

from equipment_share.adapters.tables import read_table
from equipment_share.domain.exchange.mapping import parse_mapping
from equipment_share.models.base import db
from equipment_share.models.instruments import MachineUse
from equipment_share.models.people import SYSTEM
from equipment_share.services.instruments.catalogue_import import import_catalogue
from tests.builders import NOW, an_owner
from tests.conftest import SHARED
from tests.services.test_import import EXAMPLES

FILES = {
    # file: intervals, exact hand-overs
    "sensors": (1948, 2),
    "recorders": (2838, 263),
    "dataloggers": (1500, 0),
    "receivers": (869, 0),
    "antennas": (464, 0),
}


@pytest.mark.parametrize("file", [name if name == "antennas" else pytest.param(name, marks=pytest.mark.slow) for name in FILES])
def test_a_real_log_has_no_overlap_and_every_hand_over_is_taken(app: Flask, file: str) -> None:
    rows, hand_overs = FILES[file]
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

    assert (first["created"], first["rejected"]) == (rows, [])
    assert (second["created"], second["unchanged"]) == (0, rows)
    found = db.session.query(MachineUse).order_by(MachineUse.instrument_id, MachineUse.starts_at).all()
    touching = [a for a, b in pairwise(found) if a.instrument_id == b.instrument_id and a.ends_at == b.starts_at]
    assert len(touching) == hand_overs
    assert sum(row.ends_at is None for row in found) == _open_ends(log)


def _open_ends(log: Path) -> int:
    with log.open(encoding="utf-8-sig", newline="") as source:
        return sum(row["End Date"].startswith("9999") for row in csv.DictReader(source))


def test_the_five_files_hold_7619_intervals_and_265_hand_overs() -> None:
    assert tuple(map(sum, zip(*FILES.values(), strict=True))) == (7619, 265)
