"""The words of bookings: states, reasons, samples, and what repeats or waits."""

from __future__ import annotations

from flask_babel import lazy_pgettext as _p

from equipment_share.wording.kinds import Words

BOOKING_WORDS: Words = {
    "booking": {
        "draft": _p("booking", "Draft"),
        "submitted": _p("booking", "Waiting for the owner"),
        "approved": _p("booking", "Approved"),
        "in_use": _p("booking", "In use"),
        "usage_recorded": _p("booking", "Waiting for the firm"),
        "confirmed": _p("booking", "Use confirmed"),
        "invoiced": _p("booking", "Invoiced"),
        "completed": _p("booking", "Completed"),
        "offered": _p("booking", "Offered to the firm"),
        "rejected": _p("booking", "Declined"),
        "expired": _p("booking", "Lapsed"),
        "cancelled_by_firm": _p("booking", "Cancelled by the firm"),
        "cancelled_by_owner": _p("booking", "Cancelled by the owner"),
        "rescheduled": _p("booking", "Rescheduled"),
        "no_show": _p("booking", "No-show"),
        "disputed": _p("booking", "Disputed"),
        "adjusted": _p("booking", "Adjusted"),
    },
    "reason": {
        "competing": _p("reason", "Another request for this time was chosen."),
        "unanswered": _p("reason", "Nobody answered in time."),
        "declined": _p("reason", "The firm did not take it."),
        "old_booking_ended": _p("reason", "The booking that was to be changed is over."),
        "own_use": _p("reason", "The instrument is needed for our own work at this time."),
        "unsuitable": _p("reason", "The samples do not suit this instrument."),
        "untrained": _p("reason", "Training is needed first: please ask for it."),
        "unclear": _p("reason", "Please say more about the samples and the purpose, and ask again."),
        "no_staff": _p("reason", "Nobody can attend at this time."),
        "repair": _p("reason", "The instrument is out of order."),
        "too_long": _p("reason", "Please ask for a shorter time."),
        "other_instrument": _p("reason", "Another instrument fits this better."),
    },
    "occurrence": {
        "free": _p("occurrence", "free"),
        "taken": _p("occurrence", "taken"),
        "closed": _p("occurrence", "not possible"),
        "no_such_date": _p("occurrence", "no such date"),
        "booked": _p("occurrence", "booked"),
    },
    "repeat": {
        "DAILY": _p("repeat", "every day"),
        "WEEKLY": _p("repeat", "every week"),
        "MONTHLY": _p("repeat", "every month"),
        "YEARLY": _p("repeat", "every year"),
        "DAILY_N": _p("repeat", "every %(n)s days"),
        "WEEKLY_N": _p("repeat", "every %(n)s weeks"),
        "MONTHLY_N": _p("repeat", "every %(n)s months"),
        "YEARLY_N": _p("repeat", "every %(n)s years"),
    },
    "every": {
        "": _p("every", "does not repeat"),
        "day": _p("every", "day"),
        "week": _p("every", "week"),
        "two_weeks": _p("every", "two weeks"),
        "month": _p("every", "month"),
        "quarter": _p("every", "quarter"),
        "year": _p("every", "year"),
    },
    "part": {
        "any": _p("part", "any two hours"),
        "am": _p("part", "9–12"),
        "pm": _p("part", "13–17"),
        "eve": _p("part", "18–21"),
    },
    "pending": {
        "first_come": _p("pending", "First come: a request keeps others out"),
        "owner_chooses": _p("pending", "The keeper chooses among them"),
    },
    "per": {"day": _p("per", "a day"), "week": _p("per", "a week"), "month": _p("per", "a month")},
    "whom": {"user": _p("whom", "Each person"), "firm": _p("whom", "Each firm")},
    "waiting": {
        "waiting": _p("waiting", "in line"),
        "offered": _p("waiting", "offered to you"),
        "taken": _p("waiting", "taken"),
        "lapsed": _p("waiting", "lapsed"),
        "withdrawn": _p("waiting", "left"),
    },
    "training": {
        "asked": _p("training", "Waiting"),
        "granted": _p("training", "Granted"),
        "refused": _p("training", "Declined"),
    },
    "question": {
        "text": _p("question", "words"),
        "number": _p("question", "a number"),
        "choice": _p("question", "one of several"),
        "yes_no": _p("question", "yes or no"),
        "file": _p("question", "a file"),
    },
    "sample": {
        "awaited": _p("sample", "samples awaited"),
        "received": _p("sample", "samples received"),
        "measured": _p("sample", "measured"),
        "delivered": _p("sample", "result delivered"),
    },
    "sample_act": {
        "received": _p("sample_act", "The samples have arrived"),
        "measured": _p("sample_act", "The samples are measured"),
        "delivered": _p("sample_act", "The result is handed over"),
    },
    "sample_next": {
        "awaited": _p("sample_next", "Approved. The samples come next; note it when they arrive."),
        "received": _p("sample_next", "The samples are here. They are measured next."),
        "measured": _p("sample_next", "Measured. The result is handed over next."),
        "delivered": _p("sample_next", "The result is handed over. The owner records the use once its time has begun."),
    },
}

READY_REASONS = ("own_use", "unsuitable", "untrained", "unclear", "no_staff", "repair", "too_long", "other_instrument", "competing")
"""Why an owner says no, ready-made: the key 1 to 9 chooses one, and the firm reads it in its own language."""
