"""The pages: a folder a feature, each with one blueprint. A new feature is one line in ``blueprints``."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """Every feature, in the order of the menu."""
    from pmo.web.absences.views import absences
    from pmo.web.access_tokens.views import access_tokens
    from pmo.web.accounts.views import accounts
    from pmo.web.administration.pages import administration
    from pmo.web.alerts.views import alerts
    from pmo.web.answers.views import answers
    from pmo.web.api.guide import api_guide
    from pmo.web.api.views import api
    from pmo.web.change_requests.views import change_requests
    from pmo.web.comments.views import comments
    from pmo.web.completions.views import completions
    from pmo.web.demo_clock.views import demo_clock
    from pmo.web.editing.indicators import indicator_editing
    from pmo.web.editing.milestones import milestone_editing
    from pmo.web.editing.projects import project_editing
    from pmo.web.evidence.views import evidence
    from pmo.web.files.views import files
    from pmo.web.forecasts.views import forecasts
    from pmo.web.health.views import health
    from pmo.web.home.views import home
    from pmo.web.imports.views import imports
    from pmo.web.indicators.views import indicators
    from pmo.web.jobs.views import jobs
    from pmo.web.languages.views import languages
    from pmo.web.lifecycle.views import lifecycle
    from pmo.web.mailbox.views import mailbox
    from pmo.web.meeting.views import meeting
    from pmo.web.milestones.views import milestones
    from pmo.web.money.views import money
    from pmo.web.news.views import news
    from pmo.web.outbox.views import outbox
    from pmo.web.own_sign_in.address import own_address
    from pmo.web.own_sign_in.authenticator import authenticator
    from pmo.web.own_sign_in.confirmation import confirmation
    from pmo.web.own_sign_in.passkeys import passkeys
    from pmo.web.own_sign_in.views import own_sign_in
    from pmo.web.passwords.views import passwords
    from pmo.web.people.views import people
    from pmo.web.portfolio.views import portfolio
    from pmo.web.portfolio_charts.views import portfolio_charts
    from pmo.web.portfolio_timeline.views import portfolio_timeline
    from pmo.web.previews.views import previews
    from pmo.web.project_templates.pages import project_templates
    from pmo.web.projects.views import projects
    from pmo.web.readings.views import readings
    from pmo.web.record.views import record
    from pmo.web.replies.views import replies
    from pmo.web.rights.views import rights
    from pmo.web.sign_in.passkey_alone import passkey_alone
    from pmo.web.sign_in.second_factor import second_factor
    from pmo.web.sign_in.views import sign_in
    from pmo.web.single_sign_on.views import single_sign_on
    from pmo.web.tasks.views import tasks
    from pmo.web.unsubscribing.views import unsubscribing
    from pmo.web.updates.views import updates
    from pmo.web.voices.views import voices

    return [
        home,
        sign_in,
        passkey_alone,
        second_factor,
        single_sign_on,
        languages,
        own_sign_in,
        own_address,
        confirmation,
        authenticator,
        passkeys,
        passwords,
        accounts,
        people,
        demo_clock,
        tasks,
        updates,
        voices,
        portfolio,
        portfolio_charts,
        portfolio_timeline,
        news,
        meeting,
        projects,
        milestones,
        indicators,
        comments,
        completions,
        forecasts,
        answers,
        replies,
        evidence,
        readings,
        alerts,
        previews,
        change_requests,
        lifecycle,
        money,
        project_editing,
        milestone_editing,
        indicator_editing,
        project_templates,
        files,
        absences,
        administration,
        imports,
        jobs,
        outbox,
        rights,
        record,
        access_tokens,
        api_guide,
        api,
        mailbox,
        health,
        unsubscribing,
    ]
