"""A programme document in words, parameter by parameter, and what two documents differ in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from equipment_share.domain.errors import Problem
from equipment_share.web.vouchers.programme_fields import GROUPS, OPEN, SPECS, TABLES, WHEN_KINDS, Spec
from equipment_share.web.vouchers.programme_texts import SEVERAL, Rule, Typed, typed_from_document
from equipment_share.wording import WORDS, refusal_words, word
from equipment_share.wording.marks import amount_words, apart, aside, in_clauses, joined, labelled


@dataclass(frozen=True)
class Difference:
    """One parameter, before and after; empty is nothing."""

    label: str
    old: str
    new: str


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """What a draft changes, in the words of the form."""
    before, after = (dict(described(typed_from_document(document))) for document in (old, new))
    return [Difference(label, before[label], after[label]) for label in before if before[label] != after[label]]


def in_words(document: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The whole document by group; what is not said is left out."""
    typed = typed_from_document(document)
    texts = dict(described(typed))
    tables = {"how_much": ("rate_rules", "caps.annual_fen"), "flow": ("quota_fen", "sources")}
    found = []
    for key, name, specs in GROUPS:
        labels = [*(str(TABLES[table]) for table in tables.get(key, ())), *(str(spec.label) for spec in specs)]
        found.append((str(name), [(label, texts[label]) for label in labels if texts[label]]))
    return found


def share_words(document: Mapping[str, Any]) -> str:
    """Which share of a fee a programme bears: `50 %`, `Technology SME: 100 % up to ¥10,000.00, 50 % above`."""
    return apart(_rule(rule) for rule in typed_from_document(document).rules)


def _yuan(text: str) -> str:
    """An amount as it was typed, with its thousands apart, for a label that says the unit; what is none stays as it is."""
    return f"{Decimal(text):,.2f}" if text.replace(".", "", 1).isdecimal() else text


_RATE = re.compile(r"rate_rules\[(\d+)\](?:\.bands\[(\d+)\])?")


def path_words(path: str) -> str:
    """Where in the form a path of the document stands, in the form's words."""
    labels = {spec.path: spec.label for spec in SPECS} | TABLES
    if found := _RATE.match(path):
        row = gettext("Rate %(n)s", n=int(found[1]) + 1)
        band = gettext("band %(n)s", n=int(found[2]) + 1) if found[2] else ""
        return joined([row, band] if band else [row])
    table = next((name for name in TABLES if path.startswith(name)), path)
    return str(labels.get(path) or labels.get(table) or gettext("Document"))


def problem_words(problem: Problem) -> str:
    """What is wrong with one field, with the range where one is set, in the unit it is typed in."""
    low, high = problem.facts.get("low"), problem.facts.get("high")
    if problem.code != "out_of_range" or not isinstance(low, int) or not isinstance(high, int):
        return refusal_words(problem.code, problem.facts)
    if problem.field.endswith("_bp"):
        return gettext("Between %(low)s and %(high)s percent.", low=low // 100, high=high // 100)
    if problem.field.endswith("_fen"):
        return gettext("Between %(low)s and %(high)s.", low=amount_words(low), high=amount_words(high))
    return gettext("Between %(low)s and %(high)s.", low=low, high=high)


def described(typed: Typed) -> Iterator[tuple[str, str]]:
    """Every parameter by its label, in words; empty is nothing."""
    for spec in SPECS:
        yield str(spec.label), _shown(spec, typed)
    yield str(TABLES["rate_rules"]), apart(_rule(rule) for rule in typed.rules)
    for name, rows in typed.rows.items():
        pairs = [(row.get("tag") or row.get("code", ""), _yuan(row["fen"]) if row.get("fen") else row.get("weight", "")) for row in rows]
        yield str(TABLES[name]), apart(f"{tag_words(tag)} {amount}" for tag, amount in pairs)


def tag_words(tag: str) -> str:
    """A class of firms in words; `any` is everybody."""
    return gettext("everybody") if tag == "any" else word("class", tag)


def term(spec_path: str, option: str) -> str:
    """An option of a parameter in words; a free value stands for itself."""
    if spec_path in OPEN:
        return word(OPEN[spec_path], option)
    return str(WORDS["term"].get(f"{spec_path}.{option}", option))


def _shown(spec: Spec, typed: Typed) -> str:
    if spec.kind in SEVERAL:
        return joined(term(spec.path, option) for option in typed.many.get(spec.path, []))
    text = typed.texts.get(spec.path, "")
    if spec.kind == "choice":
        return term(spec.path, text)
    if spec.kind == "switch":
        return gettext("yes") if text else gettext("no")
    return _yuan(text) if spec.kind == "yuan" and text else text


def _rule(rule: Rule) -> str:
    """`Technology SME: 50 % up to ¥10,000.00, 30 % above`."""
    stepped = len([band for band in rule.bands if band.get("rate_bp")]) > 1
    bands = in_clauses(_band(band, stepped) for band in rule.bands if band.get("rate_bp"))
    when = joined(word(kind, rule.texts[f"when.{key}"]) for key, kind in WHEN_KINDS.items() if rule.texts.get(f"when.{key}"))
    more = f" + {rule.texts['uplift_bp']} %" if rule.texts.get("uplift_bp") else ""
    most = aside(gettext("at most %(price)s", price=f"{rule.texts['max_bp']} %")) if rule.texts.get("max_bp") else ""
    said = bands + more + most
    return labelled(when, said) if when else said


def _band(band: Mapping[str, str], stepped: bool) -> str:
    """One step of a rate: up to where it holds; the last of several holds above."""
    rate = f"{band['rate_bp']} %"
    if band.get("up_to_fen"):
        return gettext("%(rate)s up to %(amount)s", rate=rate, amount=f"¥{_yuan(band['up_to_fen'])}")
    return gettext("%(rate)s above", rate=rate) if stepped else rate
