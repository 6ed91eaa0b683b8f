"""The nine laws of the house, each with the test that keeps it."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import equipment_share
from equipment_share.app import create_app
from equipment_share.domain import access, errors, pricing, tasks, vouchers
from equipment_share.domain.access import Act, Role, may
from equipment_share.domain.bookings import life as bookings
from equipment_share.domain.settlement import claims, evidence
from equipment_share.models.base import Base
from equipment_share.models.instruments import Listing
from equipment_share.models.people import OrganisationState
from equipment_share.wording import WORDS
from equipment_share.wording.kinds import NamedTwice, together
from equipment_share.wording.refusals import REFUSALS

ROOT = Path(equipment_share.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))
PUBLIC_PAGES = {"static"}


def modules(floor: str) -> list[object]:
    """Every module of a floor."""
    package = importlib.import_module(f"equipment_share.{floor}")
    return [importlib.import_module(found.name) for found in pkgutil.walk_packages(package.__path__, f"equipment_share.{floor}.")]


def test_law_1_and_3_imports_run_down_the_floors() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT.parent, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout
    assert "3 kept, 0 broken" in done.stdout


def test_law_2_importing_the_ground_wakes_no_framework() -> None:
    names = ", ".join(module.__name__ for module in modules("domain"))  # type: ignore[attr-defined]
    script = f"import sys, {names}; print([m for m in ('flask', 'sqlalchemy', 'werkzeug', 'babel', 'wtforms') if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT.parent, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def use_cases() -> dict[str, object]:
    """Every function that is marked as a use case."""
    return {
        f"{module.__name__}.{name}": thing  # type: ignore[attr-defined]
        for module in modules("services")
        for name, thing in vars(module).items()
        if getattr(thing, "is_use_case", False) and thing.__module__ == module.__name__  # type: ignore[attr-defined]
    }


def test_law_4_a_use_case_never_calls_a_use_case() -> None:
    names = {name.rsplit(".", 1)[1] for name in use_cases()}
    found = []
    for path in (ROOT / "services").rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and function.name in names:
                found += [
                    f"{path.name}:{call.lineno} {call.func.id}"
                    for call in ast.walk(function)
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names
                ]

    assert len(names) > 50
    assert found == []


def test_law_5_only_the_transaction_commits() -> None:
    committing = [path.name for path in SOURCES if re.search(r"\.commit\(", path.read_text())]
    naming = {path.relative_to(ROOT).as_posix() for path in SOURCES if "db.session" in path.read_text()}

    assert committing == ["transaction.py"]
    allowed = {
        "services/transaction.py",
        "web/errors.py",
        "web/pages.py",
        "cli/backup.py",
        "cli/house.py",
    }  # those three only end or ping a read
    assert {name for name in naming if not name.startswith("queries/")} <= allowed


def test_law_6_every_use_case_ends_with_by_and_at() -> None:
    wrong = []
    for name, act in use_cases().items():
        last = list(inspect.signature(act).parameters.values())[-2:]  # type: ignore[arg-type]
        names = [parameter.name for parameter in last]
        is_post = name.startswith("equipment_share.services.outbox.")
        if last[-1].kind is not inspect.Parameter.KEYWORD_ONLY or (names != ["by", "at"] and not (is_post and names[-1] == "at")):
            wrong.append(name)

    assert wrong == []


def test_law_7_every_page_is_marked_with_the_act_it_needs() -> None:
    app = create_app({"DATABASE_URL": "sqlite:////nowhere/laws.db", "SECRET_KEY": "x", "AUDIT_KEY": "x"})
    marked = {name: getattr(view, "act", "nothing") for name, view in app.view_functions.items()}
    unmarked = [name for name, act in marked.items() if act == "nothing" and name not in PUBLIC_PAGES]
    open_to_all = {name for name, act in marked.items() if isinstance(act, Act) and may(Role.VISITOR, act)}

    assert unmarked == []
    assert {name for name in open_to_all if not name.startswith("api.")} == {
        "pages.home", "help.guide", "help.tour", "help.dismiss", "styleguide.show", "styleguide.themes", "pages.language", "metrics.figures", "pages.healthz", "pages.readyz", "people.sign_in", "people.enter", "people.register",
        "people.create", "people.link", "people.use", "people.reset", "people.send_reset", "instruments.index", "instruments.show",
        "instruments.week", "instruments.calendar", "instruments.photo", "instruments.photo_on_a_card", "reports.publicity", "instruments.compare", "instruments.usage",
        "statistics.index", "statistics.download",
    }  # fmt: skip


def subclasses(kind: type) -> set[type]:
    """A class and everything below it."""
    return {kind}.union(*(subclasses(child) for child in kind.__subclasses__()))


def test_law_8_every_refusal_and_every_state_has_words() -> None:
    for floor in ("domain", "services", "queries", "api"):
        modules(floor)
    codes = {kind.code for kind in subclasses(errors.Refusal)}  # type: ignore[attr-defined]
    codes |= {code for path in SOURCES for code in re.findall(r'(?:Problem|invalid)\(\s*"([a-z_]+)"', path.read_text())}

    assert sorted(code for code in codes if code not in REFUSALS) == []
    for kind, states in {
        "booking": bookings.BookingState, "voucher": vouchers.VoucherState, "claim": claims.ClaimState, "batch": claims.BatchState,
        "organisation": OrganisationState, "listing": Listing, "role": access.Role, "kind": access.Kind, "mode": pricing.Mode,
        "unit": pricing.PriceUnit, "task": tasks.TaskState, "task_kind": tasks.TaskKind,
    }.items():  # fmt: skip
        assert sorted(state.value for state in states if state.value not in WORDS[kind]) == [], kind
    assert {evidence.OK, evidence.MISSING, evidence.DIFFERENT, evidence.NOT_NEEDED} == set(WORDS["leg_state"])


def test_law_8_every_file_of_words_is_taken_in_and_no_two_have_one_kind() -> None:
    files = {name: kinds for module in modules("wording") for name, kinds in vars(module).items() if name.endswith("_WORDS")}

    assert len(files) > 20
    assert {kind for kinds in files.values() for kind in kinds} == set(WORDS)
    with pytest.raises(NamedTwice, match="^flag$"):
        together({"need": {}, "flag": {}}, {"flag": {}, "unit": {}})


def test_law_9_every_policy_names_its_source_in_the_law_book() -> None:
    book = (ROOT.parent / "docs" / "rules.md").read_text()
    anchors = set(re.findall(r'<a id="([a-z-]+)"></a>', book))
    named = {
        anchor for path in (ROOT / "domain").rglob("*.py") for anchor in re.findall(r"Source: docs/rules\.md#([a-z-]+)", path.read_text())
    }

    assert len(named) > 30
    assert named - anchors == set()


def test_relationships_are_for_reading_alone() -> None:
    """Rows are tied by their keys: what a flush need not look through costs every write less."""
    written = [str(found) for mapper in Base.registry.mappers for found in mapper.relationships if not found.viewonly]

    assert len(list(Base.registry.mappers)) > 30
    assert written == []


def test_files_and_functions_stay_small() -> None:
    long_files = [
        f"{path.relative_to(ROOT)} {count}" for path in SOURCES if (count := path.read_text().count("\n")) > 300 and path.name != "words.py"
    ]
    long_functions = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 45
    ]

    assert long_files == []
    assert long_functions == []
