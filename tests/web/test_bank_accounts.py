"""A bank account is changed by two hands: proposed here or by its own administrator, confirmed by another person of the bureau."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.domain.access import Kind, Role
from equipment_share.domain.errors import ConflictOfInterest, Invalid, NotFound, SecondPersonRequired
from equipment_share.domain.needs import NeedKind
from equipment_share.models.bank_accounts import AccountChange
from equipment_share.models.base import db
from equipment_share.models.outbox import HistoryStep, Letter
from equipment_share.models.people import Organisation, User
from equipment_share.queries.needs import first_page
from equipment_share.services.people.bank_accounts import confirm_account, propose_account, withdraw_account
from equipment_share.services.people.people import describe_organisation
from tests.builders import NOW, a_person, an_account, an_officer, an_organisation, an_owner, the_bureau
from tests.support.people import signed_in
from tests.web.test_bank_return import LATER, a_sent_batch

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
OLD, NEW = "6222000011112222", "6222000033334444"


def account_of(organisation_id: int) -> str:
    """Where the money goes now."""
    db.session.expire_all()
    return db.session.get_one(Organisation, organisation_id).bank_account


def the_change() -> AccountChange:
    """The newest change."""
    return db.session.query(AccountChange).order_by(AccountChange.id.desc()).first()  # type: ignore[return-value]


def test_money_goes_to_another_account_only_after_a_second_hand(client: FlaskClient) -> None:
    owner = an_owner().organisation
    clerk, reviewer = an_officer(Role.BUREAU_CLERK), an_officer(Role.BUREAU_REVIEWER)
    an_account(owner.id, OLD)
    signed_in(client, clerk)

    client.post(f"/bank-accounts/{owner.id}", data={"account": "6222 0000 3333 4444"})
    proposed, own = account_of(owner.id), client.get(f"/bureau/organisations/{owner.id}").text
    alone = client.post(f"/bank-accounts/changes/{the_change().id}/confirm")
    after_alone = account_of(owner.id)
    signed_in(client, reviewer)
    page = client.get(f"/bureau/organisations/{owner.id}").text
    waits = [(need.kind, need.target) for need in first_page(reviewer, at=NOW).needs if need.kind is NeedKind.ACCOUNT_CONFIRM]
    done = client.post(f"/bank-accounts/changes/{the_change().id}/confirm")

    path = f"/bank-accounts/changes/{the_change().id}"
    assert (proposed, after_alone, account_of(owner.id)) == (OLD, OLD, NEW)
    assert (alone.status_code, done.status_code) == (403, 303)
    assert (f"{path}/withdraw" in own, f"{path}/confirm" in own) == (True, False)
    assert (f"{path}/confirm" in page, f"{OLD} → {NEW}" in page, waits) == (True, True, [(NeedKind.ACCOUNT_CONFIRM, owner.id)])
    assert [need.kind for need in first_page(clerk, at=NOW).needs] == []


def test_history_and_letters_name_the_last_four_signs_only(client: FlaskClient) -> None:
    chief = an_owner()
    an_account(chief.organisation_id, OLD)
    an_account(chief.organisation_id, NEW)

    steps = db.session.query(HistoryStep).filter(HistoryStep.event.like("account_%")).order_by(HistoryStep.id)
    letters = db.session.query(Letter).filter_by(user_id=chief.id).order_by(Letter.id)

    assert [(step.event, step.facts["from"], step.facts["to"]) for step in steps] == [
        ("account_proposed", "", "•••• 2222"), ("account_confirmed", "", "•••• 2222"),
        ("account_proposed", "•••• 2222", "•••• 4444"), ("account_confirmed", "•••• 2222", "•••• 4444"),
    ]  # fmt: skip
    assert [(letter.kind, letter.facts["account"]) for letter in letters] == [
        ("account_proposed", "•••• 2222"), ("account_confirmed", "•••• 2222"), ("account_proposed", "•••• 4444"), ("account_confirmed", "•••• 4444"),
    ]  # fmt: skip


def test_an_organisations_administrator_proposes_and_takes_back_but_never_confirms(client: FlaskClient) -> None:
    chief = an_owner()
    an_account(chief.organisation_id, OLD)
    signed_in(client, chief)

    client.post(f"/bank-accounts/{chief.organisation_id}", data={"account": NEW})
    waits = client.get("/team/organisation").text
    confirmed = client.post(f"/bank-accounts/changes/{the_change().id}/confirm")
    back = client.post(f"/bank-accounts/changes/{the_change().id}/withdraw")
    after = client.get("/team/organisation").text

    assert ("•••• 2222 → •••• 4444" in waits, NEW in waits, "/withdraw" in waits, "/confirm" in waits) == (True, False, True, False)
    assert (confirmed.status_code, back.status_code, account_of(chief.organisation_id), the_change().state) == (403, 303, OLD, "withdrawn")
    assert ("/withdraw" in after, f'action="/bank-accounts/{chief.organisation_id}"' in after) == (False, True)


def test_what_was_typed_wrongly_is_kept_and_told_beside_the_field(client: FlaskClient) -> None:
    chief, clerk = an_owner(), an_officer(Role.BUREAU_CLERK)
    pages = []
    for person in (chief, clerk):
        signed_in(client, person)
        pages.append(client.post(f"/bank-accounts/{chief.organisation_id}", data={"account": "6222-12"}))

    assert [page.status_code for page in pages] == [422, 422]
    assert all('value="6222-12"' in page.text and 'id="account-error"' in page.text and "8 至 30 位数字" in page.text for page in pages)
    assert db.session.query(AccountChange).count() == 0


def test_a_refused_change_keeps_the_old_account_and_tells_why(client: FlaskClient) -> None:
    chief = an_owner()
    an_account(chief.organisation_id, OLD)
    propose_account(chief.organisation_id, NEW, by=chief, at=NOW)
    signed_in(client, an_officer(Role.BUREAU_LEADER))

    without = client.post(f"/bank-accounts/changes/{the_change().id}/refuse", data={"reason": " "})
    refused = client.post(f"/bank-accounts/changes/{the_change().id}/refuse", data={"reason": "another name at the bank"})
    again = client.post(f"/bank-accounts/changes/{the_change().id}/confirm")
    signed_in(client, chief)
    page = client.get("/team/organisation").text

    assert [answer.status_code for answer in (without, refused, again)] == [422, 303, 409]
    assert (account_of(chief.organisation_id), "another name at the bank" in page) == (OLD, True)


def test_one_change_waits_at_a_time_and_nobody_decides_on_the_own_house(app: Flask) -> None:
    owner, clerk, reviewer = an_owner(), an_officer(Role.BUREAU_CLERK), an_officer(Role.BUREAU_REVIEWER)
    change = propose_account(owner.organisation_id, NEW, by=clerk, at=NOW)

    with pytest.raises(Invalid, match="change_waits"):
        propose_account(owner.organisation_id, OLD, by=reviewer, at=NOW)
    with pytest.raises(SecondPersonRequired):
        confirm_account(change.id, by=clerk, at=NOW)
    with pytest.raises(NotFound):
        withdraw_account(change.id, by=reviewer, at=NOW)
    own = propose_account(the_bureau().id, NEW, by=clerk, at=NOW)
    with pytest.raises(ConflictOfInterest):
        confirm_account(own.id, by=reviewer, at=NOW)


def test_the_account_is_no_fact_that_one_person_writes_down(app: Flask) -> None:
    owner = an_owner()

    with pytest.raises(Invalid):
        describe_organisation(owner.organisation_id, facts={"bank_account": NEW}, by=an_officer(Role.BUREAU_CLERK), at=NOW)

    assert account_of(owner.organisation_id) == ""


def test_a_platforms_administrator_sees_no_account(client: FlaskClient) -> None:
    owner = an_owner()
    an_account(owner.organisation_id, OLD)
    signed_in(client, _admin())

    page = client.get(f"/bureau/organisations/{owner.organisation_id}").text

    assert (OLD in page, "2222" in page) == (False, False)


def _admin() -> User:
    return a_person(Role.ADMIN, an_organisation(Kind.PLATFORM))


def test_whoever_signs_a_batch_sees_that_an_account_changed_since_it_was_locked(client: FlaskClient) -> None:
    batch, hands, owner = a_sent_batch()
    batch.state = type(batch.state).APPROVED
    db.session.commit()
    hands.clerk.language = "en"
    signed_in(client, hands.clerk)
    words = "another since the batch was locked"

    before = client.get(f"/bureau/batches/{batch.id}").text
    an_account(owner.organisation_id, NEW, at=LATER.replace(minute=30))
    after = client.get(f"/bureau/batches/{batch.id}").text

    assert (words in before, words in after, NEW in after) == (False, True, True)
