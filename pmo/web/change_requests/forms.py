"""The forms of a change request: asking, and what is said to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from pmo.domain.errors import RuleBroken
from pmo.i18n import lazy_gettext as _
from pmo.queries.project_page import MilestoneLine
from pmo.web.forms import ChoiceField, DayField, Form, LongTextField, at_most, optional, required


class RequestForm(Form):
    """A date for each milestone that can move, and the reason. Made anew for each project by ``request_form``."""

    reason_id = ChoiceField(_("Reason"), [required(_("Choose the reason."))])
    text = LongTextField(_("Why the date cannot be kept"), [required(_("Explain the request.")), at_most(2000)])

    def dates(self, lines: Sequence[MilestoneLine]) -> dict[str, date]:
        """The new dates by milestone code: only those that were changed."""
        told = {line.facts.code: self[field_of(line)].data for line in lines}
        return {
            line.facts.code: told[line.facts.code]
            for line in lines
            if told[line.facts.code] and told[line.facts.code] != line.judged.due_on
        }

    def refuse(self, refusal: RuleBroken) -> None:
        """A refusal that names a milestone stands at its date."""
        code = refusal.values.get("milestone") or refusal.values.get("item")
        field = self._codes.get(str(code)) if refusal.field == "dates" else None
        super().refuse(RuleBroken(refusal.code, field, **refusal.values) if field else refusal)

    _codes: Mapping[str, str] = MappingProxyType({})


def field_of(line: MilestoneLine) -> str:
    """The name of a milestone's date in the form."""
    return f"date_{line.facts.id}"


def request_form(lines: Sequence[MilestoneLine]) -> RequestForm:
    """A form with one date for each of the milestones, prefilled with those that stand."""
    fields = {field_of(line): DayField(line.facts.code, [optional()]) for line in lines}
    codes = {line.facts.code: field_of(line) for line in lines}
    made = type("RequestFormOfProject", (RequestForm,), {**fields, "_codes": codes})
    form: RequestForm = made(**{field_of(line): line.judged.due_on for line in lines})
    return form


class CommentForm(Form):
    """A step that may be taken without a word."""

    text = LongTextField(_("Comment"), [optional(), at_most(2000)])


class ReasonForm(Form):
    """A step that needs its reason."""

    text = LongTextField(_("Reason"), [required(_("Give the reason.")), at_most(2000)])
