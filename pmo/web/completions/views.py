"""A manager says that a milestone is done, and shows the evidence."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, url_for
from werkzeug.datastructures import FileStorage

from pmo.domain.access import Action
from pmo.i18n import gettext
from pmo.i18n import lazy_gettext as _
from pmo.queries.form_fields import milestone_fields
from pmo.queries.names import evidence_types
from pmo.services.files import CheckedFile, check_evidence, store_evidence
from pmo.services.milestones import Evidence, claim_completion
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, milestone_for, offered, saved
from pmo.web.context import runtime, today
from pmo.web.forms import (
    ChoiceField,
    DayField,
    Form,
    LongTextField,
    TextField,
    UploadField,
    at_most,
    optional,
    required,
)

completions = Blueprint("completions", __name__)


class CompletionForm(Form):
    """The claim: when, and what proves it."""

    completed_on = DayField(_("Completed on"), [required(_("Enter the date of completion."))])
    type_id = ChoiceField(_("Type of evidence"), [optional()])
    document_number = TextField(_("Number of the document"), [optional(), at_most(100)])
    document_date = DayField(_("Date of the document"), [optional()])
    link = TextField(_("Link"), [optional(), at_most(1000)], render_kw={"inputmode": "url", "spellcheck": "false"})
    file = UploadField(_("File"), [optional()], render_kw={"accept": ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"})
    text = LongTextField(_("Note for the project management office"), [optional(), at_most(2000)])


@completions.route("/milestones/<int:milestone_id>/completion", methods=["GET", "POST"])
@needs(Action.VIEW)
def show(milestone_id: int) -> Answer:
    """The form, and the claim."""
    page = milestone_for(milestone_id, Action.CLAIM)
    with runtime().reading() as session:
        fields = milestone_fields(session, milestone_id)
        types = evidence_types(session)
    form = CompletionForm(completed_on=today(), type_id=fields.evidence_type_id)
    form.type_id.offer(offered(types))
    if form.validate_on_submit() and form.completed_on.data:
        with form.answering():
            _claim(milestone_id, page.project_id, form.completed_on.data, form)
            told = gettext("Reported done: %(item)s. The evidence waits for the office.", item=page.code)
            return saved(told, url_for("milestones.show", milestone_id=milestone_id))
    limit = runtime().settings.max_upload // (1024 * 1024)
    return form_page("completions/show.html", form, page=page, limit=limit)


def _claim(milestone_id: int, project_id: int, completed_on: date, form: CompletionForm) -> None:
    """The file and the claim, both or neither."""
    checked = _checked(form.file.data) if form.file.data is not None else None
    with runtime().writing() as session:
        file = store_evidence(session, act(), project_id, checked) if checked else None
        evidence = Evidence(
            type_id=form.type_id.data,
            document_number=form.document_number.data,
            document_date=form.document_date.data,
            link=form.link.data,
            file_id=file.id if file else None,
            text=form.text.data,
        )
        claim_completion(session, act(), milestone_id, completed_on, evidence)


def _checked(upload: FileStorage) -> CheckedFile:
    settings = runtime().settings
    content = upload.read(settings.max_upload + 1)
    return check_evidence(upload.filename or "", content, settings.max_upload, settings.clamd)
