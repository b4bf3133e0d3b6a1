"""``pmo status``."""

from __future__ import annotations

from datetime import date

import click

from pmo.cli.frame import FORMAT, Day, chosen_cities, print_json, print_table, refuse, runtime_for_facts, say
from pmo.domain.project import ProjectAssessment
from pmo.exchange.status_report import status_report
from pmo.queries.assessments import assessments_as_of
from pmo.queries.projects import project_ids_by_code


@click.command()
@click.argument("code", required=False)
@click.option("--city", help="One city only.")
@click.option("--as-of", "as_of", type=Day(), help="As of the end of this day, from the facts entered up to it.")
@FORMAT
def status(code: str | None, city: str | None, as_of: date | None, form: str) -> None:
    """Computed status with reasons, of one project or of all."""
    runtime = runtime_for_facts()
    found: list[ProjectAssessment] = []
    known = False
    for place in chosen_cities(runtime, city):
        day = as_of or runtime.today(place.timezone)
        with runtime.reading() as session:
            ids = project_ids_by_code(session, place.id, code)
            known = known or bool(ids)
            found += assessments_as_of(session, ids, day, runtime.rules, runtime.histories).values()
    if code and not known:
        refuse(f"There is no project {code!r}{f' in {city}' if city else ''}.")
    report = status_report(found)
    if form == "json":
        print_json(report)
        return
    rows = []
    for project in report:
        first = project["reasons"][0] if project["reasons"] else None
        why = f"{first['rule']} {first['item']}" if first else ""
        done = sum(milestone["status"].startswith("done") for milestone in project["milestones"])
        milestones = f"{done}/{len(project['milestones'])}"
        rows.append((project["city"], project["code"], project["status"], milestones, project["changes_on"], why))
    print_table(("city", "code", "status", "milestones", "changes on", "first reason"), rows)
    say("1 project." if len(rows) == 1 else f"{len(rows)} projects.")
