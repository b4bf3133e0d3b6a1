"""The form of a reform: departments that close, departments that open, and where each thing goes.

Its fields depend on what hangs on the closing departments, so they are made for each request: ``new-1-code``,
``all-DEPARTMENT``, ``project-ID``, ``person-ID``. A project or post that names no department follows its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from pmo.domain.reform import NewDepartment, Reform
from pmo.i18n import gettext
from pmo.i18n import lazy_gettext as _
from pmo.i18n.names import name_of
from pmo.queries.departments import Hanging
from pmo.web.forms import ChoiceField, DayField, Form, TextField, at_most, optional, required

MOST_NEW = 6


class ReformForm(Form):
    """What every reform has; ``reform_form`` adds the rest."""

    effective_on = DayField(_("Takes effect on"), [required(_("Enter the day on which it takes effect."))])
    reason = TextField(_("Reason"), [required(_("Give the reason.")), at_most(300)])

    def reform(self, closing: Sequence[Hanging], new: int) -> Reform:
        """What a form that was found complete says."""
        opening = tuple(
            NewDepartment(
                str(self[f"new-{number}-code"].data),
                str(self[f"new-{number}-name_ru"].data),
                str(self[f"new-{number}-name_kk"].data),
                str(self[f"new-{number}-name_en"].data),
                self[f"new-{number}-head"].data,
            )
            for number in range(1, new + 1)
        )
        codes = {f"new-{number}": one.id for number, one in enumerate(opening, 1)}

        def chosen(name: str) -> str:
            value = str(self[name].data or "")
            return codes.get(value, value)

        projects = {str(one.id): chosen(f"project-{one.id}") for each in closing for one in each.projects}
        people = {one.id: chosen(f"person-{one.id}") for each in closing for one in each.people}
        return Reform(
            cast(date, self.effective_on.data),
            {one.id: chosen(f"all-{one.id}") for one in closing},
            opening,
            {key: value for key, value in projects.items() if value},
            {key: value for key, value in people.items() if value},
        )


def reform_form(
    closing: Sequence[Hanging],
    new: int,
    living: Sequence[tuple[str, str]],
    heads: Sequence[tuple[str, str]],
    today: date,
) -> ReformForm:
    """The form for some closing departments and a number of new ones. ``living`` are the departments that stay."""
    made: dict[str, Any] = {}
    for number in range(1, new + 1):
        made |= _new_department(number)
    for one in closing:
        made[f"all-{one.id}"] = ChoiceField(
            gettext("Everything of “%(department)s” goes to", department=name_of(one.name)),
            [required(_("Choose the successor."))],
        )
        made |= {
            f"project-{row.id}": ChoiceField(f"{row.code} {name_of(row.name)}", [optional()]) for row in one.projects
        }
        made |= {f"person-{row.id}": ChoiceField(name_of(row.title), [optional()]) for row in one.people}
    form = cast(ReformForm, type("ReformFormOfDay", (ReformForm,), made)(effective_on=today))
    words = [(f"new-{number}", _word_of_new(form, number)) for number in range(1, new + 1)]
    for field in form:
        kind = field.name.partition("-")[0]
        if field.name.endswith("-head"):
            cast(ChoiceField, field).offer(heads, gettext("Vacant"))
        elif kind == "all":
            cast(ChoiceField, field).offer([*words, *living])
            if field.raw_data is None and len(words) == 1:
                field.data = words[0][0]
        elif kind in ("project", "person"):
            cast(ChoiceField, field).offer([*words, *living], gettext("As the department"))
    return form


def _new_department(number: int) -> dict[str, Any]:
    return {
        f"new-{number}-code": TextField(_("Code"), [required(_("Enter the code.")), at_most(40)]),
        f"new-{number}-name_ru": TextField(
            _("Name in Russian"), [required(_("Enter the name in Russian.")), at_most(500)]
        ),
        f"new-{number}-name_kk": TextField(
            _("Name in Kazakh"), [required(_("Enter the name in Kazakh.")), at_most(500)]
        ),
        f"new-{number}-name_en": TextField(
            _("Name in English"), [required(_("Enter the name in English.")), at_most(500)]
        ),
        f"new-{number}-head": ChoiceField(_("Head of department"), [optional()]),
    }


def _word_of_new(form: ReformForm, number: int) -> str:
    """A new department by the name that was typed, else by its number."""
    typed = form[f"new-{number}-name_ru"].data
    return gettext("New department %(number)d", number=number) + (f": {typed}" if typed else "")
