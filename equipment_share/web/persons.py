"""A person of a firm as a form names one: chosen among those who have been here, or by e-mail."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext
from wtforms import SelectField, StringField

from equipment_share.domain.errors import Problem
from equipment_share.models.people import User
from equipment_share.web.fields import PageForm


class PersonForm(PageForm):
    """A form about a person of a firm; who is not there is said beside the address."""

    known = SelectField("known", validate_choice=False)

    def among(self, people: Sequence[User]) -> None:
        """Offer the persons who have been here, firm by firm."""
        self.known.choices = [("", "—"), *((row.email, f"{row.organisation.name} · {row.called}") for row in people)]

    def address(self) -> StringField:
        """The field for the e-mail of somebody else."""
        raise NotImplementedError

    def person(self) -> str:
        """The address of the person who is meant; what was typed goes before what was chosen."""
        return str(self.address().data or self.known.data or "")

    def show_all(self, problems: Sequence[Problem]) -> None:
        """An unknown address in words of its own."""
        unknown = [problem for problem in problems if problem.field in ("for", "email") and problem.code == "not_found"]
        if unknown:
            self.address().errors = [
                gettext("Nobody of a firm has this e-mail address here. Colleagues of your own house cannot be chosen.")
            ]
        super().show_all([problem for problem in problems if problem not in unknown])
