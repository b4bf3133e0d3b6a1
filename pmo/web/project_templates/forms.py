"""What a template and its items are; the hidden version tells whether somebody saved meanwhile."""

from __future__ import annotations

from wtforms import BooleanField

from pmo.i18n import lazy_gettext as _
from pmo.web.editing.forms import NamedForm
from pmo.web.editing.lines import LinksField
from pmo.web.editing.sources import SourceField
from pmo.web.forms import ChoiceField, NumberField, TextField, WholeNumberField, at_most, optional, required


class TemplateForm(NamedForm):
    """A template as a whole; the code is asked for once."""

    code = TextField(_("Code"), [required(_("Enter the code.")), at_most(30)])
    duration_days = WholeNumberField(_("Duration of the project"), [required(_("Enter the duration."))])
    sector_id = ChoiceField(_("Sector"), [optional()])
    priority_id = ChoiceField(_("Priority of the Address"), [optional()])


class FromProjectForm(NamedForm):
    """A project's plan as a template."""

    code = TextField(_("Code"), [required(_("Enter the code.")), at_most(30)])


class TemplateMilestoneForm(NamedForm):
    """A milestone of a template."""

    code = TextField(_("Code"), [required(_("Enter the code.")), at_most(40)])
    type_id = ChoiceField(_("Type"), [required(_("Choose the type."))])
    evidence_type_id = ChoiceField(_("Type of evidence"), [optional()])
    offset_days = WholeNumberField(_("Days after the start"), [optional()])
    weight = NumberField(_("Weight"), [required(_("Enter the weight."))])
    critical = BooleanField(_("Critical milestone"))
    depends_on = LinksField(_("Predecessors"), [optional(), at_most(2000)])
    min_duration_wd = WholeNumberField(_("Shortest duration after the predecessors"), [optional()])


class TemplateIndicatorForm(NamedForm):
    """An indicator of a template: everything but values."""

    code = TextField(_("Code"), [required(_("Enter the code.")), at_most(40)])
    unit_id = ChoiceField(_("Unit of measure"), [required(_("Choose the unit."))])
    source = SourceField(_("Data source"), [optional(), at_most(200)])
    direction = ChoiceField(_("Direction"), [required(_("Choose the direction."))])
    kind = ChoiceField(_("Kind"), [required(_("Choose the kind."))])
    frequency = ChoiceField(_("Frequency of reporting"), [required(_("Choose the frequency."))])
    interpolation = ChoiceField(_("Between the points"), [required(_("Choose one."))])
    weight = NumberField(_("Weight"), [required(_("Enter the weight."))])
    critical = BooleanField(_("Critical indicator"))
