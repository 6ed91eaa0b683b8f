"""Bookings, past uses and the pool as files at the terminal."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from equipment_share.adapters.clock import now
from equipment_share.domain.exchange.formats import NRII, UNIQUIP
from equipment_share.domain.periods import bureau_day
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import MachineUse
from tests.builders import a_firm, an_instrument, an_owner


def _run(app: Flask, *words: str) -> tuple[int, dict[str, object]]:
    done = app.test_cli_runner().invoke(args=[*words, "--format", "json"])
    assert done.output.startswith("{"), done.output
    return done.exit_code, json.loads(done.output)


@pytest.fixture
def wishes(app: Flask, tmp_path: Path) -> tuple[Path, str]:
    """Four rows: two good, one on the first one's slot, one that is no time; a week ahead of the real clock."""
    firm, instrument = a_firm(), an_instrument(an_owner())
    day = bureau_day(now()) + timedelta(days=7)
    rows = [
        "instrument,mode,start,end,purpose",
        f"{instrument.id},guided,{day} 10:00,{day} 12:00,断口",
        f"{instrument.owner.code}/{instrument.inner_code},guided,{day}T12:00:00+08:00,{day}T13:00:00+08:00,",
        f"{instrument.id},guided,{day} 11:00,{day} 12:00,",
        f"{instrument.id},guided,Tuesday,{day} 12:00,",
    ]
    file = tmp_path / "wishes.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    return file, firm.email


def test_each_row_is_booked_by_the_same_rules_and_each_refusal_has_its_reason(app: Flask, wishes: tuple[Path, str]) -> None:
    code, said = _run(app, "booking", "import", str(wishes[0]), "--by", wishes[1])

    assert (code, said["created"]) == (0, 2)
    assert [(row["row"], row["column"], row["code"]) for row in said["rejected"]] == [
        (4, "start", "slot_taken"),
        (5, "start", "not_a_time"),
    ]  # type: ignore[index, attr-defined]
    assert db.session.query(Booking).count() == 2


@pytest.mark.parametrize("mode", ["--strict", "--dry-run"])
def test_a_strict_run_with_a_bad_row_and_a_dry_run_write_nothing_at_all(app: Flask, wishes: tuple[Path, str], mode: str) -> None:
    code, said = _run(app, "booking", "import", str(wishes[0]), "--by", wishes[1], mode)

    assert code == (1 if mode == "--strict" else 0)
    assert len(said["rejected"]) == 2  # type: ignore[arg-type]
    assert db.session.query(Booking).count() == 0


def test_a_machines_log_comes_in_once_with_open_ends_and_overlaps_reported(app: Flask, tmp_path: Path) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    code = instrument.inner_code
    rows = [
        "machine;x,begin,stop",
        f"{code},2026-01-05 08:00,2026-01-05 10:00",
        f"{code},2026-01-05 10:00,2026-01-19 10:00",
        f"{code},2026-01-06 09:00,2026-01-06 10:00",
        f"{code},2026-02-01 09:00,",
        "nothing,2026-02-01 09:00,",
    ]
    file, mapping = tmp_path / "log.csv", tmp_path / "map.json"
    file.write_text("\n".join(rows), encoding="utf-8")
    mapping.write_text(json.dumps({"instrument": "machine;x", "start": "begin", "end": "stop"}), encoding="utf-8")
    words = ("usage", "import", str(file), "--owner", owner.organisation.code, "--map", str(mapping))

    tried = _run(app, *words, "--dry-run")
    none_yet = db.session.query(MachineUse).count()
    first, second = _run(app, *words)[1], _run(app, *words)[1]

    assert (tried[1]["created"], none_yet) == (3, 0)
    assert (first["created"], first["unchanged"]) == (3, 0)
    assert [(row["row"], row["code"]) for row in first["rejected"]] == [(4, "overlaps"), (6, "not_found")]  # type: ignore[index, attr-defined]
    assert (second["created"], second["unchanged"]) == (0, 3)
    assert db.session.query(MachineUse).count() == 3


def test_the_pool_leaves_in_the_words_of_four_houses(app: Flask, tmp_path: Path) -> None:
    instrument = an_instrument(an_owner(), manufacturer="Hitachi", model="SU8010", original_value_fen=123_456_789, serial_no="S-1")
    runner = app.test_cli_runner()
    made = {}
    for form, suffix in (("native", "csv"), ("uniquip", "csv"), ("nrii", "json"), ("pidinst", "json")):
        file = tmp_path / f"{form}.{suffix}"
        done = runner.invoke(args=["catalogue", "export", str(file), "--as", form])
        assert done.exit_code == 0, done.output
        made[form] = file.read_text(encoding="utf-8-sig")

    header, row = made["uniquip"].splitlines()[:2]
    assert header == ",".join(UNIQUIP)
    assert row.startswith(f"equipment,{instrument.name_zh},Hitachi SU8010,")
    nrii = json.loads(made["nrii"])[0]
    assert (list(nrii), nrii["worth"], nrii["instrVersion"]) == (list(NRII), "123.46", "SU8010")
    record = json.loads(made["pidinst"])[0]
    assert record["AlternateIdentifier"][1] == {"alternateIdentifierValue": "S-1", "alternateIdentifierType": "SerialNumber"}
    assert (record["SchemaVersion"], record["Model"]) == ("1.0", {"modelName": "SU8010"})
