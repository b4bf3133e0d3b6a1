"""What a template and its items are; the hidden version tells whether somebody saved meanwhile."""

from __future__ import annotations

from pmo.i18n import lazy_gettext as _
from pmo.web.editing.forms import IndicatorFields, MilestoneFields, NamedForm
from pmo.web.forms import ChoiceField, TextField, WholeNumberField, at_most, optional, required


class TemplateForm(NamedForm):
    """A template as a whole; the code is asked for once."""

    code = TextField(_("Code"), [required(_("Enter the code.")), at_most(30)])
    duration_days = WholeNumberField(_("Duration of the project"), [required(_("Enter the duration."))])
    sector_id = ChoiceField(_("Sector"), [optional()])
    priority_id = ChoiceField(_("Priority of the Address"), [optional()])


class FromProjectForm(NamedForm):
    """A project's plan as a template."""

    code = TextField(_("Code"), [required(_("Enter the code.")), at_most(30)])


class TemplateMilestoneForm(MilestoneFields):
    """A milestone of a template."""

    offset_days = WholeNumberField(_("Days after the start"), [optional()])


class TemplateIndicatorForm(IndicatorFields):
    """An indicator of a template: everything but values."""
