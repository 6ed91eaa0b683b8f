"""The use case of the laboratory: replay what was used under one or two drafts, and keep the answer. The books stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import Invalid, Problem, invalid
from equipment_share.domain.periods import Period
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.models.settlement import LaboratoryRun
from equipment_share.queries.simulation import replayed
from equipment_share.services.transaction import transaction, use_case
from equipment_share.services.watching import UNWATCHED, Watch

MOST_DRAFTS = 2


@use_case
def run_laboratory(
    drafts: Sequence[Mapping[str, object]], period: Period, *, name: str = "", watch: Watch = UNWATCHED, by: Actor, at: datetime
) -> LaboratoryRun:
    """Recorded uses of a period under one or two programme documents, side by side with what really happened.

    Raises: Forbidden, Invalid.
    """
    require(by, Act.RUN_LABORATORY)

    programmes = read_drafts(drafts)
    result = replayed(programmes, period, told=watch.step).document()  # before the unit begins: a long look never holds the one who writes

    with transaction() as session:
        run = LaboratoryRun(
            name=name, drafts=[programme.document() for programme in programmes], first_on=period.first_on, last_on=period.last_on,
            result=result, by_id=by.id, made_at=at,
        )  # fmt: skip
        session.add(run)
        session.flush()
        watch.settle(session, {"run_id": run.id})
    return run


def read_drafts(drafts: Sequence[Mapping[str, object]]) -> list[Programme]:
    """The drafts as programmes; every problem with its draft's place."""
    if not drafts:
        raise invalid("required", "drafts")
    if len(drafts) > MOST_DRAFTS:
        raise invalid("too_many", "drafts", most=MOST_DRAFTS)
    programmes, problems = [], list[Problem]()
    for index, draft in enumerate(drafts):
        try:
            programmes.append(Programme.read(draft))
        except Invalid as refusal:
            problems += [Problem(p.code, f"drafts[{index}].{p.field}", p.facts) for p in refusal.problems]
    if problems:
        raise Invalid(problems)
    return programmes
