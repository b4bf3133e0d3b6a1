"""Templates of projects: what the plan of a kind of project (a school, a road) always looks like.

A template has no people, no dates and no values: those belong to a project. A milestone stands so many **calendar**
days after the start of the project, and its date is the first working day on or after that; the lags between milestones
are **working** days as everywhere (DOMAIN 2.1). Decision 19 says why.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from pmo.domain.calendar import DateOutOfRange, WorkingCalendar
from pmo.domain.errors import RuleBroken
from pmo.domain.indicator import Direction, Frequency, Indicator, Interpolation, Kind
from pmo.domain.milestone import Dependency, Milestone
from pmo.domain.milestone_verdict import in_dependency_order
from pmo.domain.planning import Fault, faults_of_indicator, faults_of_links

LONGEST_CODE = 9
"""Letters of a milestone's code in a template: with the code of the project (30) and a hyphen it has room in 40."""
FARTHEST = 3650
"""Days from the start of a project to anything in its template: ten years, the room that the calendar keeps."""
CODE = re.compile(rf"[\w.-]{{1,{LONGEST_CODE}}}")


@dataclass(frozen=True, slots=True)
class TemplateMilestone:
    """A milestone of a template. ``offset_days`` are calendar days from the start; None: it gets its date later."""

    code: str
    name_ru: str
    name_kk: str
    name_en: str
    type_id: str
    offset_days: int | None = None
    weight: float = 1.0
    critical: bool = False
    evidence_type_id: str | None = None
    min_duration_wd: int | None = None
    predecessors: tuple[Dependency, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateIndicator:
    """An indicator of a template: what is measured and how, without a value."""

    code: str
    name_ru: str
    name_kk: str
    name_en: str
    unit_id: str
    direction: Direction = Direction.UP
    kind: Kind = Kind.POINT
    frequency: Frequency = Frequency.MONTHLY
    interpolation: Interpolation = Interpolation.LINEAR
    weight: float = 1.0
    critical: bool = False
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """The plan of a kind of project. ``duration_days`` are calendar days from its start to its end."""

    name_ru: str
    name_kk: str
    name_en: str
    duration_days: int
    sector_id: str | None = None
    priority_id: str | None = None
    milestones: tuple[TemplateMilestone, ...] = ()
    indicators: tuple[TemplateIndicator, ...] = ()

    def milestone(self, code: str) -> TemplateMilestone | None:
        """One milestone by its code."""
        return next((one for one in self.milestones if one.code == code), None)

    def indicator(self, code: str) -> TemplateIndicator | None:
        """One indicator by its code."""
        return next((one for one in self.indicators if one.code == code), None)

    def with_milestone(self, new: TemplateMilestone, replacing: str | None) -> Template:
        """One more milestone, or another in the place of one, in the order of their days.

        Links to the one that is replaced follow its new code; milestones without a day stand last.
        """
        kept = [new if one.code == replacing else _relinked(one, replacing, new.code) for one in self.milestones]
        items = kept if replacing is not None else [*self.milestones, new]
        return replace(self, milestones=tuple(sorted(items, key=_place)))

    def with_indicator(self, new: TemplateIndicator, replacing: str | None) -> Template:
        """One more indicator, or another in the place of one."""
        if replacing is None:
            return replace(self, indicators=(*self.indicators, new))
        return replace(self, indicators=tuple(new if one.code == replacing else one for one in self.indicators))

    def without_indicator(self, code: str) -> Template:
        """The template with one indicator fewer."""
        return replace(self, indicators=tuple(one for one in self.indicators if one.code != code))

    def without_milestones(self, left_out: Collection[str]) -> Template:
        """Fewer milestones: who waited for one of them now waits for what that one waited for, lags added up.

        Milestones have no length, so the four types of a link differ by lag only; the waiting one's type stays. Of two
        ways to one predecessor the longer lag counts.
        """
        every = {one.code: one for one in self.milestones}

        def bridged(link: Dependency) -> Iterator[Dependency]:
            if link.predecessor not in left_out:
                yield link
                return
            for before in every[link.predecessor].predecessors:
                yield from bridged(replace(before, type=link.type, lag_wd=before.lag_wd + link.lag_wd))

        kept = []
        for one in self.milestones:
            if one.code not in left_out:
                longest: dict[str, Dependency] = {}
                for link in (found for own in one.predecessors for found in bridged(own)):
                    other = longest.get(link.predecessor)
                    if other is None or link.lag_wd > other.lag_wd:
                        longest[link.predecessor] = link
                kept.append(replace(one, predecessors=tuple(longest.values())))
        return replace(self, milestones=tuple(kept))


@dataclass(frozen=True, slots=True)
class Values:
    """What a project adds to an indicator of its template; in the indicator's unit."""

    baseline_on: date
    target_on: date
    baseline: float | None = None
    target: float | None = None
    low: float | None = None
    high: float | None = None
    window_start: date | None = None

    def rule(self, indicator: TemplateIndicator, code: str) -> Indicator:
        """The indicator that the project is judged by."""
        return Indicator(
            id=0,
            code=code,
            direction=indicator.direction,
            kind=indicator.kind,
            frequency=indicator.frequency,
            interpolation=indicator.interpolation,
            weight=indicator.weight,
            critical=indicator.critical,
            **asdict(self),
        )


def wanted_values(indicator: TemplateIndicator) -> tuple[str, ...]:
    """The values that only the project can give (DOMAIN 1.5): a band, or baseline and target, and a window's start."""
    if indicator.direction is Direction.RANGE:
        level: tuple[str, ...] = ("low", "high")
    else:
        level = ("target",) if indicator.kind is Kind.PERIOD else ("baseline", "target")
    return (*level, "window_start") if indicator.kind is Kind.PERIOD else level


def faults_of_values(indicator: TemplateIndicator, values: Values) -> list[Fault]:
    """As for an indicator made by hand, and the baseline is asked for: an empty one is more likely forgotten."""
    faults = faults_of_indicator(values.rule(indicator, indicator.code))
    if "baseline" in wanted_values(indicator) and values.baseline is None:
        faults.append(Fault("baseline_missing", "baseline"))
    return faults


def code_in_project(project: str, code: str) -> str:
    """``DP-51`` and ``M1`` make ``DP-51-M1``."""
    return f"{project}-{code}"


def short_codes(project: str, codes: Sequence[str], letter: str) -> dict[str, str]:
    """The codes of a project's items as its template has them: ``DP-10-M3`` becomes ``M3``.

    A code that does not begin with the project's, or is too long then, becomes the letter and its place.
    """
    found: dict[str, str] = {}
    own = {code: code.removeprefix(f"{project}-") for code in codes if code.startswith(f"{project}-")}
    short = {code: cut for code, cut in own.items() if CODE.fullmatch(cut)}
    taken = set(short.values())
    for place, code in enumerate(codes, 1):
        if code not in short:
            number = place
            while f"{letter}{number}" in taken:
                number += 1
            taken.add(f"{letter}{number}")
            found[code] = f"{letter}{number}"
        else:
            found[code] = short[code]
    return found


def planned_dates(
    milestones: Sequence[TemplateMilestone],
    start: date,
    calendar: WorkingCalendar,
    fixed: Mapping[str, date | None] | None = None,
) -> dict[str, date | None]:
    """Dates of the milestones of a project that starts on a day, by code, in the order given.

    A milestone is due on ``roll(start + offset)``, but not before a predecessor's date plus the lag and the shortest
    duration, in working days (DOMAIN 1.4, step 3): else the new project would be late on its first day. ``fixed`` are
    dates that somebody chose; they stand, and push what follows. Raises RuleBroken ``plan_out_of_range`` (start_on).
    """
    chosen = fixed or {}
    by_code = {one.code: one for one in milestones}
    found: dict[str, date | None] = {}
    try:
        for node in in_dependency_order(_as_milestones(milestones)):
            one = by_code[node.code]
            found[one.code] = chosen[one.code] if one.code in chosen else _date(one, start, calendar, found)
    except (DateOutOfRange, OverflowError):
        raise RuleBroken("plan_out_of_range", "start_on") from None
    return {one.code: found[one.code] for one in milestones}


def faults_of_template(template: Template) -> list[Fault]:
    """What a template must satisfy as a whole; fields of an item are named by the item's field alone."""
    faults = []
    if not 0 < template.duration_days <= FARTHEST:
        faults.append(Fault("offset_out_of_range", "duration_days", {"first": 1, "last": FARTHEST}))
    for items in (template.milestones, template.indicators):
        faults += _faults_of_codes([one.code for one in items])
        faults += [Fault("weight_not_positive", "weight") for one in items if one.weight <= 0]
    for one in template.milestones:
        if one.offset_days is not None and abs(one.offset_days) > FARTHEST:
            faults.append(Fault("offset_out_of_range", "offset_days", {"first": -FARTHEST, "last": FARTHEST}))
        if one.min_duration_wd is not None and not 0 <= one.min_duration_wd <= FARTHEST:
            faults.append(Fault("offset_out_of_range", "min_duration_wd", {"first": 0, "last": FARTHEST}))
    return faults + faults_of_links(_as_milestones(template.milestones))


def as_plan(template: Template) -> dict[str, Any]:
    """The template as it is stored: texts, numbers, lists."""
    plan = asdict(template)
    plan["milestones"] = [{**one, "predecessors": list(one["predecessors"])} for one in plan["milestones"]]
    plan["indicators"] = [
        {name: str(value) if name in _CHOICES else value for name, value in one.items()} for one in plan["indicators"]
    ]
    return plan


def from_plan(plan: Mapping[str, Any]) -> Template:
    """The template that ``as_plan`` stored; what is left out is as usual."""
    return Template(
        **{
            **plan,
            "milestones": tuple(_milestone(one) for one in plan.get("milestones", ())),
            "indicators": tuple(_indicator(one) for one in plan.get("indicators", ())),
        }
    )


_CHOICES = {"direction": Direction, "kind": Kind, "frequency": Frequency, "interpolation": Interpolation}


def _milestone(plan: Mapping[str, Any]) -> TemplateMilestone:
    links = tuple(Dependency(**link) for link in plan.get("predecessors", ()))
    return TemplateMilestone(**{**plan, "predecessors": links})


def _indicator(plan: Mapping[str, Any]) -> TemplateIndicator:
    chosen = {name: choice(plan[name]) for name, choice in _CHOICES.items() if name in plan}
    return TemplateIndicator(**{**plan, **chosen})


def _place(milestone: TemplateMilestone) -> tuple[bool, int]:
    return milestone.offset_days is None, milestone.offset_days or 0


def _relinked(milestone: TemplateMilestone, before: str | None, after: str) -> TemplateMilestone:
    links = [
        replace(link, predecessor=after) if link.predecessor == before else link for link in milestone.predecessors
    ]
    return replace(milestone, predecessors=tuple(links))


def _as_milestones(milestones: Iterable[TemplateMilestone]) -> list[Milestone]:
    return [Milestone(id=0, code=one.code, predecessors=one.predecessors) for one in milestones]


def _date(
    milestone: TemplateMilestone, start: date, calendar: WorkingCalendar, found: Mapping[str, date | None]
) -> date | None:
    if milestone.offset_days is None:
        return None
    days = [calendar.roll(start + timedelta(days=milestone.offset_days))]
    for link in milestone.predecessors:
        before = found[link.predecessor]
        if before is not None:
            days.append(calendar.addwd(calendar.roll(before), (milestone.min_duration_wd or 0) + link.lag_wd))
    return max(days)


def _faults_of_codes(codes: Sequence[str]) -> Iterator[Fault]:
    for code in codes:
        if not CODE.fullmatch(code):
            yield Fault("template_code", "code", {"longest": LONGEST_CODE})
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Fault("code_taken", "code", {"code": code})
