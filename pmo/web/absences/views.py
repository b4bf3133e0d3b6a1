"""Who is away and who acts: one's own absence, or, with the right to it, anybody's of the city."""

from __future__ import annotations

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from pmo.db.session import alphabetical
from pmo.domain.access import Action, may_in_city
from pmo.i18n import gettext
from pmo.i18n import lazy_gettext as _
from pmo.i18n.names import name_of
from pmo.queries.absences import absences_from
from pmo.queries.people import Person, people_of_city
from pmo.services.absences import AbsencePlan, set_absence, withdraw_absence
from pmo.web.access import signed_in
from pmo.web.acts import Answer, act, form_page, saved
from pmo.web.context import actor, city, person, runtime, today
from pmo.web.forms import ChoiceField, DayField, Form, required

absences = Blueprint("absences", __name__)


class AbsenceForm(Form):
    """Who, until when, and who acts meanwhile."""

    person_id = ChoiceField(_("Who is away"), [required(_("Choose who is away."))])
    substitute_id = ChoiceField(_("Who acts"), [required(_("Choose who acts."))])
    starts_on = DayField(_("First day"), [required(_("Enter the first day."))])
    ends_on = DayField(_("Last day"), [required(_("Enter the last day."))])


@absences.route("/absences", methods=["GET", "POST"])
@signed_in
def index() -> Answer:
    """The absences of today and later, and the form for another one."""
    for_all = may_in_city(actor(), Action.SET_ABSENCE, city().id)
    with runtime().reading() as session:
        people = people_of_city(session, city().id)
        listed = absences_from(session, city().id, today(), of=None if for_all else person().id)
    form = AbsenceForm(person_id=person().id)
    form.person_id.offer(_choices([one for one in people if for_all or one.id == person().id]))
    form.substitute_id.offer(_choices(people))
    if form.validate_on_submit() and form.person_id.data and form.substitute_id.data:
        with form.answering():
            if form.starts_on.data and form.ends_on.data:
                plan = AbsencePlan(form.person_id.data, form.substitute_id.data, form.starts_on.data, form.ends_on.data)
                with runtime().writing() as session:
                    set_absence(session, act(), plan)
            return saved(gettext("The absence is entered."), url_for("absences.index"))
    return form_page("absences/index.html", form, absences=listed, for_all=for_all)


@absences.post("/absences/<int:absence_id>/withdrawal")
@signed_in
def withdraw(absence_id: int) -> Response:
    """The absence is taken back."""
    with runtime().writing() as session:
        withdraw_absence(session, act(), absence_id)
    return saved(gettext("The absence is withdrawn."), url_for("absences.index"))


def _choices(people: list[Person]) -> list[tuple[str, str]]:
    return sorted(((one.id, name_of(one)) for one in people), key=lambda choice: alphabetical(choice[1]))
