"""Who may do what: one table of rights, asked by the guard, the service and the template alike (DOMAIN 3.0)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Posts of a city's administration; a person holds one, and for a time may hold others beside it."""

    AKIM = "akim"
    DEPUTY_AKIM = "deputy_akim"
    CHIEF_OF_STAFF = "chief_of_staff"
    DEPARTMENT_HEAD = "department_head"
    PROJECT_MANAGER = "project_manager"
    PMO_HEAD = "pmo_head"
    PMO_ANALYST = "pmo_analyst"
    OBSERVER = "observer"
    ADMINISTRATOR = "administrator"

    @property
    def is_curator(self) -> bool:
        """Whether the post holds a curator's area."""
        return self in (Role.DEPUTY_AKIM, Role.CHIEF_OF_STAFF)

    @property
    def is_pmo(self) -> bool:
        """Whether the post belongs to the project management office."""
        return self in (Role.PMO_HEAD, Role.PMO_ANALYST)


HEADING = frozenset({Role.DEPARTMENT_HEAD, Role.PMO_HEAD})
"""Posts that head a department and own its projects; the project management office is one."""


class Action(StrEnum):
    """What can be done. The first group is about one project, the second about a city, the third about the place."""

    VIEW = "view"
    CLAIM = "claim"
    FORECAST = "forecast"
    READING = "reading"
    REQUEST_CHANGE = "request_change"
    UPDATE = "update"
    ACKNOWLEDGE_UPDATE = "acknowledge_update"
    CONFIDENCE = "confidence"
    DECIDE_EVIDENCE = "decide_evidence"
    CHECK_CHANGE = "check_change"
    RULE_CHANGE = "rule_change"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    OVERRIDE = "override"
    REOPEN_PERIOD = "reopen_period"
    EDIT = "edit"

    CREATE_PROJECT = "create_project"
    IMPORT = "import"
    SEE_JOBS = "see_jobs"
    SEE_OUTBOX = "see_outbox"
    PREVIEW_ALERTS = "preview_alerts"
    SET_ABSENCE = "set_absence"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_DEPARTMENTS = "manage_departments"
    MANAGE_CALENDAR = "manage_calendar"


class Scope(StrEnum):
    """How far a right reaches."""

    OWN = "own"
    DEPARTMENT = "department"
    AREA = "area"
    CITY = "city"


_MANAGING = (Action.CLAIM, Action.FORECAST, Action.READING, Action.REQUEST_CHANGE, Action.UPDATE)
_CURATING = (Action.RULE_CHANGE, Action.PAUSE, Action.RESUME, Action.ACKNOWLEDGE_UPDATE)
_OFFICE = (
    Action.CONFIDENCE,
    Action.DECIDE_EVIDENCE,
    Action.CHECK_CHANGE,
    Action.OVERRIDE,
    Action.REOPEN_PERIOD,
    Action.EDIT,
    Action.CREATE_PROJECT,
    Action.IMPORT,
    Action.SET_ABSENCE,
    Action.PREVIEW_ALERTS,
)

_ADMINISTERING = (
    Action.SEE_JOBS,
    Action.SET_ABSENCE,
    Action.MANAGE_PEOPLE,
    Action.MANAGE_DEPARTMENTS,
    Action.MANAGE_CALENDAR,
)

RIGHTS: dict[Role, dict[Action, Scope]] = {
    Role.PROJECT_MANAGER: {Action.VIEW: Scope.DEPARTMENT, **dict.fromkeys(_MANAGING, Scope.OWN)},
    Role.DEPARTMENT_HEAD: {
        Action.VIEW: Scope.DEPARTMENT,
        Action.ACKNOWLEDGE_UPDATE: Scope.DEPARTMENT,
        **dict.fromkeys(_MANAGING, Scope.DEPARTMENT),
    },
    Role.DEPUTY_AKIM: {Action.VIEW: Scope.AREA, **dict.fromkeys(_CURATING, Scope.AREA)},
    Role.CHIEF_OF_STAFF: {Action.VIEW: Scope.AREA, **dict.fromkeys(_CURATING, Scope.AREA)},
    Role.AKIM: {Action.VIEW: Scope.CITY, Action.CANCEL: Scope.CITY, **dict.fromkeys(_CURATING, Scope.CITY)},
    Role.PMO_ANALYST: {Action.VIEW: Scope.CITY, **dict.fromkeys(_OFFICE, Scope.CITY)},
    Role.PMO_HEAD: {
        Action.VIEW: Scope.CITY,
        Action.SEE_JOBS: Scope.CITY,
        Action.SEE_OUTBOX: Scope.CITY,
        **dict.fromkeys(_OFFICE, Scope.CITY),
    },
    Role.OBSERVER: {Action.VIEW: Scope.CITY},
    Role.ADMINISTRATOR: {Action.VIEW: Scope.CITY, **dict.fromkeys(_ADMINISTERING, Scope.CITY)},
}
"""The table. A manager sees the department's projects and changes only their own; an area is all a curator sees."""


@dataclass(frozen=True, slots=True)
class ProjectScope:
    """Where a project belongs: all that a right can hang on. ``performers`` are posts named for single milestones.

    ``asked`` are posts that an escalation reached although the project is none of theirs: they may look.
    """

    city: str
    department: str
    area: str
    owner: str | None
    manager: str | None
    curator: str | None
    performers: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody signed in. ``acts_for`` are the posts they stand in for today; ``extra_cities`` they may look at.

    ``grants`` are the same person in a further role that was given for a time and holds today.
    """

    person: str
    city: str
    role: Role
    department: str | None = None
    areas: frozenset[str] = frozenset()
    extra_cities: frozenset[str] = frozenset()
    acts_for: tuple[Actor, ...] = ()
    grants: tuple[Actor, ...] = ()

    @property
    def others(self) -> tuple[Actor, ...]:
        """Everything the person may be today besides the own post: roles given for a time, posts stood in for."""
        return (*self.grants, *self.acts_for)


def may(actor: Actor, action: Action, project: ProjectScope) -> bool:
    """Whether the actor, or a post they stand in for, may do this to the project."""
    if action is Action.VIEW and project.city in actor.extra_cities:
        return True
    if any(may(post, action, project) for post in actor.others):
        return True
    scope = RIGHTS[actor.role].get(action)
    if scope is None or project.city != actor.city:
        return False
    if scope is Scope.CITY or (action is Action.VIEW and actor.person in project.asked):
        return True
    own = actor.person in (project.manager, project.owner, project.curator) or actor.person in project.performers
    if scope is Scope.AREA:
        return own or project.area in actor.areas
    if scope is Scope.DEPARTMENT:
        return own or (actor.department is not None and project.department == actor.department)
    return actor.person == project.manager or actor.person in project.performers


def may_in_city(actor: Actor, action: Action, city: str) -> bool:
    """Whether the actor may do something that is not about one project: import, create, look at jobs."""
    if any(may_in_city(post, action, city) for post in actor.others):
        return True
    return city == actor.city and RIGHTS[actor.role].get(action) is Scope.CITY


def cities_seen(actor: Actor) -> frozenset[str]:
    """Cities of which the actor may see anything at all."""
    return frozenset({actor.city}) | actor.extra_cities | {post.city for post in actor.others}
