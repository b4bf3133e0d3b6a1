"""Which tables the record can answer for, row by row, and which not, and why (RELIABILITY 3.1, ``--replay``).

Every table is in one of the two lists; a test fails otherwise. A migration that gives a replayed table a column which
is filled, or that changes values, makes ``pmo db upgrade`` take that table over anew: the forms differ.
"""

from __future__ import annotations

REPLAYED = frozenset(
    {
        # The city and its lists
        "cities", "districts", "priorities", "sectors", "units", "milestone_types", "evidence_types", "reason_codes",
        "calendar_days", "calendar_years", "rule_versions", "templates", "template_versions",
        # People and the organisation
        "people", "city_access", "absences", "role_grants", "mail_choices", "departments", "department_successions",
        "department_heads", "curator_areas", "planned_changes",
        # The plan
        "projects", "project_districts", "milestones", "dependencies", "indicators", "trajectory_points",
        "baseline_dates", "revisions",
        # Facts
        "entries", "claims", "evidence_decisions", "files", "forecasts", "readings", "change_requests",
        "change_rulings", "pauses", "resumes", "cancellations", "overrides", "cost_reports", "issues",
        "issue_closings", "updates", "update_replies", "question_answers", "date_confirmations", "confidences",
        "curator_views", "comments", "comment_withdrawals",
        # Alerts and what was said to them
        "alerts", "alert_answers", "alert_replies", "forecast_confirmations",
    }
)  # fmt: skip

LEFT_OUT = {
    "audit_events": "the record itself, which `pmo audit verify` checks",
    "audit_head": "the record itself, which `pmo audit verify` checks",
    "audit_checkpoints": "the record itself, which `pmo audit verify` checks",
    "audit_salts": "what digests are made with; that a row cannot be checked without its salt is told",
    "project_assessments": "follows from the facts by the rules, and is made anew",
    "milestone_assessments": "follows from the facts by the rules, and is made anew",
    "indicator_assessments": "follows from the facts by the rules, and is made anew",
    "status_changes": "follows from the facts by the rules",
    "job_runs": "the state of the machinery; what jobs do to facts and alerts is replayed",
    "outgoing_mails": "the state of the machinery; whom an alert told stands in the alert",
    "returned_addresses": "the state of the machinery",
    "demo_clock": "the demonstration only",
    "skipped_events": "the demonstration only",
    "saved_views": "how somebody likes to look at things",
    "user_sessions": "signing in; short-lived",
    "sign_in_attempts": "signing in; short-lived",
    "password_links": "signing in; short-lived",
    "password_requests": "signing in; short-lived",
    "authenticator_apps": "signing in; secrets that change with every use",
    "passkeys": "signing in; secrets that change with every use",
    "recovery_codes": "signing in; secrets that change with every use",
    "single_sign_on": "signing in",
    "address_changes": "signing in; short-lived",
    "access_tokens": "signing in; their last use is written often",
}
"""Table to the reason."""

NOT_COVERED_COLUMNS = {
    # Where an alert stands follows from its mail, from answers and from the ladder; that it was raised, for whom and
    # with which numbers does not.
    "alerts": frozenset({"state", "sent_at", "ended_at", "mail_id", "note"}),
}
"""Columns of replayed tables that may change without a word of the record."""

PERSONAL = frozenset({"people"})
"""Rows with a salt of their own, so that one person's can be deleted (RELIABILITY 3.1, Erasure)."""
