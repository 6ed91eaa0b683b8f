"""Shapes of what people type about themselves."""

from __future__ import annotations

from wtforms import BooleanField, DateField, IntegerField, PasswordField, SelectField
from wtforms.validators import NumberRange, Optional

from equipment_share.domain.contacts import LONGEST, Contact
from equipment_share.web.classes import TagsField
from equipment_share.web.fields import Line, PageForm, YuanField, most, required
from equipment_share.wording import WORDS, word


class SignInForm(PageForm):
    """Address and password."""

    email = Line("E-mail", [required, most(254)])
    password = PasswordField("Password", [required])


class RegisterForm(PageForm):
    """An organisation and its first administrator."""

    kind = SelectField("Kind", choices=["firm", "owner"])
    code = Line("Credit code", [required, most(40)])
    name = Line("Name", [required, most(200)])
    person = Line("Person", [required, most(60)])
    email = Line("E-mail", [required, most(254)])
    phone = Line("Phone", [most(40)])
    password = PasswordField("Password", [required])
    agreed = BooleanField("Agreed", [required])


class PasswordForm(PageForm):
    """A new password through a one-time link."""

    password = PasswordField("Password", [required])


class ChangePasswordForm(PageForm):
    """Another password, the current one asked."""

    current = PasswordField("Current", [required])
    password = PasswordField("Password", [required])


class ResetForm(PageForm):
    """Whose password is lost."""

    email = Line("E-mail", [required, most(254)])


class InviteForm(PageForm):
    """Whom to let in, and as what."""

    email = Line("E-mail", [required, most(254)])
    name = Line("Name", [most(60)])
    role = SelectField("Role")


class StaffForm(InviteForm):
    """The same, for the bureau or the platform."""

    organisation = SelectField("Organisation", coerce=int)


class TokenForm(PageForm):
    """A program's key."""

    name = Line("Name", [required, most(60)])


class RegionField(Line):
    """A region by its name; one that has none, by its code."""

    data: str | None

    def _value(self) -> str:
        return word("region", self.data) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """A name becomes its code; what is none is kept as it was typed."""
        super().process_formdata(valuelist)
        self.data = next((code for code, name in WORDS["region"].items() if str(name) == self.data), self.data)


class DescribeForm(PageForm):
    """What makes a firm eligible, and whom it is linked to."""

    tags = TagsField("Tags")
    related = Line("Related", [most(500)])
    region = RegionField("Region", [most(60)], render_kw={"list": "regions"})
    barred = BooleanField("Barred")
    barred_until = DateField("Barred until", [Optional()])
    controller = Line("Controller", [most(60)])
    legal_rep = Line("Legal representative", [most(60)])
    shareholders = Line("Shareholders", [most(2000)])
    founded_on = DateField("Founded on", [Optional()])
    insured_staff = IntegerField("Insured staff", [Optional(), NumberRange(0, 10**7)])
    research_spend = YuanField("Research spending")
    credit_list = SelectField("Credit list", choices=["", "abnormal", "dishonest"])
    credit_since = DateField("On the list since", [Optional()])


class ContactForm(PageForm):
    """How one's own organisation is reached."""

    address = Line("address", [most(LONGEST["address"])], render_kw={"autocomplete": "street-address"})
    contact_name = Line("contact_name", [most(LONGEST["contact_name"])])
    phone = Line("phone", [most(LONGEST["phone"])])

    def contact(self) -> Contact:
        """The one value."""
        return Contact(self.address.data or "", self.contact_name.data or "", self.phone.data or "")


class AccountForm(PageForm):
    """Where an organisation's money goes from now on."""

    account = Line("account", [required, most(60)], render_kw={"inputmode": "numeric", "autocomplete": "off"})
