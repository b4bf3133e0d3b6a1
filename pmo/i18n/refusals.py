"""What a refused act says, by its code (``pmo.domain.errors.RuleBroken``).

A sentence says what is wrong and, where it can, what would be right. Placeholders are the refusal's own ``values``;
dates and numbers among them are written in the reader's format.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pmo.i18n import formats, gettext
from pmo.i18n import lazy_gettext as _
from pmo.i18n.labels_of_rules import PARAMETERS, bare_figure, figure

REFUSALS: dict[str, str] = {
    # a plan: projects, milestones, indicators
    "dependency_cycle": _("The dependencies run in a circle: %(cycle)s."),
    "unknown_predecessor": _("The project has no milestone %(predecessor)s."),
    "unknown_milestone": _("The project has no milestone %(milestone)s."),
    "code_taken": _("The code %(code)s is already in use."),
    "duration_out_of_range": _("The shortest duration must lie between 0 and %(most)s working days."),
    "weight_not_positive": _("The weight must be above zero."),
    "date_out_of_range": _("The date must lie between %(first)s and %(last)s."),
    "end_before_start": _("The end must not be before the start, %(start_on)s."),
    "target_before_baseline": _("The target date must be after the baseline date, %(baseline_on)s."),
    "target_missing": _("Enter the target value."),
    "target_on_wrong_side": _(
        "The target %(target)s lies on the wrong side of the baseline value %(baseline)s for the chosen direction."
    ),
    "band_missing": _("A range needs its lower and its upper bound."),
    "band_upside_down": _("The upper bound must not be below the lower bound, %(low)s."),
    "window_missing": _("An indicator for a period needs the start of its window."),
    "window_after_target": _("The window must start before the target date, %(target_on)s."),
    "trajectory_day_twice": _("The trajectory has one day twice."),
    "trajectory_outside": _("The days of the trajectory must lie between %(from)s and %(to)s."),
    # templates of projects
    "template_code": _("The code has at most %(longest)s letters, figures, points and hyphens, for example M1."),
    "offset_out_of_range": _("Enter a number of days between %(first)s and %(last)s."),
    "plan_out_of_range": _("From this start the plan leaves the years that the calendar covers."),
    "template_withdrawn": _("The template %(template)s is withdrawn. Offer it again before it is used or changed."),
    "template_offered": _("The template %(template)s is offered already."),
    "terms_missing": _(
        "The examples name what the lists do not have: %(terms)s. Import a portfolio with these lists first."
    ),
    "baseline_missing": _("Enter the baseline value, or leave the indicator out and add it later."),
    # the overview
    "views_full": _("You have %(most)s saved views already; remove one first."),
    "view_long": _("This filter is too long to be saved; search for less text."),
    # facts about milestones
    "already_claimed": _("Milestone %(milestone)s is already reported done; the evidence waits for a decision."),
    "already_done": _("Milestone %(milestone)s is done."),
    "milestone_cancelled": _("Milestone %(milestone)s has been cancelled since %(since)s."),
    "completion_in_future": _("The completion date cannot be later than today, %(today)s."),
    "document_in_future": _("The date of the document cannot be later than today, %(today)s."),
    "evidence_missing": _("Give the number and date of the document, a link or a file."),
    "no_open_claim": _("Milestone %(milestone)s has no claim that waits for a decision."),
    "own_claim": _("You reported milestone %(milestone)s done yourself: somebody else judges the evidence."),
    "forecast_in_past": _("The forecast date cannot be earlier than today, %(today)s."),
    "date_needs_change_request": _("The baseline date changes only by an approved change request."),
    "reason_missing": _("Give the reason."),
    # the day of a page
    "day_unreadable": _("“%(day)s” is no day. Write it as year, month and day, for example 2019-12-31."),
    "day_ahead": _("%(day)s lies ahead: today is %(today)s. Choose an earlier day."),
    "days_upside_down": _("The first day, %(since)s, must lie before the last, %(until)s."),
    # updates
    "project_cancelled": _("Project %(project)s has been cancelled since %(since)s: nothing more is reported on it."),
    "project_completed": _("Project %(project)s is completed: nothing more is reported on it."),
    "level_missing": _("Choose from whom the decision is wanted."),
    "decision_missing": _("Write which decision is wanted, or take the level away."),
    "question_answered": _("The question has been answered already."),
    "date_has_passed": _("The date of milestone %(milestone)s has passed: report it done, or move the date."),
    "date_changed": _("Milestone %(milestone)s is now expected on %(expected_on)s: look again before you confirm."),
    "own_update": _("This is your own update: somebody else acknowledges it."),
    # comments
    "reply_to_reply": _("A reply is not answered again: reply to the comment above it."),
    "comment_withdrawn": _("This comment was withdrawn, so it is not answered."),
    "text_too_long": _("At most %(most)s characters."),
    # answers to alerts
    "not_told": _("You have not been told anything of milestone %(milestone)s that waits for an answer."),
    "nothing_to_answer": _("Nothing is owed for milestone %(milestone)s now, so there is nothing to answer."),
    "snooze_out_of_range": _("Choose a day after today, %(today)s, and not later than %(last)s."),
    "snooze_used": _("You have already snoozed milestone %(milestone)s; it cannot be put off again."),
    "snooze_not_for_role": _("Only the project manager and the owner snooze; your post may mute the item."),
    "mute_not_for_role": _("Only the curator and the akim may mute an item; your post may snooze it."),
    "no_forecast_to_confirm": _("There is no new forecast with a reason that could be confirmed now."),
    "forecast_changed": _("Meanwhile there is a newer forecast, %(expected_on)s. Look at it first."),
    "already_confirmed": _(
        "A forecast was already confirmed once for this date; the next step waited up to %(until)s."
    ),
    # mail
    "choice_not_offered": _("Your post does not get this mail, so there is nothing to choose."),
    # facts about indicators
    "value_missing": _("Enter the value."),
    "period_not_over": _("The period is not over yet: today is %(today)s."),
    "not_a_period_end": _("This is not the end of a reporting period; the nearest one is %(expected)s."),
    "period_closed": _(
        "The period was closed after %(closed_on)s. Only the project management office may correct it, with a reason."
    ),
    "cumulative_falls": _(
        "A running total cannot fall: the last value is %(last)s. If that one was wrong, mark this as a correction."
    ),
    # changes of the baseline
    "change_pending": _("A change request of this project already waits for a ruling."),
    "change_decided": _("This change request has already been decided."),
    "nothing_to_change": _("Give at least one new date."),
    "date_unchanged": _("The new date of milestone %(milestone)s is the date it already has."),
    # pause, cancellation, override
    "already_cancelled": _("%(item)s is already cancelled."),
    "already_paused": _("%(item)s is already paused."),
    "not_paused": _("%(item)s is not paused."),
    "resume_before_pause": _("Work cannot resume before the pause began, %(starts_on)s."),
    "override_not_active": _("A colour can only be set for a project in progress."),
    "override_not_worse": _("The colour set by hand must be worse than the computed one."),
    "override_too_long": _("The end date must lie between %(first)s and %(last)s."),
    # money and issues
    "report_in_future": _("The date of the report cannot be later than today, %(today)s."),
    "budget_not_positive": _("The budget must be above zero."),
    "amount_negative": _("The amount cannot be negative."),
    "issue_unknown": _("The project has no such issue."),
    "issue_closed": _("This issue is already closed."),
    "new_date_in_past": _("The new date of milestone %(milestone)s cannot be earlier than today, %(today)s."),
    "change_checked": _("This change request has already been checked."),
    "pause_overlaps": _("The pause cannot begin before work resumed the last time, %(resumed_on)s."),
    # anything
    "unknown_choice": _("Choose one of the list."),
    "text_missing": _("Describe it in words."),
    # files
    "link_not_web": _("A link begins with https:// or http://."),
    "unknown_file": _("There is no such file in this project."),
    "file_empty": _("The file is empty."),
    "file_too_large": _("The file is larger than %(megabytes)s MB."),
    "file_type_refused": _("This type of file is not accepted. PDF, Word, Excel, JPEG and PNG are."),
    "extension_differs": _("The content of the file is %(kind)s, its name says something else."),
    "file_broken": _("The file is damaged and cannot be read."),
    "file_has_macros": _("Files with macros are not accepted: save the document without them."),
    "file_infected": _(
        "“%(name)s” carries a virus (%(signature)s). It was not kept: have your computer checked before you try again."
    ),
    "scanner_away": _(
        "“%(name)s” was not kept, because the virus scanner does not answer. Try again later or tell the administrator."
    ),
    "picture_too_large": _("The picture has more than %(megapixels)s megapixels."),
    "preview_expired": _("The preview is no longer valid. Choose the file again."),
    # administration: people and roles
    "bad_code": _("Write the code with small Latin letters, figures, points and hyphens."),
    "bad_address": _("This is no e-mail address."),
    "address_is_yours": _("This is the address of your post already."),
    "address_taken": _("Another post has this address already."),
    "department_missing": _("Choose the department: this role belongs to one."),
    "department_unwanted": _("This role belongs to no department; leave the department empty."),
    "department_closed": _("The department was abolished: %(since)s was its last day."),
    "area_missing": _("Choose the area: a curator has one."),
    "area_unwanted": _("Only a deputy akim or the chief of staff has an area; leave it empty."),
    "area_needs_curator": _("Only a deputy akim or the chief of staff holds an area."),
    "own_role": _("Nobody changes their own role; ask another administrator."),
    "own_post": _("Nobody closes their own post; ask another administrator."),
    "post_closed": _("The post is closed."),
    "last_administrator": _("This is the last administrator of the city; add another one first."),
    "role_has_duties": _("Projects, areas or alerts hang on the present role; hand them over first."),
    "successor_missing": _("Choose who takes this over."),
    "unsuitable_successor": _("This post may not do what it would take over; choose another one."),
    "role_held": _("The post has this role already."),
    "grant_overlaps": _("The post has this role already from %(first)s to %(last)s."),
    # administration: departments and areas
    "reform_in_past": _(
        "The day has passed. What was judged and told until now stands under the old names; today is %(today)s."
    ),
    "reform_closes_nothing": _("Choose at least one department, or open a new one."),
    "department_not_there": _("The department %(department)s does not exist now."),
    "department_too_young": _("The department exists only since %(since)s; choose a later day."),
    "successor_closed": _("Choose a department that exists on that day."),
    "head_needs_role": _("Choose a post with the role of a head of department."),
    "head_already": _("This post heads the department already."),
    "reform_overlaps": _("A reform of these departments is already planned for %(day)s; withdraw it first."),
    "area_in_past": _("The day has passed: today is %(today)s."),
    "area_held": _("That is the present holder."),
    "area_planned": _("A change of this area is already planned for %(day)s; withdraw it first."),
    "change_carried_out": _("The change was carried out already."),
    # administration: the rules
    "parameter_out_of_bounds": _("Enter a value from %(least)s to %(greatest)s."),
    "parameter_not_below": _("Must stay below “%(parameter)s”, %(value)s."),
    "parameter_above": _("Must not exceed “%(parameter)s”, %(value)s."),
    "rules_unchanged": _("Every number is what it would be anyway; change at least one."),
    "rules_without_day": _("Enter the first day."),
    "rules_from_the_past": _("The day has passed: what was judged until now keeps its rules. Today is %(today)s."),
    "rules_day_taken": _("Version %(version)s holds from %(day)s: choose a later day."),
    "rules_not_previewed": _("These are other numbers than those you looked at. Look at what changes, then plan."),
    "rules_in_force": _("Version %(version)s has been in force since %(day)s; plan the next one instead."),
    # administration: the calendar
    "day_entered": _("The city has entered this day already; withdraw it first."),
    "day_already_off": _("The day is off already."),
    "day_already_working": _("The day is worked already."),
    # absences
    "substitute_is_oneself": _("Nobody can stand in for themselves."),
    "substitute_elsewhere": _("Choose a post of the same city."),
    "absence_overlaps": _("There is already an absence from %(first)s to %(last)s."),
    "substitute_absent": _("The substitute is absent from %(first)s to %(last)s."),
    "person_substitutes": _("This post stands in for another one from %(first)s to %(last)s."),
    "span_upside_down": _("The last day cannot be before the first, %(starts_on)s."),
    "span_over": _("The last day is past: today is %(today)s."),
    "span_too_long": _("A year at most."),
    # accounts
    "unknown_city": _("There is no city %(city)s."),
    "email_taken": _("The address %(email)s is already in use."),
    "email_invalid": _("%(email)s is not an e-mail address."),
    "person_elsewhere": _("The post %(person)s belongs to the city %(city)s."),
    # an event log
    "unknown_project": _("There is no project %(project)s."),
    "unknown_item": _("The project %(project)s has no %(expected)s."),
    "unknown_author": _("There is no post %(author)s."),
    "author_may_not": _("%(author)s may not enter this for the project (%(type)s)."),
    "event_conflict": _("The same event has already been entered with another content."),
    # people, mail, the demonstration
    "sign_in_refused": _("The address or the password is wrong."),
    "too_many_attempts": _("Too many attempts. Try again in %(minutes)s min."),
    "code_wrong": _("The code is wrong or has been used already. Wait for the next one and try again."),
    "app_sealed": _(
        "Codes of the app cannot be checked any more: the secret of this installation was changed. Use a recovery code,"
        " or ask the administrator."
    ),
    "app_not_begun": _("Begin again: the picture for the app is no longer valid."),
    "passkey_refused": _("The passkey was not accepted. Try again, or use a code."),
    "passkey_alone_refused": _("The passkey was not accepted. Try again, or sign in with your password."),
    "passkeys_full": _("You have %(most)s passkeys already; remove one first."),
    "password_wrong": _("The password is wrong."),
    "password_common": _("This password is easy to guess: it is made of known words, names or runs of keys."),
    "links_need_settings": _("Links need PMO_BASE_URL and PMO_SECRET_KEY."),
    "sso_refused": _("The identity provider's answer was not accepted. Begin the sign-in again."),
    "sso_away": _("The identity provider does not answer. Try again later, or sign in with your password."),
    "sso_unknown": _("No post is bound to this identity. Sign in with your password and bind it under “My sign-in”."),
    "sso_taken": _("This identity is bound to another post already."),
    "password_too_short": _("A password has at least %(least)s characters."),
    "password_too_long": _("A password has at most %(most)s characters."),
    # programs
    "tokens_full": _("You have %(most)s access tokens already; revoke one first."),
    "field_missing": _("This is needed."),
    "field_unknown": _("There is no such field."),
    "field_twice": _("This is said twice."),
    "field_unreadable": _("This cannot be read."),
    "field_no_day": _("Write a day as 2020-01-31."),
    "field_no_number": _("Write a plain number, without quotes in JSON."),
    "field_no_text": _("Write plain text, without control characters."),
    "number_out_of_range": _("The number must lie between %(least)s and %(most)s."),
    "unknown_language": _("Choose Russian, Kazakh or English."),
    "mail_not_given_up": _("Only a mail that was given up can be sent again."),
    "clock_step_unknown": _("The clock moves a day or a week at a time."),
}
"""Code to sentence. A test greps the code for refusals and fails for one that has no sentence."""


def sentence(code: str, values: Mapping[str, object] | None = None) -> str:
    """The sentence for a refusal in the reader's language.

    ``values`` may hold more than the sentence says. A missing one is left out rather than hiding the refusal; a code
    that nobody wrote a sentence for is shown as it is.
    """
    text, values = REFUSALS.get(code), _with_figures(values or {})
    if text is None:
        return gettext("This is not possible (%(code)s).", code=code)
    return str(text) % _Shown(values)


def _with_figures(values: Mapping[str, object]) -> Mapping[str, object]:
    """A number of the rule set is called by its name, and written with its unit."""
    name = values.get("parameter")
    if not isinstance(name, str) or name not in PARAMETERS:
        return values
    figures = {key: value for key, value in values.items() if isinstance(value, int | float)}
    written = {key: (figure if key == "value" else bare_figure)(name, value) for key, value in figures.items()}
    return {**values, **written, "parameter": PARAMETERS[name]}


class _Shown(dict[str, object]):
    """Values as the reader writes them; an absent one is a dash."""

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__({name: _shown(value) for name, value in values.items()})

    def __missing__(self, name: str) -> str:
        return formats.NOTHING


def _shown(value: object) -> object:
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, float | Decimal):
        return formats.number(value)
    return value
