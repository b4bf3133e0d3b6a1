"""The town of ``tests.cast`` with one object of every kind in every reach: what the walk over all routes opens.

Projects: DP-10 is the manager's, DP-11 of another department and curator's area, AST-01 of another city. Beside the
cast stand a chief of staff, somebody of another department who stands in for the owner of DP-10, and an observer who
was given the other city.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.calendar import CalendarDayRecord
from pmo.db.models.files import FileRecord
from pmo.db.models.organisation import PlannedChangeRecord
from pmo.db.models.outbox import OutgoingMailRecord, ReturnedAddressRecord
from pmo.db.models.people import AbsenceRecord, CityAccessRecord, PersonRecord, RoleGrantRecord
from pmo.db.models.rules import RuleVersionRecord
from pmo.db.models.saved_views import SavedViewRecord
from pmo.db.models.templates import TemplateRecord, TemplateVersionRecord
from pmo.db.models.updates import UpdateRecord
from pmo.domain.access import Actor, ProjectScope
from pmo.queries.people import actor_for
from pmo.queries.visibility import scope_of
from pmo.services import changes
from pmo.services.comments import write_comment
from pmo.services.milestones import Evidence, claim_completion
from pmo.services.updates import Said, send_update
from tests.cast import NOW, TODAY, Town

MORE_POSTS = {
    "chief": ("almaty", "chief_of_staff", None),
    "deputy-head-b": ("almaty", "department_head", "dept-b"),
    "guest": ("almaty", "observer", None),
}
NOT_THERE = 999_999
REACHES = {"own": "DP-10", "other department": "DP-11", "other city": "AST-01"}
"""Where an object lies, seen from the manager of DP-10; besides there are objects that do not exist."""
SPEAKERS = {"DP-10": "manager", "DP-11": "manager-b", "AST-01": "manager-ast"}


@dataclass
class Objects:
    """Ids of one object of every kind by the project it hangs on; whose it is, where it is somebody's."""

    projects: dict[str, int] = field(default_factory=dict)
    milestones: dict[str, int] = field(default_factory=dict)
    indicators: dict[str, int] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    updates: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    mails: dict[str, int] = field(default_factory=dict)
    addresses: dict[str, int] = field(default_factory=dict)
    absences: dict[str, int] = field(default_factory=dict)
    views: dict[str, int] = field(default_factory=dict)
    comments: dict[str, int] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    departments: dict[str, str] = field(default_factory=dict)
    areas: dict[str, str] = field(default_factory=dict)
    grants: dict[str, int] = field(default_factory=dict)
    calendar_days: dict[str, int] = field(default_factory=dict)
    planned_changes: dict[str, int] = field(default_factory=dict)
    rule_versions: dict[str, int] = field(default_factory=dict)
    templates: dict[str, int] = field(default_factory=dict)
    scopes: dict[str, ProjectScope] = field(default_factory=dict)


def settle_more(town: Town) -> None:
    """The posts that the cast lacks, and who stands in for whom."""
    with town.writing() as session:
        for person, (city, role, department) in MORE_POSTS.items():
            session.add(
                PersonRecord(
                    id=person,
                    city_id=city,
                    role=role,
                    title_ru=f"{person} (рус)",
                    title_kk=f"{person} (қаз)",
                    title_en=person,
                    email=f"{person}@{city}.example",
                    language="en",
                    department_id=department,
                    created_at=NOW,
                )
            )
        session.flush()
        session.add(CityAccessRecord(person_id="guest", city_id="astana"))
        session.add(
            AbsenceRecord(
                person_id="owner",
                substitute_id="deputy-head-b",
                starts_on=TODAY - timedelta(days=2),
                ends_on=TODAY + timedelta(days=2),
                entered_at=NOW,
            )
        )


def make_objects(town: Town) -> Objects:
    """One object of each kind for each of the three projects, made by those who may."""
    made = Objects()
    with town.writing() as session:
        for code, speaker in SPEAKERS.items():
            number = town.project(code)
            made.projects[code] = number
            made.milestones[code] = town.milestone(f"{code}-M1")
            act = town.act(speaker)
            dates = {f"{code}-M1": date(2020, 12, 1)}
            made.requests[code] = changes.request_change(session, act, number, dates, "contractor_delay", "why").id
            send_update(session, act, number, Said(view=1, text="as planned"))
            made.comments[code] = write_comment(session, act, number, "a word")
            made.updates[code] = _last_update(session, number)
            claim_completion(session, act, town.milestone(f"{code}-M1"), TODAY, Evidence("act", "7", TODAY))
            made.scopes[code] = scope_of(session, number)
            _papers(session, made, code, speaker)
            _arrangements(session, made, code, speaker)
    made.indicators["DP-10"] = town.indicator("DP-10-I1")
    return made


def _last_update(session: Session, project_id: int) -> int:
    found = session.query(UpdateRecord.id).filter_by(project_id=project_id).order_by(UpdateRecord.id.desc()).first()
    assert found is not None
    return int(found[0])


def _papers(session: Session, made: Objects, code: str, speaker: str) -> None:
    """What hangs on a person or a project without a service of its own: a file, a mail, an absence, a view."""
    project, city = made.projects[code], made.scopes[code].city
    file = FileRecord(
        project_id=project,
        name="act.pdf",
        media_type="application/pdf",
        size=9,
        sha256="0" * 64,
        content=b"%PDF-1.4\n",
        uploaded_by=speaker,
        uploaded_at=NOW,
    )
    mail = OutgoingMailRecord(
        dedupe_key=f"walk:{code}",
        message_id=f"<walk-{code}@city.example>",
        kind="alert",
        city_id=city,
        recipient_id=speaker,
        recipient_role="project_manager",
        address=f"{speaker}@{city}.example",
        language="en",
        subject="A mail",
        body_text="Words for its reader",
        body_html="<!doctype html><p>Words for its reader</p>",
        items=[],
        headers={},
        state="failed",
        created_at=NOW,
        not_before=NOW,
        expires_at=NOW,
    )
    absence = AbsenceRecord(
        person_id=speaker,
        substitute_id=speaker,
        starts_on=TODAY + timedelta(days=60),
        ends_on=TODAY + timedelta(days=61),
        entered_at=NOW,
    )
    view = SavedViewRecord(person_id=speaker, name="mine", query="status=on_track", created_at=NOW)
    session.add_all([file, mail, absence, view])
    session.flush()
    returned = ReturnedAddressRecord(
        address=f"gone@{city}.example", mail_id=mail.id, reason="550 no such user", returned_at=NOW
    )
    session.add(returned)
    told = [(f"{code}-M1", "O+1", ""), (code, "off_track", "2020-01-06")]
    told += [("DP-10-I1", "report_missing", "2019-12-31")] if code == "DP-10" else []
    for item, rung, period in told:
        session.add(
            AlertRecord(
                city_id=city,
                project_id=project,
                item=item,
                rung=rung,
                period=period,
                recipient_id=speaker,
                role="manager",
                channel="direct",
                state="sent",
                raised_on=TODAY,
                raised_at=NOW,
                sent_at=NOW,
                facts={},
                rule_set="EP-1",
            )
        )
    session.flush()
    made.files[code], made.mails[code], made.absences[code] = file.id, mail.id, absence.id
    made.views[code], made.addresses[code] = view.id, returned.id


def _arrangements(session: Session, made: Objects, code: str, speaker: str) -> None:
    """What an administrator looks after: a post with a further role, its department and area, a day, a plan."""
    scope = made.scopes[code]
    in_a_year = TODAY + timedelta(days=365)
    grant = RoleGrantRecord(
        person_id=speaker,
        role="department_head",
        department_id=scope.department,
        starts_on=in_a_year,
        ends_on=in_a_year,
        reason="an order",
        entered_at=NOW,
        entered_by=speaker,
    )
    day = CalendarDayRecord(
        calendar="KZ",
        city_id=scope.city,
        day=in_a_year + timedelta(days=len(made.people)),
        kind="day_off",
        source="city",
        reason="a decree",
        entered_at=NOW,
        entered_by=speaker,
    )
    plan = PlannedChangeRecord(
        city_id=scope.city,
        kind="area",
        effective_on=in_a_year,
        plan={"area": scope.area, "holder": speaker},
        reason="an order",
        entered_at=NOW,
        entered_by=speaker,
    )
    version = RuleVersionRecord(
        city_id=scope.city,
        number=2 + len(made.rule_versions),
        valid_from=in_a_year + timedelta(days=len(made.rule_versions)),
        numbers={"due_soon_days": 10},
        reason="an order",
        entered_at=NOW,
        entered_by=speaker,
    )
    session.add_all([grant, day, plan, version])
    session.flush()
    made.templates[code] = _template(session, code, scope.city)
    made.people[code], made.departments[code], made.areas[code] = speaker, scope.department, scope.area
    made.grants[code], made.calendar_days[code], made.planned_changes[code] = grant.id, day.id, plan.id
    made.rule_versions[code] = version.id


def _template(session: Session, code: str, city: str) -> int:
    """A template whose items have its own id as their code: the walk fills every argument of an address with it."""
    record = TemplateRecord(city_id=city, code=f"T-{code}", version=1, is_example=False)
    session.add(record)
    session.flush()
    item = {"code": str(record.id), "name_ru": "Веха", "name_kk": "Нүкте", "name_en": "Item"}
    plan = {"name_ru": "Школа", "name_kk": "Мектеп", "name_en": "School", "duration_days": 300}
    items = {"milestones": [{**item, "type_id": "launch"}], "indicators": [{**item, "unit_id": "pieces"}]}
    session.add(TemplateVersionRecord(template_id=record.id, version=1, plan={**plan, **items}, entered_at=NOW))
    return record.id


def actors_of(town: Town, people: list[str]) -> dict[str, Actor]:
    """The rights of everybody on the day of the walk."""
    found: dict[str, Actor] = {}
    with town.runtime.reading() as session:
        for person in people:
            actor = actor_for(session, person, town.today)
            assert actor is not None
            found[person] = actor
    return found
