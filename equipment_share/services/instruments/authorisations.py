"""Use cases of training: ask for it, grant or refuse it, say who may use an instrument and until when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import FIRM, OWNER, Act, Actor, require, require_undecided
from equipment_share.domain.errors import AlreadyDecided, NotVerified, invalid
from equipment_share.domain.periods import bureau_day
from equipment_share.models.authorisations import Authorisation, TrainingRequest
from equipment_share.models.instruments import Instrument
from equipment_share.models.outbox import Letter
from equipment_share.models.people import Organisation, OrganisationState
from equipment_share.queries.instruments.authorisations import training_locked, waiting_request
from equipment_share.queries.instruments.instruments import instrument_seen_by, own_instrument
from equipment_share.queries.people import people_of, person_by_email
from equipment_share.services.transaction import later, record, transaction, use_case


@use_case
def ask_training(instrument_id: int, *, by: Actor, at: datetime) -> TrainingRequest:
    """A person of a firm asks to be trained; asking again while one waits changes nothing.

    Raises: Forbidden, NotFound, NotVerified.
    """
    require(by, Act.ASK_TRAINING)
    with transaction(lost_race=AlreadyDecided) as session:
        instrument = instrument_seen_by(instrument_id, None)
        if (waiting := waiting_request(instrument.id, by.id or 0)) is not None:
            return waiting
        firm = session.get_one(Organisation, by.organisation_id)
        if firm.state is not OrganisationState.VERIFIED:
            raise NotVerified(state=firm.state.value)

        asked = TrainingRequest(instrument_id=instrument.id, user_id=by.id or 0, made_at=at, state="asked")
        session.add(asked)
        record(session, "training", asked, "training_asked", by=by, at=at)
        for person in people_of(instrument.owner_id, OWNER):
            later(session, Letter, user_id=person.id, kind="training_asked", facts=_facts(instrument), made_at=at)
    return asked


@use_case
def grant_training(request_id: int, *, valid_until: date, by: Actor, at: datetime) -> TrainingRequest:
    """The owner has trained the person: an authorisation up to and including a day.

    Raises: Forbidden, NotFound, AlreadyDecided, Invalid.
    """
    require(by, Act.GRANT_TRAINING)
    with transaction() as session:
        asked = _decided(request_id, "granted", by=by, at=at)
        _authorise(session, asked.instrument, asked.user_id, valid_until, by=by, at=at)
        record(session, "training", asked, "training_granted", by=by, at=at, before="asked", facts={"valid_until": valid_until.isoformat()})
    return asked


@use_case
def refuse_training(request_id: int, *, reason: str, by: Actor, at: datetime) -> TrainingRequest:
    """The owner says no, and why.

    Raises: Forbidden, NotFound, AlreadyDecided, Invalid.
    """
    require(by, Act.GRANT_TRAINING)
    if not reason.strip():
        raise invalid("required", "reason")
    with transaction() as session:
        asked = _decided(request_id, "refused", by=by, at=at)
        asked.reason = reason.strip()
        record(session, "training", asked, "training_refused", by=by, at=at, before="asked", reason=asked.reason)
        later(
            session,
            Letter,
            user_id=asked.user_id,
            kind="training_refused",
            facts={**_facts(asked.instrument), "reason": asked.reason},
            made_at=at,
        )
    return asked


def _decided(request_id: int, state: str, *, by: Actor, at: datetime) -> TrainingRequest:
    asked = training_locked(request_id, by)
    require_undecided(asked.state, "asked")
    asked.state, asked.decided_at = state, at
    return asked


@use_case
def authorise(instrument_id: int, email: str, *, valid_until: date, by: Actor, at: datetime) -> Authorisation:
    """The owner says who may use an instrument and until when; a day that has passed ends it.

    Raises: Forbidden, NotFound, Invalid when nobody of a firm has this address.
    """
    require(by, Act.GRANT_TRAINING)
    with transaction() as session:
        instrument = own_instrument(instrument_id, by)
        person = person_by_email(email.strip().casefold())
        if person is None or person.role not in FIRM:
            raise invalid("not_found", "email")
        return _authorise(session, instrument, person.id, valid_until, by=by, at=at)


def _authorise(session: Session, instrument: Instrument, user_id: int, valid_until: date, *, by: Actor, at: datetime) -> Authorisation:
    made = Authorisation(instrument_id=instrument.id, user_id=user_id, valid_until=valid_until, by_id=by.id, made_at=at)
    session.add(made)
    kind = "training_granted" if valid_until >= bureau_day(at) else "training_ended"
    facts = {"user_id": user_id, "valid_until": valid_until.isoformat()}
    record(session, "instrument", instrument, kind, by=by, at=at, facts=facts)
    later(session, Letter, user_id=user_id, kind=kind, facts={**_facts(instrument), "valid_until": valid_until.isoformat()}, made_at=at)
    session.flush()
    return made


def _facts(instrument: Instrument) -> dict[str, object]:
    return {"instrument": instrument.name_zh or instrument.name_en, "instrument_id": instrument.id}
