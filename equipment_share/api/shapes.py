"""The documents of this door: whole lists at a constant number of questions, instants with the pool's offset, ids as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from equipment_share.api.plain import day, fen, key, local
from equipment_share.domain.access import PARTIES
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.programmes.programmes import terms
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.bookings import Booking, Document
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.people import Organisation, User
from equipment_share.models.vouchers import ProgrammeVersion
from equipment_share.queries.bookings.bookings import documents_of, histories_of
from equipment_share.queries.firms import holdings
from equipment_share.queries.ledger import VoucherFigures
from equipment_share.queries.vouchers import VoucherRow
from equipment_share.wording.vouchers import award_words

Shape = dict[str, Any]


def me(person: User) -> Shape:
    """Who is signed in."""
    own = person.organisation
    return {
        "email": person.email,
        "roles": [person.role.value],
        "organisation": {"code": own.code, "name": own.name, "kind": own.kind.value, "status": own.state.value},
    }


def organisations(rows: Sequence[Organisation]) -> list[Shape]:
    """Organisations as the bureau sees them."""
    return [organisation(row) for row in rows]


def organisation(row: Organisation) -> Shape:
    """One organisation."""
    return {
        "id": key(row.id),
        "code": row.code,
        "name": row.name,
        "kind": row.kind.value,
        "status": row.state.value,
        "region": row.region,
        "version": row.version,
        "tags": [{"tag": tag["tag"], "valid_until": tag.get("valid_until")} for tag in row.tags],
        "related": list(row.related),
        "barred": row.barred,
        "barred_until": day(row.barred_until),
        "controller": row.controller,
        "legal_rep": row.legal_rep,
        "shareholders": [{"name": name, "share_bp": share_bp} for name, share_bp in holdings(row)],
        "founded_on": day(row.founded_on),
        "insured_staff": row.insured_staff,
        "research_spend_fen": fen(row.research_spend),
        "credit_list": row.credit_list or None,
        "credit_since": day(row.credit_since),
    }


def party(row: Organisation) -> Shape:
    """An organisation by code and name."""
    return {"code": row.code, "name": row.name}


def quote(stored: Mapping[str, Any]) -> Shape:
    """A quote or charge: the stored document, each subsidy with its explanation in words; early ones knew no names and no tax."""
    lines = [{"name": "", "code": "", "vat_bp": 0, **line} for line in stored["lines"]]
    return {**stored, "lines": lines, "subsidies": [{**entry, "explanation": award_words(entry)} for entry in stored["subsidies"]]}


def bookings(rows: Sequence[Booking], by: User) -> list[Shape]:
    """Bookings with papers and history: two questions more, however many."""
    ids = [row.id for row in rows]
    papers, steps = documents_of(ids), histories_of("booking", ids)
    return [_booking(row, papers[row.id], steps[row.id], by) for row in rows]


def booking(row: Booking, by: User) -> Shape:
    """One booking."""
    return bookings([row], by)[0]


def _booking(row: Booking, papers: Sequence[Document], steps: Sequence[HistoryStep], by: User) -> Shape:
    return {
        "id": key(row.id),
        "number": row.number,
        "status": row.state.value,
        "version": row.version,
        "blocking": row.blocking,
        "instrument": key(row.instrument_id),
        "unit": key(row.unit_id),
        "mode": row.mode,
        "start": local(row.starts_at),
        "end": local(row.ends_at),
        "samples": row.samples,
        "purpose": row.purpose if by.role in PARTIES else "",  # what is studied is for the firm and the owner alone
        "firm": row.firm.code,
        "change_of": key(row.change_of_id),
        "proposal": {"start": local(row.proposed_from), "end": local(row.proposed_to)} if row.proposed_from else None,
        "answers": row.answers if by.role in PARTIES else {},
        "options": row.options,
        "quotation": key(row.quotation_id),
        "deadline": local(row.answer_by),
        "quote": quote(row.quote),
        "charge": quote(row.charge) if row.charge is not None else None,
        "documents": [paper(found) for found in papers],
        "history": [step(found) for found in steps],
    }


def paper(row: Document) -> Shape:
    """One paper of a booking; the file itself is fetched from the pages, after the same check."""
    file = row.file
    return {
        "id": key(row.id),
        "leg": row.leg,
        "number": row.number,
        "date": day(row.dated_on),
        "amount_fen": fen(row.amount),
        "file": {"name": file.name, "size": file.size, "sha256": file.sha256} if file is not None else None,
    }


def step(row: HistoryStep) -> Shape:
    """One step in a life. The actor is named by name or role, never by an address."""
    actor = "system" if row.by is None else row.by.name or row.by.role.value
    return {
        "at": local(row.at), "actor": actor, "event": row.event, "from": row.from_state, "to": row.to_state, "reason": row.reason,
    }  # fmt: skip


def vouchers(rows: Sequence[VoucherRow]) -> list[Shape]:
    """Vouchers with their six amounts."""
    return [voucher(row) for row in rows]


def voucher(row: VoucherRow) -> Shape:
    """One voucher with its six amounts."""
    held = row.voucher
    return {
        "id": key(held.id),
        "number": held.number,
        "programme": held.programme_code,
        "firm": held.firm.code,
        "status": held.state.value,
        "valid_from": day(held.valid_from),
        "valid_until": day(held.valid_until),
        "version": held.version,
        "wanted_fen": held.wanted.fen,
        **_six(row.figures),
    }


def voucher_to_come(version: ProgrammeVersion, quota: Money, firm: Organisation, today: date, until: date) -> Shape:
    """A voucher that is the firm's without asking, as it will be when it is first needed; nothing is written by looking."""
    drawn = quota if terms(version.document).reserve_at == "issue" else ZERO
    return {
        "id": f"due-{version.code}",
        "number": "",
        "programme": version.code,
        "firm": firm.code,
        "status": VoucherState.ISSUED.value,
        "valid_from": day(today),
        "valid_until": day(until),
        "version": 0,
        "wanted_fen": quota.fen,
        **_six(VoucherFigures(issued=drawn, available=drawn)),
    }


def _six(found: VoucherFigures) -> Shape:
    """The six amounts under the contract's names, and once more with the unit that all money here carries."""
    six = {field.name: getattr(found, field.name).fen for field in fields(found)}
    return {**{f"{name}_fen": amount for name, amount in six.items()}, **six}


def programmes(rows: Sequence[ProgrammeVersion]) -> list[Shape]:
    """Versions of programmes."""
    return [programme(row) for row in rows]


def programme(row: ProgrammeVersion) -> Shape:
    """One version: its document, and what it is."""
    return {**row.document, "id": key(row.id), "code": row.code, "number": row.number, "status": row.state.value, "version": row.version}
