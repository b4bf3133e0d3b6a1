"""What a project, a milestone and an indicator are. The hidden version tells whether somebody saved meanwhile."""

from __future__ import annotations

from typing import Any, ClassVar

from wtforms import BooleanField, HiddenField, SelectMultipleField, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from pmo.i18n import lazy_gettext as _
from pmo.i18n.labels import choices
from pmo.queries.row_numbers import row_number_or_zero
from pmo.web.editing.lines import LinksField, PointsField
from pmo.web.editing.sources import SourceField
from pmo.web.forms import (
    ChoiceField,
    DayField,
    Form,
    NumberField,
    TextField,
    WholeNumberField,
    at_most,
    optional,
    required,
)

NAMES = ("name_ru", "name_kk", "name_en")


class TicksField(SelectMultipleField):
    """Any of a few: boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def offer(self, choices: list[tuple[str, str]]) -> None:
        """Sets what can be ticked: (code, word)."""
        self.choices = list(choices)

    def pre_validate(self, form: Any) -> None:
        if set(self.data or ()) - {choice[0] for choice in self.choices or ()}:
            raise ValidationError(str(_("Choose one of the list.")))


class VersionedForm(Form):
    """A form that knows which version of the thing it was opened with."""

    version = HiddenField()

    @property
    def opened_at_version(self) -> int:
        """The version that the form was opened with; 0 where it is no number, which meets no version."""
        return row_number_or_zero(str(self.version.data or ""))


class NamedForm(VersionedForm):
    """Three names and the version; the code, where there is one, stands above them."""

    on_page: ClassVar[tuple[str, ...]] = ("code", *NAMES)
    name_ru = TextField(_("Name in Russian"), [required(_("Enter the name in Russian.")), at_most(500)])
    name_kk = TextField(_("Name in Kazakh"), [required(_("Enter the name in Kazakh.")), at_most(500)])
    name_en = TextField(_("Name in English"), [required(_("Enter the name in English.")), at_most(500)])


class ProjectForm(NamedForm):
    """A project."""

    on_page = (
        "code",
        *NAMES,
        "priority_id",
        "sector_id",
        "department_id",
        "area_id",
        "districts",
        "manager_id",
        "owner_id",
        "curator_id",
        "start_on",
        "end_on",
        "budget_mln",
        "weight",
        "flagship",
    )

    code = TextField(_("Code"), [required(_("Enter the code.")), at_most(30)])
    sector_id = ChoiceField(_("Sector"), [required(_("Choose the sector."))])
    priority_id = ChoiceField(_("Priority of the Address"), [required(_("Choose the priority."))])
    department_id = ChoiceField(_("Department"), [required(_("Choose the department."))])
    area_id = ChoiceField(_("Area of the curator"), [required(_("Choose the area."))])
    curator_id = ChoiceField(_("Curator"), [optional()])
    owner_id = ChoiceField(_("Owner"), [optional()])
    manager_id = ChoiceField(_("Project manager"), [optional()])
    districts = TicksField(_("Districts"), [optional()])
    start_on = DayField(_("Start date"), [required(_("Enter the start date."))])
    end_on = DayField(_("End date"), [required(_("Enter the end date."))])
    budget_mln = NumberField(_("Budget"), [optional()])
    weight = NumberField(_("Weight"), [required(_("Enter the weight."))])
    flagship = BooleanField(_("Flagship project"))


class MilestoneFields(NamedForm):
    """What a milestone of a project and one of a template are both asked for; ``on_page`` has what each adds, too."""

    on_page = (
        "code",
        *NAMES,
        "type_id",
        "evidence_type_id",
        "performer_id",
        "critical",
        "weight",
        "due_on",
        "offset_days",
        "depends_on",
        "min_duration_wd",
    )
    code = TextField(_("Code"), [required(_("Enter the code.")), at_most(40)])
    type_id = ChoiceField(_("Type"), [required(_("Choose the type."))])
    evidence_type_id = ChoiceField(_("Type of evidence"), [optional()])
    critical = BooleanField(_("Critical milestone"))
    weight = NumberField(_("Weight"), [required(_("Enter the weight."))])
    depends_on = LinksField(_("Predecessors"), [optional(), at_most(2000)])
    min_duration_wd = WholeNumberField(_("Shortest duration after the predecessors"), [optional()])


class MilestoneForm(MilestoneFields):
    """A milestone. ``due_on`` is asked only while it has no baseline date."""

    performer_id = ChoiceField(_("Performer"), [optional()])
    due_on = DayField(_("Baseline date"), [optional()])


class IndicatorFields(NamedForm):
    """What an indicator of a project and one of a template are both asked for: everything but values."""

    code = TextField(_("Code"), [required(_("Enter the code.")), at_most(40)])
    unit_id = ChoiceField(_("Unit of measure"), [required(_("Choose the unit."))])
    source = SourceField(_("Data source"), [optional(), at_most(200)])
    direction = ChoiceField(_("Direction"), [required(_("Choose the direction."))])
    kind = ChoiceField(_("Kind"), [required(_("Choose the kind."))])
    frequency = ChoiceField(_("Frequency of reporting"), [required(_("Choose the frequency."))])
    interpolation = ChoiceField(_("Between the points"), [required(_("Choose one."))])
    critical = BooleanField(_("Critical indicator"))
    weight = NumberField(_("Weight"), [required(_("Enter the weight."))])

    def offer(self, units: list[tuple[str, str]]) -> None:
        """Sets what can be chosen; ``units`` are (id, word)."""
        self.unit_id.offer(units)
        self.direction.offer(choices("direction"))
        self.kind.offer(choices("indicator_kind"))
        self.frequency.offer(choices("frequency"))
        self.interpolation.offer(choices("interpolation"))


class IndicatorForm(IndicatorFields):
    """An indicator with its trajectory."""

    on_page = (
        "code",
        *NAMES,
        "unit_id",
        "source",
        "direction",
        "kind",
        "frequency",
        "critical",
        "weight",
        "baseline",
        "baseline_on",
        "target",
        "target_on",
        "low",
        "high",
        "window_start",
        "zero_scale",
        "interpolation",
        "trajectory",
        "shares",
    )
    baseline = NumberField(_("Baseline value"), [optional()])
    baseline_on = DayField(_("Date of the baseline value"), [required(_("Enter the date."))])
    target = NumberField(_("Target value"), [optional()])
    target_on = DayField(_("Target date"), [required(_("Enter the date."))])
    low = NumberField(_("Lower bound"), [optional()])
    high = NumberField(_("Upper bound"), [optional()])
    window_start = DayField(_("Start of the window"), [optional()])
    trajectory = PointsField(_("Points of the trajectory"), [optional(), at_most(4000)])
    shares = PointsField(_("Seasonal shares"), [optional(), at_most(4000)])
    zero_scale = NumberField(_("Scale for a target of zero"), [optional()])
