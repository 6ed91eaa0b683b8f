"""What the accounts of the street are called by people: a voucher by its number, a payee by its name, a programme by its name."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import ColumnElement, String, cast, func, select

from equipment_share.domain.ledger import AccountKind
from equipment_share.models.base import db
from equipment_share.models.ledger import LedgerAccount
from equipment_share.models.people import Organisation
from equipment_share.models.settlement import Batch
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.vouchers import names_of_programmes

K = AccountKind


def account_names(ids: Collection[int], programme_called: Callable[[str], str]) -> dict[int, str]:
    """Names by account, beside the word of its kind: the treasury, of which there is one, needs none; three questions at most.

    `programme_called` says what a programme is called for the reader.
    """
    a = LedgerAccount
    query = select(a.id, a.kind, a.key, a.programme_code, Organisation.name).outerjoin(Organisation, Organisation.id == a.organisation_id)
    houses = db.session.execute(query.where(a.id.in_(ids))).all() if ids else []
    numbers = _numbers([house[0] for house in houses if house[1] is K.VOUCHER], [int(house[2]) for house in houses if house[1] is K.BATCH])
    found = {}
    for account_id, kind, key, code, organisation in houses:
        if kind is K.TREASURY:
            found[account_id] = ""
        elif kind is K.PAYABLE:
            found[account_id] = f"{organisation or key} · {programme_called(code or key)}"
        else:
            number = numbers.get((kind, account_id if kind is K.VOUCHER else key))
            found[account_id] = number or programme_called(code or key)
    return found


def _numbers(voucher_accounts: Collection[int], batches: Collection[int]) -> dict[tuple[AccountKind, int | str], str]:
    found: dict[tuple[AccountKind, int | str], str] = {}
    if voucher_accounts:
        query = select(Voucher.account_id, Voucher.number).where(Voucher.account_id.in_(voucher_accounts))
        found |= {(K.VOUCHER, row[0] or 0): row[1] for row in db.session.execute(query)}
    if batches:
        found |= {(K.BATCH, str(row[0])): row[1] for row in db.session.execute(select(Batch.id, Batch.number).where(Batch.id.in_(batches)))}
    return found


def called(text: str) -> ColumnElement[bool]:
    """Accounts that are called so: by organisation, number of a voucher or batch, programme, or a part of one of them; one question."""
    a, whole = LedgerAccount, text.casefold()
    codes = [code for code, named in names_of_programmes().items() if named.says(text) or whole == code.casefold()]
    organisations = select(Organisation.id).where(Organisation.name.contains(text, autoescape=True))
    vouchers = select(Voucher.account_id).where(func.upper(Voucher.number).contains(text.upper(), autoescape=True))
    batches = select(cast(Batch.id, String)).where(func.upper(Batch.number).contains(text.upper(), autoescape=True))
    named_by_key = a.kind.in_([K.PROGRAMME, K.PAID, K.EXPIRED, K.REVOKED]) & a.key.in_(codes)
    return a.organisation_id.in_(organisations) | a.id.in_(vouchers) | ((a.kind == K.BATCH) & a.key.in_(batches)) | named_by_key
