"""Templates: offsets become dates of working days, links hold from the first day, items can be left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.errors import RuleBroken
from pmo.domain.indicator import Direction, Frequency, Interpolation, Kind
from pmo.domain.milestone import Dependency
from pmo.domain.template import (
    FARTHEST,
    Template,
    TemplateIndicator,
    TemplateMilestone,
    Values,
    as_plan,
    code_in_project,
    faults_of_template,
    faults_of_values,
    from_plan,
    planned_dates,
    short_codes,
    wanted_values,
)
from pmo.exchange.template_examples import read_examples

NEW_YEAR = WorkingCalendar([date(2020, 1, day) for day in (1, 2, 3, 7)], [date(2020, 1, 5)])
"""The first days of January 2020 as Kazakhstan had them: 5 January is a working Sunday."""
START = date(2019, 12, 2)


def milestone(code: str, offset: int | None = 0, *links: Dependency, **more: object) -> TemplateMilestone:
    fields = {"name_ru": code, "name_kk": code, "name_en": code, "type_id": "launch", "offset_days": offset}
    return TemplateMilestone(code=code, **{**fields, **more}, predecessors=links)  # type: ignore[arg-type]


def indicator(code: str = "I1", **more: object) -> TemplateIndicator:
    return TemplateIndicator(code=code, name_ru=code, name_kk=code, name_en=code, unit_id="pct", **more)  # type: ignore[arg-type]


def template(*milestones: TemplateMilestone, **more: object) -> Template:
    fields: dict[str, object] = {"name_ru": "Ш", "name_kk": "М", "name_en": "S", "duration_days": 365}
    return Template(**{**fields, "milestones": milestones, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("offset", "due"),
    [
        (0, START),
        (30, date(2020, 1, 5)),  # 1 January is off, and so are 2, 3 and Saturday 4; Sunday 5 is worked
        (34, date(2020, 1, 5)),
        (36, date(2020, 1, 8)),  # 7 January is off
        (-1, START),  # Sunday 1 December
        (-3, date(2019, 11, 29)),
        (None, None),
    ],
)
def test_an_offset_counts_calendar_days_and_a_day_off_moves_on(offset: int | None, due: date | None) -> None:
    assert planned_dates([milestone("M1", offset)], START, NEW_YEAR) == {"M1": due}


def test_a_milestone_waits_for_its_predecessor_the_lag_and_the_shortest_duration_in_working_days() -> None:
    plan = [
        milestone("M2", 31, Dependency("M1", lag_wd=2), min_duration_wd=1),
        milestone("M1", 29),
        milestone("M3", 90, Dependency("M2", lag_wd=5)),
        milestone("M4", 0, Dependency("M9x", lag_wd=-3)),
        milestone("M9x", None),
    ]
    dates = planned_dates(plan, START, NEW_YEAR)
    assert list(dates) == ["M2", "M1", "M3", "M4", "M9x"]
    assert dates["M1"] == date(2019, 12, 31)
    assert dates["M2"] == date(2020, 1, 8)  # working days after 31 December: 5, 6 and 8 January
    assert dates["M3"] == date(2020, 3, 2)  # its own offset, a Sunday, is later than M2 and the lag
    assert (dates["M4"], dates["M9x"]) == (START, None)


def test_a_date_that_somebody_chose_stands_and_pushes_what_follows() -> None:
    plan = [milestone("M1", 10), milestone("M2", 20, Dependency("M1", lag_wd=1)), milestone("M3", 25)]
    dates = planned_dates(plan, START, NEW_YEAR, {"M1": date(2020, 1, 4), "M3": None})
    assert dates == {"M1": date(2020, 1, 4), "M2": date(2020, 1, 6), "M3": None}


def test_a_plan_beyond_the_calendar_is_refused_at_the_start() -> None:
    for start, offset in ((date(2060, 6, 1), FARTHEST), (date(2000, 1, 3), -FARTHEST)):
        with pytest.raises(RuleBroken) as raised:
            planned_dates([milestone("M1", offset)], start, WorkingCalendar())
        assert (raised.value.code, raised.value.field) == ("plan_out_of_range", "start_on")


def test_who_waited_for_a_milestone_left_out_waits_for_what_that_one_waited_for() -> None:
    whole = template(
        milestone("M1"),
        milestone("M2", 1, Dependency("M1", lag_wd=3)),
        milestone("M3", 2, Dependency("M2", lag_wd=4), Dependency("M1")),
        milestone("M4", 3, Dependency("M3", "SS", 5), Dependency("M2")),
    )
    without = whole.without_milestones({"M2"})
    assert [one.code for one in without.milestones] == ["M1", "M3", "M4"]
    assert without.milestones[1].predecessors == (Dependency("M1", "FS", 7),)
    assert without.milestones[2].predecessors == (Dependency("M3", "SS", 5), Dependency("M1", "FS", 3))
    assert whole.without_milestones({"M2", "M3"}).milestones[1].predecessors == (Dependency("M1", "SS", 12),)
    assert faults_of_template(without) == []


def test_milestones_stand_in_the_order_of_their_days_whoever_came_first() -> None:
    whole = template(milestone("M1", 30), milestone("M2", None), milestone("M3", 60))
    added = whole.with_milestone(milestone("M4", 45), None).with_milestone(milestone("M5", 30), None)
    assert [one.code for one in added.milestones] == ["M1", "M5", "M4", "M3", "M2"]
    moved = added.with_milestone(milestone("M1", -1), "M1").with_milestone(milestone("M3", None), "M3")
    assert [one.code for one in moved.milestones] == ["M1", "M5", "M4", "M3", "M2"]


def test_links_follow_a_new_code() -> None:
    whole = template(milestone("M1"), milestone("M2", 1, Dependency("M1", lag_wd=3)))
    renamed = whole.with_milestone(milestone("PLOT"), "M1")
    assert renamed.milestones[1].predecessors == (Dependency("PLOT", lag_wd=3),)
    assert faults_of_template(renamed) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"duration_days": 0}, ("offset_out_of_range", "duration_days")),
        ({"duration_days": FARTHEST + 1}, ("offset_out_of_range", "duration_days")),
        ({"milestones": (milestone("M1"), milestone("M1"))}, ("code_taken", "code")),
        ({"milestones": (milestone("TOO-LONG-1"),)}, ("template_code", "code")),
        ({"milestones": (milestone("M 1"),)}, ("template_code", "code")),
        ({"milestones": (milestone("M/1"),)}, ("template_code", "code")),
        ({"milestones": (milestone("M1", FARTHEST + 1),)}, ("offset_out_of_range", "offset_days")),
        ({"milestones": (milestone("M1", min_duration_wd=-1),)}, ("offset_out_of_range", "min_duration_wd")),
        ({"milestones": (milestone("M1", weight=0.0),)}, ("weight_not_positive", "weight")),
        ({"milestones": (milestone("M1", 0, Dependency("M2")),)}, ("unknown_predecessor", "depends_on")),
        (
            {"milestones": (milestone("M1", 0, Dependency("M2")), milestone("M2", 0, Dependency("M1")))},
            ("dependency_cycle", "depends_on"),
        ),
        ({"indicators": (indicator(), indicator())}, ("code_taken", "code")),
        ({"indicators": (indicator(weight=-1.0),)}, ("weight_not_positive", "weight")),
    ],
)
def test_a_bad_template_says_why(changed: dict[str, object], fault: tuple[str, str]) -> None:
    found = faults_of_template(template(**changed))
    assert [(one.code, one.field) for one in found] == [fault]


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ({}, ("baseline", "target")),
        ({"kind": Kind.CUMULATIVE}, ("baseline", "target")),
        ({"kind": Kind.PERIOD}, ("target", "window_start")),
        ({"direction": Direction.RANGE}, ("low", "high")),
    ],
)
def test_a_project_is_asked_for_the_values_that_the_rules_need(
    rule: dict[str, object], wanted: tuple[str, ...]
) -> None:
    one = indicator(**rule)
    empty = Values(START, START + timedelta(days=100))
    assert wanted_values(one) == wanted
    missing = {fault.field for fault in faults_of_values(one, empty)}
    assert missing <= set(wanted)
    assert missing
    full = {"baseline": 0.0, "target": 5.0, "low": 1.0, "high": 2.0, "window_start": START}
    given = replace(empty, **{name: full[name] for name in wanted})  # type: ignore[arg-type]
    assert faults_of_values(one, given) == []


def test_codes_of_a_project_are_shortened_and_stay_different() -> None:
    assert short_codes("DP-10", ["DP-10-M1", "DP-10-M2"], "M") == {"DP-10-M1": "M1", "DP-10-M2": "M2"}
    odd = short_codes("DP-10", ["OTHER-1", "DP-10-M1", "DP-10-A-VERY-LONG-ONE", "DP-10-"], "M")
    assert odd == {"OTHER-1": "M2", "DP-10-M1": "M1", "DP-10-A-VERY-LONG-ONE": "M3", "DP-10-": "M4"}
    assert code_in_project("DP-51", "M1") == "DP-51-M1"


def test_a_template_is_stored_and_read_back_whole() -> None:
    whole = template(
        milestone("M1", None, critical=True, evidence_type_id="act", min_duration_wd=3, weight=2.5),
        milestone("M2", -4, Dependency("M1", "SS", -2)),
        sector_id="safety",
        priority_id="rights",
        indicators=(
            indicator(
                direction=Direction.RANGE,
                kind=Kind.PERIOD,
                frequency=Frequency.QUARTERLY,
                interpolation=Interpolation.STEP,
                source="statistics",
            ),
        ),
    )
    assert from_plan(as_plan(whole)) == whole


def test_the_ready_examples_are_sound_and_hold_their_own_links() -> None:
    examples = read_examples()
    assert list(examples) == ["SCHOOL", "POLYCLINIC", "ROAD", "PARK", "BUS-LINE"]
    for one in examples.values():
        assert faults_of_template(one) == []
        dates = planned_dates(one.milestones, START, NEW_YEAR)
        assert all(due == NEW_YEAR.roll(START + timedelta(days=item.offset_days or 0)) for item, due in zip(
            one.milestones, dates.values(), strict=True
        ))  # fmt: skip
        assert max(item.offset_days or 0 for item in one.milestones) <= one.duration_days
        words = [one, *one.milestones, *one.indicators]
        assert all(word.name_ru and word.name_kk and word.name_en for word in words)


@st.composite
def plans(draw: st.DrawFn) -> list[TemplateMilestone]:
    """Up to eight milestones, each linked to some before it."""
    made: list[TemplateMilestone] = []
    for place in range(draw(st.integers(1, 8))):
        before = draw(st.lists(st.sampled_from(made), unique_by=lambda one: one.code)) if made else []
        links = [Dependency(one.code, lag_wd=draw(st.integers(-5, 30))) for one in before]
        span = draw(st.none() | st.integers(0, 40))
        made.append(milestone(f"M{place}", draw(st.integers(-50, 900)), *links, min_duration_wd=span))
    return made


DAYS_OFF = st.frozensets(st.dates(date(2019, 1, 1), date(2024, 1, 1)), max_size=60)


@settings(max_examples=200, deadline=None)
@given(plan=plans(), start=st.dates(date(2019, 6, 1), date(2020, 6, 1)), off=DAYS_OFF)
def test_every_date_is_worked_is_not_before_its_offset_and_keeps_every_link(
    plan: list[TemplateMilestone], start: date, off: frozenset[date]
) -> None:
    calendar = WorkingCalendar(off)
    dates = planned_dates(plan, start, calendar)
    for one in plan:
        due = dates[one.code]
        assert due is not None
        assert one.offset_days is not None
        own = calendar.roll(start + timedelta(days=one.offset_days))
        earliest = [
            calendar.addwd(before, (one.min_duration_wd or 0) + link.lag_wd)
            for link in one.predecessors
            if (before := dates[link.predecessor])
        ]
        assert calendar.is_working(due)
        assert due == max([own, *earliest])


@settings(max_examples=200, deadline=None)
@given(plan=plans(), left_out=st.sets(st.integers(0, 7)))
def test_whatever_is_left_out_no_link_leads_nowhere_and_no_order_is_lost(
    plan: list[TemplateMilestone], left_out: set[int]
) -> None:
    gone = {f"M{place}" for place in left_out}
    whole = template(*plan)
    rest = whole.without_milestones(gone)
    assert faults_of_template(rest) == []
    ways = _reach(whole)
    assert _reach(rest) == {
        (before, after) for before, after in ways if before not in gone and after not in gone
    }  # fmt: skip


def _reach(template: Template) -> set[tuple[str, str]]:
    """Every pair of milestones of which the second waits for the first, directly or not."""
    found: set[tuple[str, str]] = set()
    for one in template.milestones:  # each stands behind its predecessors
        for link in one.predecessors:
            found |= {(before, one.code) for before, after in found if after == link.predecessor}
            found.add((link.predecessor, one.code))
    return found
