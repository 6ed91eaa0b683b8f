"""Who may do what: one table for pages, API, commands and use cases (source: `docs/rules.md#access`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from equipment_share.domain.errors import AlreadyDecided, Forbidden, SecondPersonRequired


class Kind(StrEnum):
    """What an organisation is."""

    FIRM = "firm"
    OWNER = "owner"
    BUREAU = "bureau"
    PLATFORM = "platform"


class Role(StrEnum):
    """The roles of `contract.md` §3; `visitor` is nobody, `system` is the house itself."""

    VISITOR = "visitor"
    FIRM_USER = "firm_user"
    FIRM_ADMIN = "firm_admin"
    OWNER_OPERATOR = "owner_operator"
    OWNER_ADMIN = "owner_admin"
    BUREAU_CLERK = "bureau_clerk"
    BUREAU_REVIEWER = "bureau_reviewer"
    BUREAU_LEADER = "bureau_leader"
    FINANCE = "finance"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SYSTEM = "system"


R = Role
FIRM = frozenset({R.FIRM_USER, R.FIRM_ADMIN})
OWNER = frozenset({R.OWNER_OPERATOR, R.OWNER_ADMIN})
OFFICERS = frozenset({R.BUREAU_CLERK, R.BUREAU_REVIEWER, R.BUREAU_LEADER})
BUREAU = OFFICERS | {R.FINANCE}
READERS = BUREAU | {R.AUDITOR}
PARTIES = FIRM | OWNER
PEOPLE = PARTIES | READERS | {R.ADMIN}

ROLES_OF: dict[Kind, frozenset[Role]] = {
    Kind.FIRM: FIRM,
    Kind.OWNER: OWNER,
    Kind.BUREAU: BUREAU | {R.AUDITOR},
    Kind.PLATFORM: frozenset({R.ADMIN}),
}
"""Which roles an organisation of each kind may give."""
STAFF = READERS | {R.ADMIN}
"""Whom the platform's administrator looks after; a firm's and an owner's people are their own affair."""


class Act(StrEnum):
    """Everything a person may do here, named once."""

    SEE_CATALOGUE = "catalogue.view"
    OWN_ACCOUNT = "profile.edit"
    QUOTE = "booking.quote"
    REQUEST_BOOKING = "booking.create"
    SEE_BOOKINGS = "booking.view"
    CANCEL_BOOKING = "booking.cancel"
    CHANGE_BOOKING = "booking.reschedule"
    WAIT_FOR_SLOT = "booking.wait"
    DECIDE_BOOKING = "booking.approve"
    RECORD_USE = "usage.record"
    CHECK_IN = "usage.check_in"
    CONFIRM_USE = "usage.confirm"
    ADJUDICATE = "usage.adjudicate"
    ADD_EVIDENCE = "evidence.upload"
    SEE_EVIDENCE = "evidence.download"
    EDIT_INSTRUMENT = "instrument.edit"
    OWN_INSTRUMENTS = "instrument.own"
    ADMIT_INSTRUMENT = "instrument.admit"
    PLAN_MAINTENANCE = "maintenance.plan"
    REPORT_FAULT = "fault.report"
    KEEP_FEED = "calendar_feed.create"
    KEEP_FAVOURITE = "favourite.keep"
    RATE_USE = "rating.give"
    OFFER_SLOT = "booking.offer"
    ASK_TRAINING = "training.ask"
    SEE_TRAINING = "training.view"
    GRANT_TRAINING = "authorisation.grant"
    SET_PRICES = "price_list.publish"
    APPLY_VOUCHER = "voucher.apply"
    SEE_VOUCHERS = "voucher.view"
    CHECK_VOUCHER = "voucher.check"
    ISSUE_VOUCHER = "voucher.issue"
    REFUSE_VOUCHER = "voucher.refuse"
    FREEZE_VOUCHER = "voucher.freeze"
    REVOKE_VOUCHER = "voucher.revoke"
    DRAFT_PROGRAMME = "programme.draft"
    PUBLISH_PROGRAMME = "programme.publish"
    EVALUATE = "programme.evaluate"
    HAND_IN_PROOF = "proof.submit"
    SEE_PROOFS = "proof.view"
    DECIDE_PROOF = "proof.decide"
    REMIND_FIRM = "voucher.remind"
    RUN_LABORATORY = "laboratory.run"
    SUBMIT_CLAIM = "claim.submit"
    SEE_CLAIMS = "claim.view"
    CHECK_CLAIM = "claim.check"
    APPROVE_CLAIM = "claim.approve"
    REJECT_CLAIM = "claim.reject"
    ADJUST = "ledger.adjust"
    CUT_PRO_RATA = "programme.pro_rata"
    PREPARE_BONUS = "bonus.prepare"
    RECORD_REPAYMENT = "repayment.record"
    LOCK_BATCH = "batch.lock"
    REVIEW_BATCH = "batch.review"
    APPROVE_BATCH = "batch.approve"
    REFUSE_BATCH = "batch.refuse"
    RECORD_BANK_RETURN = "batch.mark_paid"
    SEE_BATCHES = "batch.view"
    SEE_LEDGER = "ledger.view"
    SEE_REPORTS = "report.view"
    OWN_REPORTS = "report.own"
    SEE_INSIGHT = "insight.view"
    SEE_SCORECARDS = "scorecard.view"
    OWN_INCOME = "income.view"
    FOLLOW_MONEY = "ledger.follow"
    DISPOSE_FINDING = "exception.dispose"
    INVITE_PERSON = "user.invite"
    SEE_ORGANISATIONS = "organisation.view"
    VERIFY_ORGANISATION = "organisation.verify"
    DESCRIBE_ORGANISATION = "organisation.describe"
    KEEP_CONTACT = "organisation.contact"
    PROPOSE_BANK_ACCOUNT = "bank_account.propose"
    SEE_BANK_ACCOUNTS = "bank_account.view"
    CONFIRM_BANK_ACCOUNT = "bank_account.confirm"
    SEE_AUDIT = "audit_log.view"
    KEEP_CALENDAR = "holiday_table.edit"
    MAKE_ORGANISATION = "organisation.create"
    SEE_HOUSE = "house.view"
    POST_AGAIN = "letter.post_again"
    END_KEYS = "token.end"


A = Act
MAY: dict[Act, frozenset[Role]] = {
    A.SEE_CATALOGUE: PEOPLE | {R.VISITOR},
    A.OWN_ACCOUNT: PEOPLE,
    A.QUOTE: FIRM,
    A.REQUEST_BOOKING: FIRM,
    A.SEE_BOOKINGS: PARTIES | READERS,
    A.CANCEL_BOOKING: PARTIES,
    A.CHANGE_BOOKING: FIRM,
    A.WAIT_FOR_SLOT: FIRM,
    A.DECIDE_BOOKING: OWNER,
    A.RECORD_USE: OWNER,
    A.CHECK_IN: PARTIES,
    A.CONFIRM_USE: FIRM,
    A.ADJUDICATE: frozenset({R.BUREAU_CLERK}),
    A.ADD_EVIDENCE: PARTIES,
    A.SEE_EVIDENCE: PARTIES | READERS,
    A.EDIT_INSTRUMENT: frozenset({R.OWNER_ADMIN}),
    A.OWN_INSTRUMENTS: OWNER,
    A.ADMIT_INSTRUMENT: OFFICERS,
    A.PLAN_MAINTENANCE: OWNER,
    A.REPORT_FAULT: PARTIES,
    A.KEEP_FEED: PARTIES,
    A.KEEP_FAVOURITE: PEOPLE,
    A.RATE_USE: FIRM,
    A.OFFER_SLOT: OWNER,
    A.ASK_TRAINING: FIRM,
    A.SEE_TRAINING: PARTIES,
    A.GRANT_TRAINING: OWNER,
    A.SET_PRICES: frozenset({R.OWNER_ADMIN}),
    A.APPLY_VOUCHER: frozenset({R.FIRM_ADMIN}),
    A.SEE_VOUCHERS: FIRM | READERS,
    A.CHECK_VOUCHER: frozenset({R.BUREAU_CLERK}),
    A.ISSUE_VOUCHER: frozenset({R.BUREAU_REVIEWER}),
    A.REFUSE_VOUCHER: frozenset({R.BUREAU_CLERK, R.BUREAU_REVIEWER}),
    A.FREEZE_VOUCHER: frozenset({R.BUREAU_CLERK, R.BUREAU_REVIEWER}),
    A.REVOKE_VOUCHER: frozenset({R.BUREAU_LEADER}),
    A.DRAFT_PROGRAMME: frozenset({R.BUREAU_CLERK}),
    A.PUBLISH_PROGRAMME: frozenset({R.BUREAU_REVIEWER}),
    A.EVALUATE: READERS,
    A.HAND_IN_PROOF: frozenset({R.FIRM_ADMIN}),
    A.SEE_PROOFS: FIRM | READERS,
    A.DECIDE_PROOF: frozenset({R.BUREAU_CLERK}),
    A.REMIND_FIRM: frozenset({R.BUREAU_CLERK}),
    A.RUN_LABORATORY: BUREAU,
    A.SUBMIT_CLAIM: frozenset({R.FIRM_ADMIN}) | OWNER - {R.OWNER_OPERATOR},
    A.SEE_CLAIMS: frozenset({R.FIRM_ADMIN, R.OWNER_ADMIN}) | READERS,
    A.CHECK_CLAIM: frozenset({R.BUREAU_CLERK}),
    A.APPROVE_CLAIM: frozenset({R.BUREAU_REVIEWER}),
    A.REJECT_CLAIM: frozenset({R.BUREAU_CLERK, R.BUREAU_REVIEWER}),
    A.ADJUST: frozenset({R.BUREAU_CLERK, R.BUREAU_REVIEWER}),
    A.CUT_PRO_RATA: frozenset({R.BUREAU_CLERK, R.BUREAU_REVIEWER}),
    A.PREPARE_BONUS: frozenset({R.BUREAU_CLERK}),
    A.RECORD_REPAYMENT: frozenset({R.FINANCE}),
    A.LOCK_BATCH: frozenset({R.BUREAU_CLERK}),
    A.REVIEW_BATCH: frozenset({R.BUREAU_REVIEWER}),
    A.APPROVE_BATCH: frozenset({R.BUREAU_LEADER}),
    A.REFUSE_BATCH: frozenset({R.BUREAU_REVIEWER, R.BUREAU_LEADER}),
    A.RECORD_BANK_RETURN: frozenset({R.FINANCE}),
    A.SEE_BATCHES: READERS,
    A.SEE_LEDGER: READERS,
    A.SEE_REPORTS: READERS | {R.OWNER_ADMIN},
    A.OWN_REPORTS: frozenset({R.FIRM_ADMIN, R.OWNER_ADMIN}),
    A.SEE_INSIGHT: OWNER,
    A.SEE_SCORECARDS: OWNER | READERS,
    A.OWN_INCOME: frozenset({R.OWNER_ADMIN}),
    A.FOLLOW_MONEY: READERS | FIRM | {R.OWNER_ADMIN},
    A.DISPOSE_FINDING: OFFICERS,
    A.INVITE_PERSON: frozenset({R.FIRM_ADMIN, R.OWNER_ADMIN, R.ADMIN, R.SYSTEM}),
    A.SEE_ORGANISATIONS: READERS | {R.ADMIN},
    A.VERIFY_ORGANISATION: OFFICERS | {R.ADMIN},
    A.DESCRIBE_ORGANISATION: OFFICERS,
    A.KEEP_CONTACT: frozenset({R.FIRM_ADMIN, R.OWNER_ADMIN}),
    A.PROPOSE_BANK_ACCOUNT: OFFICERS | {R.FIRM_ADMIN, R.OWNER_ADMIN},
    A.SEE_BANK_ACCOUNTS: READERS,
    A.CONFIRM_BANK_ACCOUNT: OFFICERS,
    A.SEE_AUDIT: frozenset({R.AUDITOR, R.ADMIN}),
    A.KEEP_CALENDAR: frozenset({R.ADMIN, R.SYSTEM}),
    A.MAKE_ORGANISATION: frozenset({R.ADMIN, R.SYSTEM}),
    A.SEE_HOUSE: frozenset({R.ADMIN}),
    A.POST_AGAIN: frozenset({R.ADMIN}),
    A.END_KEYS: frozenset({R.ADMIN}),
}
"""The permission matrix of `reliability.md` §4. Whose objects, is for the questions (`…_seen_by`) to say."""

SYSTEM_MAY = frozenset({A.EDIT_INSTRUMENT, A.SET_PRICES, A.PLAN_MAINTENANCE, A.ADMIT_INSTRUMENT, A.VERIFY_ORGANISATION})
"""What an operator may do from the terminal without naming a person: nothing that moves money (`contract.md` §1)."""


class Actor(Protocol):
    """Whoever acts: a signed-in person, or the house itself."""

    @property
    def id(self) -> int | None:
        """The person's number; None for the house."""

    @property
    def role(self) -> Role:
        """The one role."""

    @property
    def organisation_id(self) -> int | None:
        """The one organisation; None for the house."""


def roles_of(kind: Kind) -> list[Role]:
    """The roles an organisation of a kind may give, the least first."""
    return [role for role in Role if role in ROLES_OF[kind]]


def may(role: Role, act: Act) -> bool:
    """Whether a role carries an act."""
    return role in MAY[act] or (role is Role.SYSTEM and act in SYSTEM_MAY)


def require(by: Actor, act: Act) -> None:
    """Let pass whoever may.

    Raises: Forbidden.
    """
    if not may(by.role, act):
        raise Forbidden(act=act.value)


def require_other_hand(by: Actor, *earlier: int | None) -> None:
    """Four eyes: the duties of one object go to different persons.

    Raises: SecondPersonRequired.
    """
    if by.id is not None and by.id in earlier:
        raise SecondPersonRequired()


def require_undecided(state: str, waits: str) -> None:
    """What waits is decided once, by whoever comes first; `waits` is the one state in which it does.

    Raises: AlreadyDecided.
    """
    if state != waits:
        raise AlreadyDecided(state=state)
