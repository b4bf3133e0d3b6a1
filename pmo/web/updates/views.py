"""A manager answers everything in one go; a superior acknowledges or asks back; the office gives its confidence."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pmo.domain.access import Action
from pmo.domain.errors import NotFound
from pmo.domain.milestone import NOT_STATED
from pmo.domain.voices import Confidence
from pmo.i18n import gettext, ngettext
from pmo.i18n.labels import label
from pmo.queries.chronicle import Entry, chronicle
from pmo.queries.names import reason_codes
from pmo.queries.overview import Moment
from pmo.queries.update_sheet import ProjectPart, project_of_item, update_sheet
from pmo.queries.voices import project_of_update
from pmo.services.update_sheet import SheetRefused, send_sheet
from pmo.services.updates import acknowledge_update, ask_back, give_confidence, give_curator_view
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, offered, project_for, saved
from pmo.web.context import actor, now, person, runtime, today
from pmo.web.updates.forms import ConfidenceForm, OwnViewForm, QuestionForm
from pmo.web.updates.sheet import Sheet

updates = Blueprint("updates", __name__)


@updates.route("/update", methods=["GET", "POST"])
@needs(Action.UPDATE)
def show() -> Answer:
    """Everything due from the visitor. ``?item=CODE`` puts the cursor there; where that is not among the visitor's own,
    its project is shown whole."""
    asked = request.args.get("item", "")
    parts = _parts(asked)
    with runtime().reading() as session:
        reasons = reason_codes(session)
    sheet = Sheet(parts, offered(reasons, without=[NOT_STATED]), today(), request.form)
    newer: dict[str, Entry] = {}
    if request.method == "POST" and sheet.validate():
        answers = sheet.answers()
        try:
            with runtime().writing() as session:
                send_sheet(session, act(), answers)
            return _thanks(len(answers))
        except SheetRefused as refused:
            sheet.show(refused)
            newer = _newer_entries(parts, refused)
    return render_template(
        "updates/show.html",
        sheet=sheet,
        newer=newer,
        reason_names=reasons,
        focus=_key_of(parts, asked),
        asked=asked,
        draft=_draft_key(),
    ), sheet.status


@updates.get("/update/done")
@needs(Action.UPDATE)
def done() -> str:
    """What was saved, and what still waits."""
    return render_template("updates/done.html", parts=_sheet_of(None), draft=_draft_key())


@updates.post("/projects/<int:project_id>/updates/<int:update_id>/acknowledgement")
@needs(Action.ACKNOWLEDGE_UPDATE)
def acknowledge(project_id: int, update_id: int) -> Response:
    """One click: it has been read."""
    _refuse_other(project_id, update_id)
    with runtime().writing() as session:
        acknowledge_update(session, act(), update_id)
    return saved(gettext("The update is acknowledged."), url_for("projects.show", project_id=project_id))


@updates.route("/projects/<int:project_id>/updates/<int:update_id>/question", methods=["GET", "POST"])
@needs(Action.ACKNOWLEDGE_UPDATE)
def ask(project_id: int, update_id: int) -> Answer:
    """A question to the manager, who sees it with the next update and answers in it."""
    _refuse_other(project_id, update_id)
    page = project_for(project_id, Action.ACKNOWLEDGE_UPDATE)
    form = QuestionForm()
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                ask_back(session, act(), update_id, form.question.data)
            return saved(
                gettext("The manager will see your question."), url_for("projects.show", project_id=project_id)
            )
    return form_page("updates/question.html", form, page=page, update=page.voices.update, update_id=update_id)


@updates.route("/projects/<int:project_id>/confidence", methods=["GET", "POST"])
@needs(Action.CONFIDENCE)
def confidence(project_id: int) -> Answer:
    """How sure the office is that the project delivers."""
    page = project_for(project_id, Action.CONFIDENCE)
    standing = page.voices.confidence
    form = ConfidenceForm(level=standing.level.value if standing else None)
    form.level.offer([(level.value, label("confidence", level)) for level in Confidence])
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                give_confidence(session, act(), project_id, _level(form), form.text.data)
            return saved(gettext("The confidence is saved."), url_for("projects.show", project_id=project_id))
    return form_page("updates/confidence.html", form, page=page)


@updates.route("/projects/<int:project_id>/own-view", methods=["GET", "POST"])
@needs(Action.OWN_VIEW)
def own_view(project_id: int) -> Answer:
    """How the curator or the akim sees the project."""
    page = project_for(project_id, Action.OWN_VIEW)
    standing = page.voices.curator
    form = OwnViewForm(view=str(standing.view) if standing else None)
    form.view.offer([(code, label("severity", code)) for code in ("0", "1", "2")])
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                give_curator_view(session, act(), project_id, int(str(form.view.data)), form.text.data)
            return saved(gettext("Your view is saved."), url_for("projects.show", project_id=project_id))
    return form_page("updates/own_view.html", form, page=page)


def _level(form: ConfidenceForm) -> Confidence:
    return Confidence(str(form.level.data))


def _sheet_of(project_id: int | None) -> tuple[ProjectPart, ...]:
    moment = Moment(now(), today())
    with runtime().reading() as session:
        return update_sheet(session, actor(), moment, runtime().rules, runtime().histories, project_id)


def _parts(asked: str) -> tuple[ProjectPart, ...]:
    """The visitor's own form; the whole of another project where a link leads to something that is not on it."""
    own = _sheet_of(None)
    if not asked or _key_of(own, asked):
        return own
    with runtime().reading() as session:
        project_id = project_of_item(session, actor(), asked)
    mine = {whole.id for whole in own}
    return _sheet_of(project_id) if project_id is not None and project_id not in mine else own


def _key_of(parts: Sequence[ProjectPart], asked: str) -> str:
    """The key of what a link leads to; empty where it asks for nothing, or for what needs no answer."""
    for whole in parts:
        for part in whole.items:
            if part.task.subject.code == asked:
                return part.key
        if whole.code == asked:
            return whole.key
    return ""


def _thanks(entered: int) -> Response:
    if entered:
        flash(ngettext("Saved: %(num)d answer.", "Saved: %(num)d answers.", entered), "success")
    else:
        flash(gettext("Nothing was changed, so nothing was saved."), "warning")
    return redirect(url_for("updates.done"), 303)


def _newer_entries(parts: Sequence[ProjectPart], refused: SheetRefused) -> dict[str, Entry]:
    """What somebody else entered meanwhile, by the key of the part that it concerns."""
    wanted = {fault.newer: fault.key for fault in refused.faults if fault.newer is not None}
    found: dict[str, Entry] = {}
    if wanted:
        with runtime().reading() as session:
            for whole in parts:
                for entry in chronicle(session, whole.id, now()):
                    if entry.id in wanted:
                        found[wanted[entry.id]] = entry
    return found


def _draft_key() -> str:
    """Under which name a browser keeps what was typed: the form and the person, so that posts never mix."""
    return f"update:{person().id}"


def _refuse_other(project_id: int, update_id: int) -> None:
    """An update belongs to the project of the address. Raises NotFound."""
    with runtime().reading() as session:
        if project_of_update(session, update_id) != project_id:
            raise NotFound
