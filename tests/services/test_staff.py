"""Posts are added, edited, closed with everything handed over, and hold further roles for a time."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.organisation import CuratorAreaRecord
from pmo.db.models.people import AbsenceRecord, PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action, Role, may, may_in_city
from pmo.domain.errors import Conflict, NotAllowed, NotFound, RuleBroken
from pmo.queries.belongings import Duty
from pmo.queries.directory import directory
from pmo.queries.overview import Moment
from pmo.queries.people import actor_for
from pmo.queries.project_page import project_page
from pmo.queries.visibility import scope_of
from pmo.services.absences import AbsencePlan, set_absence
from pmo.services.departures import close_post, open_post_again
from pmo.services.role_grants import GrantPlan, grant_role, withdraw_grant
from pmo.services.staff import PostPlan, add_post, edit_post
from tests.cast import TODAY, Town, refusal

NEWCOMER = PostPlan("Новый", "Жаңа", "New one", "new@almaty.example", "kk", Role.PROJECT_MANAGER, "dept-a")
ACTING = GrantPlan(Role.DEPARTMENT_HEAD, "dept-b", None, date(2020, 2, 1), date(2020, 4, 30), "order 12")


def plan_of(town: Town, person: str) -> PostPlan:
    """A post as it stands."""
    with town.runtime.reading() as session:
        one = session.get_one(PersonRecord, person)
        areas = frozenset(session.scalars(select(CuratorAreaRecord.id).where(CuratorAreaRecord.holder_id == person)))
        return PostPlan(
            one.title_ru, one.title_kk, one.title_en, one.email, one.language, Role(one.role), one.department_id, areas
        )


def raise_alert(town: Town, recipient: str, item: str = "DP-10-M1", role: str = "manager") -> int:
    """An alert that was sent and is open; returns its id."""
    told = datetime(2020, 1, 30, 2, 30, tzinfo=UTC)
    with town.writing() as session:
        alert = AlertRecord(
            city_id="almaty", project_id=town.project(), item=item, rung="O+14", recipient_id=recipient, role=role,
            channel="direct", state="sent", raised_on=date(2020, 1, 30), raised_at=told, sent_at=told,
            facts={"item": item}, rule_set="EP-1",
        )  # fmt: skip
        session.add(alert)
        session.flush()
        return alert.id


def test_a_new_post_has_its_rights_at_once_and_no_password(town: Town) -> None:
    with town.writing() as session:
        add_post(session, town.act("admin"), "manager-c.alm", NEWCOMER)
    with town.runtime.reading() as session:
        actor = actor_for(session, "manager-c.alm", TODAY)
        assert actor is not None
        assert actor.department == "dept-a"
        assert session.get_one(PersonRecord, "manager-c.alm").password_hash is None
    assert any('"post_added"' in body for body in town.audit_actions())
    assert town.audit_findings() == []


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"email": "OWNER@almaty.example"}, ("address_taken", "email")),
        ({"email": "nobody"}, ("bad_address", "email")),
        ({"language": "de"}, ("unknown_language", "language")),
        ({"department_id": None}, ("department_missing", "department_id")),
        ({"department_id": "dept-ast"}, ("unknown_choice", "department_id")),
        ({"role": Role.OBSERVER}, ("department_unwanted", "department_id")),
        ({"areas": frozenset({"area-a"})}, ("area_needs_curator", "areas")),
        ({"extra_cities": frozenset({"almaty"})}, ("unknown_choice", "extra_cities")),
    ],
)
def test_a_bad_post_is_refused_at_its_field(town: Town, changes: dict[str, object], wrong: tuple[str, str]) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        add_post(session, town.act("admin"), "manager-c.alm", replace(NEWCOMER, **changes))  # type: ignore[arg-type]
    assert refusal(raised) == wrong


@pytest.mark.parametrize("code", ["", "Manager", "a b", "../x", "-x"])
def test_a_code_that_would_not_fit_an_address_is_refused(town: Town, code: str) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        add_post(session, town.act("admin"), code, NEWCOMER)
    assert refusal(raised) == ("bad_code", "code")


@pytest.mark.parametrize("person", ["pmo-head", "akim", "manager", "outsider"])
def test_only_an_administrator_adds_posts(town: Town, person: str) -> None:
    with pytest.raises(NotAllowed), town.writing() as session:
        add_post(session, town.act(person), "manager-c.alm", NEWCOMER)


def test_a_post_of_another_city_does_not_exist(town: Town) -> None:
    with pytest.raises(NotFound), town.writing() as session:
        edit_post(session, town.act("admin"), "outsider", NEWCOMER, 1)


def test_an_edit_of_a_post_that_somebody_saved_meanwhile_is_shown_not_done(town: Town) -> None:
    plan = replace(plan_of(town, "manager"), title_en="Manager of the centre")
    with town.writing() as session:
        edit_post(session, town.act("admin"), "manager", plan, 1)
    with pytest.raises(Conflict) as raised, town.writing() as session:
        edit_post(session, town.act("admin"), "manager", replace(plan, title_en="Another"), 1)
    assert raised.value.current["title_en"] == "Manager of the centre"


def test_an_area_that_is_ticked_changes_hands_with_its_projects(town: Town) -> None:
    plan = replace(plan_of(town, "curator-b"), areas=frozenset({"area-a", "area-b"}))
    with town.writing() as session:
        edit_post(session, town.act("admin"), "curator-b", plan, 1)
    with town.runtime.reading() as session:
        assert session.get_one(CuratorAreaRecord, "area-a").holder_id == "curator-b"
        assert session.get_one(ProjectRecord, town.project()).curator_id == "curator-b"
        actor = actor_for(session, "curator", TODAY)
        assert actor is not None
        assert not may(actor, Action.VIEW, scope_of(session, town.project()))


def test_nobody_changes_the_own_role(town: Town) -> None:
    plan = replace(plan_of(town, "admin"), role=Role.AKIM)
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        edit_post(session, town.act("admin"), "admin", plan, 1)
    assert refusal(raised) == ("own_role", "role")


def test_a_role_that_projects_hang_on_is_not_taken_away(town: Town) -> None:
    plan = replace(plan_of(town, "owner"), role=Role.OBSERVER, department_id=None)
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        edit_post(session, town.act("admin"), "owner", plan, 1)
    assert refusal(raised) == ("role_has_duties", "role")


def test_a_closed_post_leaves_nothing_behind_and_the_past_as_it_was(town: Town) -> None:
    alert = raise_alert(town, "manager")
    with town.writing() as session:
        session.get_one(MilestoneRecord, town.milestone("DP-10-M2")).performer_id = "manager"
        away = AbsencePlan("colleague", "manager", date(2020, 1, 30), date(2020, 2, 9))
        set_absence(session, town.act("admin"), away)
    later = town.at("2020-02-03")
    handed = {Duty.MANAGES: "colleague", Duty.PERFORMS: "owner", Duty.SUBSTITUTES: "owner", Duty.TOLD: "colleague"}
    with later.writing() as session:
        close_post(session, later.act("admin"), "manager", handed)
    with later.runtime.reading() as session:
        assert actor_for(session, "manager", TODAY) is None
        assert session.get_one(ProjectRecord, town.project()).manager_id == "colleague"
        assert session.get_one(MilestoneRecord, town.milestone("DP-10-M2")).performer_id == "owner"
        old = session.get_one(AlertRecord, alert)
        new = session.scalars(select(AlertRecord).where(AlertRecord.recipient_id == "colleague")).one()
        assert (old.state, old.ended_at is not None) == ("closed", True)
        assert (new.state, new.note, new.channel, new.sent_at) == ("scheduled", "handed_over", "digest", old.sent_at)
        absence = session.scalars(select(AbsenceRecord).where(AbsenceRecord.withdrawn_at.is_(None))).one()
        assert (absence.person_id, absence.substitute_id, absence.starts_on) == ("colleague", "owner", later.today)
        akim = actor_for(session, "akim", later.today)
        assert akim is not None
        then = Moment(town.runtime.now(), TODAY, is_past=True)
        page = project_page(session, akim, town.project(), then, town.runtime.rules, later.runtime.histories)
        assert page.people.manager is not None
        assert page.people.manager.name_en == "manager"
    assert later.entries() == ["handed_over", "handed_over"]
    assert later.audit_findings() == []


def test_a_post_is_not_closed_while_a_duty_has_no_fit_successor(town: Town) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        close_post(session, town.act("admin"), "manager", {})
    assert refusal(raised) == ("successor_missing", "manages")
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        close_post(session, town.act("admin"), "manager", {Duty.MANAGES: "observer"})
    assert refusal(raised) == ("unsuitable_successor", "manages")
    with town.runtime.reading() as session:
        assert session.get_one(PersonRecord, "manager").is_active


def test_nobody_closes_the_own_post(town: Town) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        close_post(session, town.act("admin"), "admin", {})
    assert refusal(raised) == ("own_post", None)


def test_a_closed_post_is_opened_again_without_what_it_handed_over(town: Town) -> None:
    with town.writing() as session:
        close_post(session, town.act("admin"), "manager", {Duty.MANAGES: "colleague"})
        open_post_again(session, town.act("admin"), "manager")
    with town.runtime.reading() as session:
        assert actor_for(session, "manager", TODAY) is not None
        assert session.get_one(ProjectRecord, town.project()).manager_id == "colleague"


def test_a_role_for_a_time_holds_on_its_days_only(town: Town) -> None:
    with town.writing() as session:
        grant_role(session, town.act("admin"), "colleague", ACTING)
    with town.runtime.reading() as session:
        scope = scope_of(session, town.project("DP-11"))
        held = []
        for day in ("2020-01-31", "2020-02-01", "2020-04-30", "2020-05-01"):
            actor = actor_for(session, "colleague", date.fromisoformat(day))
            assert actor is not None
            held.append(may(actor, Action.ACKNOWLEDGE_UPDATE, scope))
    assert held == [False, True, True, False]


def test_a_role_of_the_whole_city_is_held_in_that_city_only(town: Town) -> None:
    office = GrantPlan(Role.PMO_HEAD, None, None, TODAY, date(2020, 2, 20), "leave of the head")
    with town.writing() as session:
        grant_role(session, town.act("admin"), "analyst", office)
    actor = town.act("analyst").actor
    assert may_in_city(actor, Action.SEE_OUTBOX, "almaty")
    assert not may_in_city(actor, Action.SEE_OUTBOX, "astana")


def test_a_role_taken_back_is_gone_at_once(town: Town) -> None:
    with town.writing() as session:
        number = grant_role(session, town.act("admin"), "colleague", replace(ACTING, starts_on=TODAY)).id
    assert town.act("colleague").actor.grants
    with town.writing() as session:
        withdraw_grant(session, town.act("admin"), "colleague", number)
        withdraw_grant(session, town.act("admin"), "colleague", number)
    assert town.act("colleague").actor.grants == ()
    assert sum('"role_withdrawn"' in body for body in town.audit_actions()) == 1


def test_a_role_is_taken_back_from_whom_it_was_given_to_only(town: Town) -> None:
    with town.writing() as session:
        number = grant_role(session, town.act("admin"), "colleague", replace(ACTING, starts_on=TODAY)).id
    with pytest.raises(NotFound), town.writing() as session:
        withdraw_grant(session, town.act("admin"), "manager", number)
    assert town.act("colleague").actor.grants


def test_the_acting_head_is_told_where_the_department_has_none(town: Town) -> None:
    with town.writing() as session:
        session.get_one(ProjectRecord, town.project("DP-11")).owner_id = None
        grant_role(session, town.act("admin"), "colleague", replace(ACTING, starts_on=TODAY))
    with town.runtime.reading() as session:
        told = directory(session, "almaty", TODAY, town.runtime.now()).posts(town.project("DP-11"))
        after = directory(session, "almaty", date(2020, 5, 1), town.runtime.now()).posts(town.project("DP-11"))
    assert (told.owner, after.owner) == ("colleague", None)


@pytest.mark.parametrize(
    ("person", "changes", "wrong"),
    [
        ("admin", {}, ("own_role", None)),
        ("colleague", {"ends_on": date(2020, 1, 1)}, ("span_upside_down", "ends_on")),
        ("colleague", {"starts_on": date(2020, 1, 1), "ends_on": date(2020, 1, 30)}, ("span_over", "ends_on")),
        ("colleague", {"ends_on": date(2021, 4, 30)}, ("span_too_long", "ends_on")),
        ("colleague", {"reason": "  "}, ("reason_missing", "reason")),
        ("colleague", {"department_id": None}, ("department_missing", "department_id")),
        ("colleague", {"role": Role.DEPUTY_AKIM, "department_id": None}, ("area_missing", "area_id")),
        ("colleague", {"area_id": "area-a"}, ("area_unwanted", "area_id")),
        ("colleague", {"department_id": "dept-ast"}, ("unknown_choice", "department_id")),
        ("owner-b", {}, ("role_held", "role")),
    ],
)
def test_a_bad_grant_is_refused_at_its_field(
    town: Town, person: str, changes: dict[str, object], wrong: tuple[str, str | None]
) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        grant_role(session, town.act("admin"), person, replace(ACTING, **changes))  # type: ignore[arg-type]
    assert refusal(raised) == wrong


def test_two_grants_of_one_role_do_not_overlap_and_the_same_one_twice_is_one(town: Town) -> None:
    with town.writing() as session:
        first = grant_role(session, town.act("admin"), "colleague", ACTING)
        assert grant_role(session, town.act("admin"), "colleague", ACTING).id == first.id
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        grant_role(session, town.act("admin"), "colleague", replace(ACTING, ends_on=date(2020, 5, 31)))
    assert refusal(raised) == ("grant_overlaps", "starts_on")
