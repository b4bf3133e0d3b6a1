"""The project management office accepts evidence, or returns it with a reason."""

from __future__ import annotations

from flask import Blueprint, url_for

from pmo.domain.access import Action
from pmo.domain.milestone import NOT_STATED
from pmo.i18n import gettext
from pmo.i18n import lazy_gettext as _
from pmo.queries.claims import waiting_claim
from pmo.queries.names import reason_codes
from pmo.services.milestones import accept_evidence, return_evidence
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, milestone_for, offered, saved
from pmo.web.context import runtime
from pmo.web.forms import ChoiceField, Form, LongTextField, at_most, optional, required

evidence = Blueprint("evidence", __name__)


class AcceptForm(Form):
    """Acceptance needs no words."""

    text = LongTextField(_("Note"), [optional(), at_most(2000)])


class ReturnForm(Form):
    """A return needs its reason."""

    reason_id = ChoiceField(_("Why it is returned"), [required(_("Choose the reason."))])
    text = LongTextField(_("What has to be corrected"), [required(_("Say what has to be corrected.")), at_most(2000)])


@evidence.get("/milestones/<int:milestone_id>/evidence-decision")
@needs(Action.VIEW)
def show(milestone_id: int) -> Answer:
    """The claim with its document, and the two ways it can go."""
    return _page(milestone_id, _accept_form(), _return_form())


@evidence.post("/milestones/<int:milestone_id>/evidence-decision/acceptance")
@needs(Action.VIEW)
def accept(milestone_id: int) -> Answer:
    """The milestone is done."""
    page = milestone_for(milestone_id, Action.DECIDE_EVIDENCE)
    form = _accept_form()
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                accept_evidence(session, act(), milestone_id, form.text.data)
            return saved(
                gettext("The evidence is accepted: %(item)s is done.", item=page.code),
                url_for("milestones.show", milestone_id=milestone_id),
            )
    return _page(milestone_id, form, _return_form())


@evidence.post("/milestones/<int:milestone_id>/evidence-decision/return")
@needs(Action.VIEW)
def give_back(milestone_id: int) -> Answer:
    """The claim is dropped, the manager reads why."""
    page = milestone_for(milestone_id, Action.DECIDE_EVIDENCE)
    form = _return_form()
    if form.validate_on_submit() and form.reason_id.data:
        with form.answering():
            with runtime().writing() as session:
                return_evidence(session, act(), milestone_id, form.reason_id.data, form.text.data)
            return saved(
                gettext("The evidence of %(item)s is returned for revision.", item=page.code),
                url_for("milestones.show", milestone_id=milestone_id),
            )
    return _page(milestone_id, _accept_form(), form)


def _accept_form() -> AcceptForm:
    return AcceptForm(prefix="accept")


def _return_form() -> ReturnForm:
    form = ReturnForm(prefix="return")
    with runtime().reading() as session:
        form.reason_id.offer(offered(reason_codes(session), without=[NOT_STATED]))
    return form


def _page(milestone_id: int, accepting: AcceptForm, returning: ReturnForm) -> Answer:
    page = milestone_for(milestone_id, Action.DECIDE_EVIDENCE)
    with runtime().reading() as session:
        claim = waiting_claim(session, milestone_id)
    wrong = returning if returning.error_list else accepting
    return form_page("evidence/show.html", wrong, page=page, claim=claim, accepting=accepting, returning=returning)
