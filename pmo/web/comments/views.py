"""Everybody who works on a project comments on it; who wrote a comment takes it back, the office takes back any."""

from __future__ import annotations

from flask import Blueprint, request, url_for

from pmo.domain.access import Action
from pmo.domain.comments import may_withdraw
from pmo.domain.errors import NotAllowed, NotFound
from pmo.i18n import gettext
from pmo.i18n.names import name_of
from pmo.queries.comments import Comment, comments_on
from pmo.queries.project_page import ProjectPage
from pmo.services.comments import reply_to_comment, withdraw_comment, write_comment
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, project_for, saved
from pmo.web.comments.forms import CommentForm, ReplyForm, WithdrawalForm
from pmo.web.context import actor, now, runtime

comments = Blueprint("comments", __name__, url_prefix="/projects/<int:project_id>/comments")


@comments.route("/new", methods=["GET", "POST"])
@needs(Action.COMMENT)
def new(project_id: int) -> Answer:
    """A comment on the project, or with ``?item=CODE`` on a milestone or indicator of it."""
    page = project_for(project_id, Action.COMMENT)
    items = _items(page)
    asked = request.args.get("item", "")
    form = CommentForm(item=asked if asked in dict(items) else None)
    form.item.offer(items, gettext("The project as a whole"))
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                write_comment(session, act(), project_id, form.text.data, form.item.data)
            return saved(gettext("The comment is saved."), _there(project_id))
    return form_page("comments/new.html", form, page=page)


@comments.route("/<int:comment_id>/reply", methods=["GET", "POST"])
@needs(Action.COMMENT)
def reply(project_id: int, comment_id: int) -> Answer:
    """An answer to a comment."""
    page = project_for(project_id, Action.COMMENT)
    form = ReplyForm()
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                reply_to_comment(session, act(), project_id, comment_id, form.text.data)
            return saved(gettext("The reply is saved."), _there(project_id))
    return form_page("comments/reply.html", form, page=page, comment=_comment(project_id, comment_id))


@comments.route("/<int:comment_id>/withdrawal", methods=["GET", "POST"])
@needs(Action.COMMENT)
def withdrawal(project_id: int, comment_id: int) -> Answer:
    """A comment is taken back; the page says by whom."""
    page = project_for(project_id, Action.VIEW)
    comment = _comment(project_id, comment_id)
    if not may_withdraw(actor(), comment.author_id, page.scope):
        raise NotAllowed(Action.WITHDRAW_COMMENT.value)
    form = WithdrawalForm()
    if form.validate_on_submit():
        with runtime().writing() as session:
            withdraw_comment(session, act(), project_id, comment_id)
        return saved(gettext("The comment is withdrawn."), _there(project_id))
    return form_page("comments/withdrawal.html", form, page=page, comment=comment)


def _there(project_id: int) -> str:
    return url_for("projects.show", project_id=project_id, _anchor="comments")


def _items(page: ProjectPage) -> list[tuple[str, str]]:
    """Milestones, then indicators, as (code, code and name)."""
    return [(code, f"{code} {name_of(name)}") for code, name in page.item_names.items()]


def _comment(project_id: int, comment_id: int) -> Comment:
    """A comment of the project, a reply as well. Raises NotFound."""
    with runtime().reading() as session:
        threads = comments_on(session, project_id, now())
    for thread in threads:
        for comment in (thread, *thread.replies):
            if comment.id == comment_id:
                return comment
    raise NotFound
