"""What an administrator enters about people."""

from __future__ import annotations

from pmo.domain.access import Role
from pmo.i18n import LANGUAGES
from pmo.i18n import lazy_gettext as _
from pmo.i18n.labels import choices, label, lazy_label
from pmo.queries.belongings import Duty
from pmo.web.editing.forms import TicksField, VersionedForm
from pmo.web.forms import ChoiceField, DayField, Form, TextField, at_most, optional, required


class PostForm(VersionedForm):
    """A post."""

    code = TextField(_("Code of the post"), [required(_("Enter the code.")), at_most(60)])
    title_ru = TextField(_("Title in Russian"), [required(_("Enter the title in Russian.")), at_most(300)])
    title_kk = TextField(_("Title in Kazakh"), [required(_("Enter the title in Kazakh.")), at_most(300)])
    title_en = TextField(_("Title in English"), [required(_("Enter the title in English.")), at_most(300)])
    email = TextField(_("E-mail address"), [required(_("Enter the e-mail address.")), at_most(254)])
    language = ChoiceField(_("Language of pages and mails"), [required(_("Choose the language."))])
    role = ChoiceField(_("Role"), [required(_("Choose the role."))])
    department_id = ChoiceField(_("Department"), [optional()])
    areas = TicksField(_("Areas of the curator"), [optional()])
    extra_cities = TicksField(_("Other cities to look at"), [optional()])

    def offer_lists(
        self, departments: list[tuple[str, str]], areas: list[tuple[str, str]], cities: list[tuple[str, str]]
    ) -> None:
        """Sets what can be chosen."""
        self.language.offer([(code, label("language", code)) for code in LANGUAGES])
        self.role.offer(choices("role"))
        self.department_id.offer(departments, str(_("None")))
        self.areas.offer(areas)
        self.extra_cities.offer(cities)


class GrantForm(Form):
    """A further role for a time."""

    role = ChoiceField(_("Role"), [required(_("Choose the role."))])
    department_id = ChoiceField(_("Department"), [optional()])
    area_id = ChoiceField(_("Area of the curator"), [optional()])
    starts_on = DayField(_("First day"), [required(_("Enter the first day."))])
    ends_on = DayField(_("Last day"), [required(_("Enter the last day."))])
    reason = TextField(_("Reason"), [required(_("Give the reason.")), at_most(300)])

    def offer_lists(self, departments: list[tuple[str, str]], areas: list[tuple[str, str]]) -> None:
        """Sets what can be chosen."""
        self.role.offer(choices("role"))
        self.department_id.offer(departments, str(_("None")))
        self.area_id.offer(areas, str(_("None")))

    @property
    def chosen_role(self) -> Role:
        """The role of a form that was found complete."""
        return Role(str(self.role.data))


class ClosingForm(Form):
    """Who takes each duty over; duties that nothing hangs on are taken out of the form."""

    manages = ChoiceField(lazy_label("duty", "manages"), [optional()])
    performs = ChoiceField(lazy_label("duty", "performs"), [optional()])
    owns = ChoiceField(lazy_label("duty", "owns"), [optional()])
    curates = ChoiceField(lazy_label("duty", "curates"), [optional()])
    heads = ChoiceField(lazy_label("duty", "heads"), [optional()])
    holds_area = ChoiceField(lazy_label("duty", "holds_area"), [optional()])
    substitutes = ChoiceField(lazy_label("duty", "substitutes"), [optional()])
    told = ChoiceField(lazy_label("duty", "told"), [optional()])

    def successors(self) -> dict[Duty, str | None]:
        """What was chosen, by duty."""
        return {duty: self[duty.value].data for duty in Duty if duty.value in self}
