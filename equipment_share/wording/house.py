"""The words of what keeps the house running: long work, due jobs, letters."""

from __future__ import annotations

from flask_babel import lazy_pgettext as _p

from equipment_share.wording.kinds import Words

HOUSE_WORDS: Words = {
    "task": {
        "waiting": _p("task", "Waiting"),
        "running": _p("task", "Running"),
        "done": _p("task", "Done"),
        "failed": _p("task", "Failed"),
        "cancelled": _p("task", "Cancelled"),
    },
    "task_kind": {
        "laboratory": _p("task_kind", "Replay in the laboratory"),
        "catalogue": _p("task_kind", "Import of instruments"),
        "round": _p("task_kind", "Round of due jobs"),
    },
    "job": {
        "requests to remind of": _p("job", "Remind keepers of requests"),
        "requests to tell the bureau of": _p("job", "Tell the bureau of requests nobody answers"),
        "requests that nobody answered": _p("job", "Let unanswered requests expire"),
        "bookings that nobody came to": _p("job", "Note no-shows"),
        "uses that run over": _p("job", "Tell of uses that run over"),
        "uses that nobody disputed": _p("job", "Confirm uses that nobody disputed"),
        "vouchers that are over": _p("job", "Let vouchers expire"),
        "flags of the pool": _p("job", "Look for red flags"),
        "classes that end soon": _p("job", "Warn before a firm's class expires"),
        "vouchers that end soon": _p("job", "Warn of vouchers that end"),
        "applications that wait for budget": _p("job", "Issue what waited for budget"),
        "grants without application": _p("job", "Grant vouchers without application"),
        "answer files that nothing names": _p("job", "Clear files that no booking names"),
        "letters": _p("job", "Send letters"),
    },
    "scope": {
        "read": _p("scope", "read"),
        "write": _p("scope", "write"),
    },
    "mail_state": {
        "waiting": _p("mail_state", "Waiting"),
        "sent": _p("mail_state", "Sent"),
        "failed": _p("mail_state", "Given up"),
    },
}
"""States and names by what they are words for."""
