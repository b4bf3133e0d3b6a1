"""Who may do what: one table of rights, asked by the guard, the service and the template alike (DOMAIN 3.0)."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    OWN_VIEW = "own_view"
    COMMENT = "comment"
    WITHDRAW_COMMENT = "withdraw_comment"
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
    SEE_RIGHTS = "see_rights"
    MANAGE_SIGN_IN = "manage_sign_in"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_DEPARTMENTS = "manage_departments"
    MANAGE_CALENDAR = "manage_calendar"
    MANAGE_RULES = "manage_rules"

    @property
    def is_about_a_project(self) -> bool:
        """Whether it is done to one project, rather than in a city."""
        return self not in IN_CITY


class Scope(StrEnum):
    """How far a right reaches."""

    OWN = "own"
    DEPARTMENT = "department"
    AREA = "area"
    CITY = "city"


IN_CITY = frozenset(
    {
        Action.CREATE_PROJECT,
        Action.IMPORT,
        Action.SEE_JOBS,
        Action.SEE_OUTBOX,
        Action.PREVIEW_ALERTS,
        Action.SET_ABSENCE,
        Action.SEE_RIGHTS,
        Action.MANAGE_SIGN_IN,
        Action.MANAGE_PEOPLE,
        Action.MANAGE_DEPARTMENTS,
        Action.MANAGE_CALENDAR,
        Action.MANAGE_RULES,
    }
)
_MANAGING = (Action.CLAIM, Action.FORECAST, Action.READING, Action.REQUEST_CHANGE, Action.UPDATE)
PERFORMING = (Action.CLAIM, Action.FORECAST)
"""What a post that is named as performer of a milestone may do to it, whatever its role (DOMAIN 3.2, manager)."""

_CURATING = (
    Action.RULE_CHANGE,
    Action.PAUSE,
    Action.RESUME,
    Action.ACKNOWLEDGE_UPDATE,
    Action.OWN_VIEW,
    Action.COMMENT,
)
_OFFICE = (
    Action.CONFIDENCE,
    Action.COMMENT,
    Action.WITHDRAW_COMMENT,
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
    Action.SEE_RIGHTS,
    Action.MANAGE_SIGN_IN,
    Action.MANAGE_PEOPLE,
    Action.MANAGE_DEPARTMENTS,
    Action.MANAGE_CALENDAR,
)

RIGHTS: dict[Role, dict[Action, Scope]] = {
    Role.PROJECT_MANAGER: {
        Action.VIEW: Scope.DEPARTMENT,
        Action.COMMENT: Scope.DEPARTMENT,
        **dict.fromkeys(_MANAGING, Scope.OWN),
    },
    Role.DEPARTMENT_HEAD: {
        Action.VIEW: Scope.DEPARTMENT,
        Action.ACKNOWLEDGE_UPDATE: Scope.DEPARTMENT,
        Action.COMMENT: Scope.DEPARTMENT,
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
        Action.SEE_RIGHTS: Scope.CITY,
        Action.MANAGE_SIGN_IN: Scope.CITY,
        Action.MANAGE_RULES: Scope.CITY,
        **dict.fromkeys(_OFFICE, Scope.CITY),
    },
    Role.OBSERVER: {Action.VIEW: Scope.CITY},
    Role.ADMINISTRATOR: {Action.VIEW: Scope.CITY, **dict.fromkeys(_ADMINISTERING, Scope.CITY)},
}
"""The table. A manager sees the department's projects and changes only their own; an area is all a curator sees.

Who sees a project may comment on it, except those who only look: observers, administrators.
"""


@dataclass(frozen=True, slots=True)
class ProjectScope:
    """Where a project belongs: all that a right can hang on. ``performers`` are posts named for single milestones.

    ``performs`` is the one named for the milestone that is looked at, empty where it has none of its own; None where
    it is the whole project, of which every performer has a part. ``asked`` are posts that an escalation reached
    although the project is none of theirs: they may look.
    """

    city: str
    department: str
    area: str
    owner: str | None
    manager: str | None
    curator: str | None
    performers: frozenset[str] = frozenset()
    performs: str | None = None
    asked: frozenset[str] = frozenset()

    def of_milestone(self, performer: str | None) -> ProjectScope:
        """The scope of one milestone of the project, with the post named for it, if any."""
        return replace(self, performs=performer or "")

    def is_performer(self, person: str) -> bool:
        """Whether a post is named for the milestone, or for any where it is the whole project."""
        return person in self.performers if self.performs is None else person == self.performs


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


class Ground(StrEnum):
    """Why somebody may do something to a project, or why not."""

    CITY = "city"
    AREA = "area"
    DEPARTMENT = "department"
    MANAGER = "manager"
    OWNER = "owner"
    CURATOR = "curator"
    PERFORMER = "performer"
    ASKED = "asked"
    CITY_GIVEN = "city_given"

    NEVER = "never"
    OTHER_CITY = "other_city"
    OUT_OF_REACH = "out_of_reach"


REFUSALS = frozenset({Ground.NEVER, Ground.OTHER_CITY, Ground.OUT_OF_REACH})


@dataclass(frozen=True, slots=True)
class Grounds:
    """The answer of the table to one question: the reason, and whose right it is: the actor themselves, one of their
    roles for a time, or a post they stand in for."""

    reason: Ground
    holder: Actor

    @property
    def post(self) -> str:
        """The post whose right it is."""
        return self.holder.person

    @property
    def allows(self) -> bool:
        """Whether it is a yes."""
        return self.reason not in REFUSALS


def may(actor: Actor, action: Action, project: ProjectScope) -> bool:
    """Whether the actor, or a post they stand in for, may do this to the project."""
    return grounds(actor, action, project).allows


def grounds(actor: Actor, action: Action, project: ProjectScope) -> Grounds:
    """Why the actor may do this to the project, or why not: the first yes of everything they are today, else their own
    no. Where the own role never has the right and a further one has it elsewhere, the no of that one is nearer."""
    own = Grounds(_ground(actor, action, project), actor)
    if own.allows:
        return own
    further = [grounds(post, action, project) for post in actor.others]
    nearer = further if own.reason is Ground.NEVER else []
    return next(
        (found for found in further if found.allows),
        next((found for found in nearer if found.reason is not Ground.NEVER), own),
    )


def _ground(actor: Actor, action: Action, project: ProjectScope) -> Ground:
    """What one post has by itself."""
    if action is Action.VIEW and project.city in actor.extra_cities:
        return Ground.CITY_GIVEN
    scope = RIGHTS[actor.role].get(action)
    is_here = project.city == actor.city
    if is_here and action in PERFORMING and project.is_performer(actor.person):
        return Ground.PERFORMER
    if scope is None:
        return Ground.NEVER
    if not is_here:
        return Ground.OTHER_CITY
    if scope is Scope.CITY:
        return Ground.CITY
    if action is Action.VIEW and actor.person in project.asked:
        return Ground.ASKED
    return _part_in(actor, action, scope, project)


def _part_in(actor: Actor, action: Action, scope: Scope, project: ProjectScope) -> Ground:
    """What connects a post with a project of its city, as far as the scope asks."""
    if actor.person == project.manager:
        return Ground.MANAGER
    performs = actor.person in project.performers if action is Action.VIEW else project.is_performer(actor.person)
    if performs:
        return Ground.PERFORMER
    if scope is Scope.OWN:
        return Ground.OUT_OF_REACH
    if actor.person == project.owner:
        return Ground.OWNER
    if actor.person == project.curator:
        return Ground.CURATOR
    if scope is Scope.AREA:
        return Ground.AREA if project.area in actor.areas else Ground.OUT_OF_REACH
    is_of_department = actor.department is not None and project.department == actor.department
    return Ground.DEPARTMENT if is_of_department else Ground.OUT_OF_REACH


def may_in_city(actor: Actor, action: Action, city: str) -> bool:
    """Whether the actor may do something that is not about one project: import, create, look at jobs."""
    if any(may_in_city(post, action, city) for post in actor.others):
        return True
    return city == actor.city and RIGHTS[actor.role].get(action) is Scope.CITY
