"""The form of a project made from a template: the project, a date for each milestone, values for each indicator.

Its fields depend on the template, so they are made for each request: ``m-M1-due_on``, ``i-I1-target``. Beside a date
stands the one that was proposed: a date that somebody changed stays when the plan is computed again for another start.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, cast

from wtforms import BooleanField, HiddenField

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.planning import faults_of_day
from pmo.domain.template import Template, TemplateIndicator, Values, planned_dates, wanted_values
from pmo.i18n import gettext
from pmo.i18n import lazy_gettext as _
from pmo.i18n.names import name_of
from pmo.services.project_from_template import ItemFault
from pmo.web.editing.forms import ProjectForm
from pmo.web.forms import DayField, NumberField, optional

DAYS = ("baseline_on", "target_on", "window_start")
"""Values of an indicator that are days; the others are numbers."""


class PlanForm(ProjectForm):
    """What every such form has; ``plan_form`` adds the milestones and indicators."""

    planned_from = HiddenField()
    planned_until = HiddenField()
    template: Template

    @property
    def kept_milestones(self) -> list[str]:
        """Codes of the milestones that are not left out."""
        return [one.code for one in self.template.milestones if not self[f"m-{one.code}-left_out"].data]

    @property
    def kept_indicators(self) -> list[TemplateIndicator]:
        """The indicators that are not left out."""
        return [one for one in self.template.indicators if not self[f"i-{one.code}-left_out"].data]

    @property
    def start_was_moved(self) -> bool:
        """Whether the dates that stand in the form were computed for another start."""
        return self.start_on.data is not None and self.start_on.data.isoformat() != self.planned_from.data

    @property
    def dates(self) -> dict[str, date | None]:
        """The date of each milestone that is kept."""
        return {code: self[f"m-{code}-due_on"].data for code in self.kept_milestones}

    def values(self) -> dict[str, Values]:
        """The values of each indicator that is kept and has its two days; a missing day is said at its field."""
        found = {}
        for one in self.kept_indicators:
            given: dict[str, Any] = {name: self[f"i-{one.code}-{name}"].data for name in fields_of(one)}
            missing = [name for name in ("baseline_on", "target_on") if given[name] is None]
            for field in (self[f"i-{one.code}-{name}"] for name in missing):
                field.errors = field.errors or [gettext("Enter the date.")]
            if not missing:
                found[one.code] = Values(**given)
        return found

    @property
    def error_list(self) -> list[tuple[str | None, str]]:
        """Everything that is wrong; what is said of an item begins with its code."""
        wrong: list[tuple[str | None, str]] = [(None, text) for text in self.refusals]
        for field in self:
            kind, _, rest = field.name.partition("-")
            label = str(field.label.text)
            about = {"m": f"{label}: ", "i": f"{rest.rpartition('-')[0]}, {label}: "}.get(kind if rest else "", "")
            wrong += [(field.id, f"{about}{error}") for error in field.errors]
        return wrong

    def show_unreadable(self) -> None:
        """Names what cannot be read, without asking yet for what is missing."""
        for field in self:
            field.errors = list(field.process_errors)

    def show(self, faults: Iterable[ItemFault]) -> None:
        """Puts what is refused to where it belongs; a field that could not be read has its fault already."""
        for fault in faults:
            name = _field_of(fault)
            if name is None or name not in self or not self[name].errors:
                self.refuse(type(fault.rule)(fault.rule.code, name, **fault.rule.values))

    def propose(self, calendar: WorkingCalendar) -> None:
        """Computes every date that nobody changed, for the start that stands in the form. Raises RuleBroken."""
        start = self.start_on.data
        if start is None:
            return
        for fault in faults_of_day(start, "start_on"):
            raise fault.as_refusal()
        self._propose_milestones(start, calendar)
        until = start + timedelta(days=self.template.duration_days)
        before = {"start": _day(self.planned_from.data), "until": _day(self.planned_until.data)}
        _follow(self.end_on, before["until"], until)
        for one in self.template.indicators:
            for name in (field for field in fields_of(one) if field in DAYS):
                is_end = name == "target_on"
                _follow(
                    self[f"i-{one.code}-{name}"], before["until" if is_end else "start"], until if is_end else start
                )
        _put(self.planned_from, start.isoformat())
        _put(self.planned_until, until.isoformat())

    def _propose_milestones(self, start: date, calendar: WorkingCalendar) -> None:
        kept = set(self.kept_milestones)
        plan = self.template.without_milestones({one.code for one in self.template.milestones} - kept)
        changed = {code: self[f"m-{code}-due_on"].data for code in kept if self._was_changed(code)}
        fixed = {code: day for code, day in changed.items() if not faults_of_day(day, "due_on")}
        for code, day in planned_dates(plan.milestones, start, calendar, fixed).items():
            if code not in changed:
                _put(self[f"m-{code}-due_on"], day)
                _put(self[f"m-{code}-proposed"], day.isoformat() if day else "")

    def _was_changed(self, code: str) -> bool:
        """Whether somebody typed another date than the one proposed, be it one that cannot be read."""
        field = self[f"m-{code}-due_on"]
        was_typed = bool(field.raw_data) and field.data != _day(self[f"m-{code}-proposed"].data)
        return was_typed or bool(field.process_errors)


def plan_form(template: Template, **known: object) -> PlanForm:
    """The form for a template; ``known`` are fields of the project that are filled beforehand."""
    made: dict[str, Any] = {}
    for one in template.milestones:
        word = f"{one.code} {name_of(one)}"
        made[f"m-{one.code}-due_on"] = DayField(word, [optional()])
        made[f"m-{one.code}-proposed"] = HiddenField()
        made[f"m-{one.code}-left_out"] = BooleanField(_("leave out"))
    for each in template.indicators:
        made |= {f"i-{each.code}-{name}": _field(name) for name in fields_of(each)}
        made[f"i-{each.code}-left_out"] = BooleanField(_("leave this indicator out"))
    form = cast(PlanForm, type("PlanFormOfTemplate", (PlanForm,), made)(**known))
    form.template = template
    for each in template.indicators:
        for name in fields_of(each):
            form[f"i-{each.code}-{name}"].flags.required = True  # unless left out, which the form says itself
    return form


def fields_of(indicator: TemplateIndicator) -> tuple[str, ...]:
    """The values that are asked for, in the order of the page."""
    wanted = wanted_values(indicator)
    if "baseline" in wanted:
        return ("baseline", "baseline_on", *(name for name in wanted if name != "baseline"), "target_on")
    return ("baseline_on", *wanted, "target_on")


def _field(name: str) -> DayField | NumberField:
    words = {
        "baseline": _("Baseline value"),
        "baseline_on": _("Date of the baseline value"),
        "target": _("Target value"),
        "target_on": _("Target date"),
        "low": _("Lower bound"),
        "high": _("Upper bound"),
        "window_start": _("Start of the window"),
    }
    return DayField(words[name], [optional()]) if name in DAYS else NumberField(words[name], [optional()])


def _field_of(fault: ItemFault) -> str | None:
    if fault.milestone is not None:
        return f"m-{fault.milestone}-{fault.rule.field}"
    return f"i-{fault.indicator}-{fault.rule.field}" if fault.indicator is not None else fault.rule.field


def _follow(field: Any, before: date | None, now: date) -> None:
    """A day that stands as it was proposed, or was never asked for, follows the new proposal."""
    if not field.process_errors and (not field.raw_data or field.data == before):
        _put(field, now)


def _put(field: Any, value: object) -> None:
    """The field shows this, whatever was sent."""
    field.data, field.raw_data = value, None


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
