"""The guards of the ledger: only steps that exist, only what was held, sums that follow each transfer (`reliability.md` §2.6)."""

from __future__ import annotations

from collections.abc import Collection

from equipment_share.domain.ledger import FLOWS, AccountKind, Phase
from equipment_share.models.guarding import Guard, refuse_pg

Flow = tuple[AccountKind, AccountKind, Phase]
CLOSING = "7003, 1"
"""PostgreSQL's advisory lock that every step shares and a close has alone: what a close reads is whole, and no earlier step comes after it."""


def _unknown_flow(flows: Collection[Flow]) -> str:
    known = ", ".join(sorted(f"'{dr.value}>{cr.value}:{phase.value}'" for dr, cr, phase in flows))
    return f"d.kind || '>' || c.kind || ':' || NEW.phase NOT IN ({known})"


_CHECKS = {
    # name -> condition that must not hold; d, c are the accounts, o the row that `of_id` names
    "transfer_same_programme": "(d.kind <> 'treasury' AND coalesce(d.programme_code, '') <> NEW.programme_code) "
    "OR (c.kind <> 'treasury' AND coalesce(c.programme_code, '') <> NEW.programme_code)",
    "transfer_of_a_hold": "NEW.phase IN ('capture', 'release') AND (o.id IS NULL OR o.phase <> 'hold' "
    "OR o.dr_id <> NEW.dr_id OR o.cr_id <> NEW.cr_id)",
    "capture_exceeds_hold": "NEW.phase = 'capture' AND NEW.amount > o.amount",
    "release_is_the_hold": "NEW.phase = 'release' AND NEW.amount <> o.amount",
    "refund_of_a_capture": "NEW.phase = 'refund' AND (o.id IS NULL OR o.phase <> 'capture' "
    "OR o.dr_id <> NEW.cr_id OR o.cr_id <> NEW.dr_id OR NEW.amount + (SELECT coalesce(sum(r.amount), 0) "
    "FROM ledger_transfer r WHERE r.of_id = NEW.of_id AND r.phase = 'refund') > o.amount)",
}
_JOIN = (
    "FROM ledger_account d JOIN ledger_account c ON c.id = NEW.cr_id LEFT JOIN ledger_transfer o ON o.id = NEW.of_id WHERE d.id = NEW.dr_id"
)


def _moves(side: str) -> str:
    """The update of one side's sums by the row just inserted."""
    held = "(SELECT h.amount FROM ledger_transfer h WHERE h.id = NEW.of_id)"
    return (
        f"UPDATE ledger_account SET {side}_pend = {side}_pend + CASE NEW.phase WHEN 'hold' THEN NEW.amount "
        f"WHEN 'capture' THEN -{held} WHEN 'release' THEN -{held} ELSE 0 END, "
        f"{side}_post = {side}_post + CASE WHEN NEW.phase IN ('direct', 'capture', 'refund') THEN NEW.amount ELSE 0 END, "
        f"last_transfer_id = NEW.id WHERE id = NEW.{side}_id AND bounded;"
    )


def street(flows: Collection[Flow] = FLOWS) -> Guard:
    """Only steps that exist, only what was held, and balances that follow each transfer (R06, R10)."""
    name = "ledger_street"
    checks = {"transfer_flow": _unknown_flow(flows), **_CHECKS}
    lite = "".join(f" SELECT RAISE(ABORT, '{rule}') WHERE EXISTS (SELECT 1 {_JOIN} AND ({bad}));" for rule, bad in checks.items())
    # two refunds of one capture at once would not see each other: the second waits for the voucher until the first is there
    wait = " IF NEW.phase = 'refund' THEN PERFORM 1 FROM ledger_account WHERE id = NEW.cr_id FOR NO KEY UPDATE; END IF;"
    pg = wait + "".join(f" IF EXISTS (SELECT 1 {_JOIN} AND ({bad})) THEN {refuse_pg(rule)} END IF;" for rule, bad in checks.items())
    return Guard(
        name,
        sqlite=[
            f"CREATE TRIGGER {name}_check BEFORE INSERT ON ledger_transfer BEGIN {lite} END",
            f"CREATE TRIGGER {name}_move AFTER INSERT ON ledger_transfer BEGIN {_moves('dr')} {_moves('cr')} END",
        ],
        postgresql=[
            (
                f"CREATE FUNCTION {name}_check() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
                f"SET search_path = public, pg_temp AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared({CLOSING}); {pg} RETURN NEW; END $$"
            ),
            (
                f"CREATE FUNCTION {name}_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
                f"SET search_path = public, pg_temp AS $$ BEGIN {_moves('dr')} {_moves('cr')} RETURN NULL; END $$"
            ),
            f"CREATE TRIGGER {name}_check BEFORE INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION {name}_check()",
            f"CREATE TRIGGER {name}_move AFTER INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION {name}_move()",
        ],
        sqlite_undo=[f"DROP TRIGGER {name}_check", f"DROP TRIGGER {name}_move"],
        postgresql_undo=[
            f"DROP TRIGGER {name}_check ON ledger_transfer",
            f"DROP TRIGGER {name}_move ON ledger_transfer",
            f"DROP FUNCTION {name}_check()",
            f"DROP FUNCTION {name}_move()",
        ],
    )


def _side_follows(side: str) -> str:
    """That one side's new sums are the old ones plus the newest transfer."""
    return (
        f"NEW.{side}_pend = OLD.{side}_pend + CASE WHEN t.{side}_id <> NEW.id THEN 0 WHEN t.phase = 'hold' THEN t.amount "
        f"WHEN t.phase IN ('capture', 'release') THEN -h.amount ELSE 0 END "
        f"AND NEW.{side}_post = OLD.{side}_post + CASE WHEN t.{side}_id = NEW.id "
        f"AND t.phase IN ('direct', 'capture', 'refund') THEN t.amount ELSE 0 END"
    )


def sums_follow() -> Guard:
    """An account starts empty, keeps its name, is never deleted, and each transfer moves its sums once."""
    name = "account_moved_by_hand"
    good = (
        # only a bounded account has sums that move: any other row stays as it was opened, its payee too
        "OLD.bounded AND NEW.id = OLD.id AND NEW.kind = OLD.kind AND NEW.key = OLD.key AND NEW.bounded = OLD.bounded "
        "AND coalesce(NEW.programme_code, '') = coalesce(OLD.programme_code, '') "
        "AND coalesce(NEW.organisation_id, 0) = coalesce(OLD.organisation_id, 0) "
        "AND NEW.last_transfer_id > OLD.last_transfer_id AND EXISTS (SELECT 1 FROM ledger_transfer t "
        "LEFT JOIN ledger_transfer h ON h.id = t.of_id WHERE t.id = NEW.last_transfer_id "
        "AND (t.dr_id = NEW.id OR t.cr_id = NEW.id) "
        f"AND {_side_follows('dr')} AND {_side_follows('cr')})"
    )
    born = "NEW.dr_pend <> 0 OR NEW.dr_post <> 0 OR NEW.cr_pend <> 0 OR NEW.cr_post <> 0 OR NEW.last_transfer_id <> 0"
    return Guard(
        name,
        sqlite=[
            f"CREATE TRIGGER {name}_update BEFORE UPDATE ON ledger_account WHEN NOT ({good}) BEGIN SELECT RAISE(ABORT, '{name}'); END",
            (
                f"CREATE TRIGGER {name}_insert BEFORE INSERT ON ledger_account WHEN {born} "
                f"OR EXISTS (SELECT 1 FROM ledger_account WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{name}'); END"
            ),
            f"CREATE TRIGGER {name}_delete BEFORE DELETE ON ledger_account BEGIN SELECT RAISE(ABORT, '{name}'); END",
        ],
        postgresql=[
            (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF TG_OP = 'INSERT' AND NOT ({born}) THEN RETURN NEW; END IF; "
                f"IF TG_OP = 'UPDATE' AND ({good}) THEN RETURN NEW; END IF; {refuse_pg(name)} END $$"
            ),
            f"CREATE TRIGGER {name}_rows BEFORE INSERT OR UPDATE OR DELETE ON ledger_account FOR EACH ROW EXECUTE FUNCTION {name}()",
            f"CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON ledger_account FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        ],
        sqlite_undo=[f"DROP TRIGGER {name}_{what}" for what in ("update", "insert", "delete")],
        postgresql_undo=[
            f"DROP TRIGGER {name}_rows ON ledger_account",
            f"DROP TRIGGER {name}_truncate ON ledger_account",
            f"DROP FUNCTION {name}()",
        ],
    )
