"""The demonstration portfolio behind a browser, for tests of the pages that are read."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from pmo.app import create_app
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.runtime import Runtime
from tests.web.conftest import strict
from tests.web.pages import Pages

Enter = Callable[[str], Pages]


def doors(runtime: Runtime) -> Enter:
    """Signs a post in: ``enter("analyst.alm")``."""
    app = strict(create_app(runtime))
    return lambda person: Pages(app).sign_in(person)


def project_path(runtime: Runtime, code: str) -> str:
    """Address of a project's page."""
    return f"/projects/{_id(runtime, ProjectRecord, code)}"


def milestone_path(runtime: Runtime, code: str) -> str:
    """Address of a milestone's page."""
    return f"/milestones/{_id(runtime, MilestoneRecord, code)}"


def indicator_path(runtime: Runtime, code: str) -> str:
    """Address of an indicator's page."""
    return f"/indicators/{_id(runtime, IndicatorRecord, code)}"


def _id(runtime: Runtime, record: type[ProjectRecord | MilestoneRecord | IndicatorRecord], code: str) -> int:
    with runtime.reading() as session:
        found = session.scalar(select(record.id).where(record.code == code))
    assert found is not None, code
    return found
