"""RELIABILITY, test 19: schemathesis finds no 5xx, no undocumented answer and nothing stored that was refused.

400 examples at every commit, shared by the operations; ``PMO_API_EXAMPLES=10000`` for a night. The twins at the end
prove that the same harness finds what is planted.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.wrappers import Response

from pmo.db.models.projects import ProjectRecord
from pmo.web.access import GUARD
from pmo.web.api.description import OPERATIONS
from pmo.web.api.json_text import json_text
from tests.api.fuzzing import Run, fuzz
from tests.api.programs import facts_in, token_for
from tests.cast import Town
from tests.rights.test_get_changes_nothing import digests

EXAMPLES = int(os.environ.get("PMO_API_EXAMPLES", "400")) // len(OPERATIONS)
FEW = 15
OF_USE = frozenset({"access_tokens", "sign_in_attempts"})
"""Tables that any request may touch: when a token was last used, and how often a wrong one was tried."""


def what_is_there(town: Town) -> dict[str, list[str | int]]:
    """Values that lead beyond the door: numbers of things, seen and unseen, days, reasons."""
    with town.runtime.reading() as session:
        projects: list[str | int] = list(session.scalars(select(ProjectRecord.id)))
    return {
        "path.project_id": projects,
        "path.indicator_id": [town.indicator("DP-10-I1"), town.indicator("DP-10-I2")],
        "path.milestone_id": [town.milestone(code) for code in ("DP-10-M1", "DP-10-M2", "DP-10-M3", "DP-11-M1")],
        "query.on": ["2020-01-31", "2019-12-31", "2019-10-15", "2019-09-01", "2020-02-01"],
        "query.city": ["almaty", "astana", "all"],
        "query.department": ["dept-a", "dept-b"],
        "query.area": ["area-a", "area-b"],
        "body.period_end": ["2019-12-31", "2019-11-30", "2019-10-31", "2020-01-31", "2019-12-30"],
        "body.expected_on": ["2020-02-03", "2020-06-30", "2020-01-30", "2020-12-01"],
        "body.version": list(range(1, 6)),
        "body.reason": ["contractor_delay", "evidence_incomplete", "not_stated"],
    }


class Ground:
    """The database under the requests: it changes by what was taken, and by nothing else."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.facts = facts_in(town.runtime)
        self.before = self._digests()
        self.written = 0
        self.refused = 0
        self.faults: list[str] = []

    def after(self, method: str, status: int) -> None:
        """Looks at every table after each request that was no reading one."""
        if method in ("GET", "HEAD", "OPTIONS"):
            return
        now = self._digests()
        changed = {name for name, digest in now.items() if digest != self.before[name]}
        if status == 201:
            self.written += 1
            if not changed:
                self.faults.append(f"{method} {status} stored nothing")
        else:
            self.refused += status >= 400
            if changed:
                self.faults.append(f"{method} {status} changed {sorted(changed)}")
        self.before = now

    def _digests(self) -> dict[str, str]:
        return {name: digest for name, digest in digests(self.town.runtime).items() if name not in OF_USE}


def test_no_request_breaks_the_interface_or_leaves_what_was_refused(
    town: Town, app: Flask, record_property: Callable[[str, object], None]
) -> None:
    examples = EXAMPLES if town.runtime.engines.dialect == "sqlite" else EXAMPLES // 3
    token = token_for(town.runtime, "manager")
    ground = Ground(town)
    run = fuzz(app, token, what_is_there(town), examples, ground.after)
    print(f"\n{town.runtime.engines.dialect}: {run.requests} requests, {_by_status(run)}, {run.checks.total()} checks")
    record_property("requests", run.requests)
    assert not run.errors, run.errors[0]
    assert not run.failures, "\n\n".join("\n".join(failure) for failure in sorted(run.failures)[:5])
    assert not ground.faults, ground.faults[:5]
    assert not [code for _, code in run.statuses if code >= 500]
    assert run.requests > examples * len(OPERATIONS) // 2
    assert facts_in(town.runtime) == ground.facts + ground.written
    assert ground.written == run.answered(201) >= 3
    assert ground.refused > 50
    assert all(run.answered(status) for status in (200, 201, 401, 404, 405, 409, 422)), _by_status(run)
    assert town.audit_findings() == []


@pytest.fixture
def twin(app: Flask) -> Callable[[str, Callable[..., Response]], None]:
    """Puts something else behind a door, under the same guard."""

    def plant(endpoint: str, view: Callable[..., Response]) -> None:
        setattr(view, GUARD, getattr(app.view_functions[endpoint], GUARD))
        app.view_functions[endpoint] = view

    return plant


Plant = Callable[[str, Callable[..., Response]], None]


def test_a_planted_crash_is_found(town: Town, app: Flask, twin: Plant) -> None:
    sound = app.view_functions["api.report_of_indicator"]

    def crashing(indicator_id: int) -> Response:
        answer: Response = sound(indicator_id)
        return Response(json_text(1 / int(answer.status_code != 201)))

    twin("api.report_of_indicator", crashing)
    run = fuzz(app, token_for(town.runtime, "manager"), what_is_there(town), FEW, only="report_of_indicator")
    assert "not_a_server_error" in run.failed_checks
    assert run.answered(500) > 0


def test_a_planted_status_that_is_not_described_is_found(town: Town, app: Flask, twin: Plant) -> None:
    twin("api.weeks", lambda project_id: Response(json_text({}), 202, mimetype="application/json"))
    run = fuzz(app, token_for(town.runtime, "manager"), what_is_there(town), FEW, only="weeks")
    assert "status_code_conformance" in run.failed_checks


def test_a_planted_word_that_is_not_described_is_found(town: Town, app: Flask, twin: Plant) -> None:
    twin("api.portfolio", lambda: Response(json_text({"total": "many"}), mimetype="application/json"))
    run = fuzz(app, token_for(town.runtime, "manager"), what_is_there(town), FEW, only="portfolio")
    assert "response_schema_conformance" in run.failed_checks


def test_a_refused_report_that_is_stored_all_the_same_is_found(town: Town, app: Flask, twin: Plant) -> None:
    sound = app.view_functions["api.report_of_indicator"]

    def two_faced(indicator_id: int) -> Response:
        answer: Response = sound(indicator_id)
        lie = Response(json_text({}), 422, mimetype="application/problem+json")
        return lie if answer.status_code == 201 else answer

    twin("api.report_of_indicator", two_faced)
    token = token_for(town.runtime, "manager")
    ground = Ground(town)
    fuzz(app, token, what_is_there(town), FEW, ground.after, only="report_of_indicator")
    assert [fault for fault in ground.faults if "POST 422 changed" in fault]


def _by_status(run: Run) -> dict[int, int]:
    counted: Counter[int] = Counter()
    for (_, status), number in run.statuses.items():
        counted[status] += number
    return dict(sorted(counted.items()))
