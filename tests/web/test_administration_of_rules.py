"""The page of the rules: the table, the versions, the next one with a look at what it changes."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.models.rules import RuleVersionRecord
from pmo.domain.policy import STANDARD
from pmo.domain.rule_parameters import PARAMETERS, rules_with, values_of
from pmo.queries.people import actor_for
from pmo.queries.rules_page import changes_of_rules
from pmo.queries.status import computed_at
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.rules import RulePlan, plan_rules
from tests.cast import TODAY
from tests.web.pages import Page, Pages
from tests.web.portfolio_pages import doors, project_path

Browsers = Callable[[str], Pages]
RULES = "/administration/rules"
NEXT = f"{RULES}/next"
HEAD = "pmo-head.alm"
NOT_SEEN = "These are other numbers than those you looked at. Look at what changes, then plan."
ORDER = {"valid_from": "31.01.2020", "reason": "Order 7"}


@pytest.fixture
def office(small_city: Runtime, pages_of: Browsers) -> Pages:
    """The head of the office, who reads English."""
    speak_english(small_city)
    return pages_of(HEAD)


def speak_english(runtime: Runtime) -> None:
    with runtime.writing() as session:
        session.get_one(PersonRecord, HEAD).language = "en"


def versions(runtime: Runtime) -> list[RuleVersionRecord]:
    with runtime.reading() as session:
        return list(session.scalars(select(RuleVersionRecord).order_by(RuleVersionRecord.id)))


def shown(page: Page, name: str) -> str:
    """What stands in a field."""
    return next(field["value"] for field in page.tree.all("input", name=name))


def plan_beside(runtime: Runtime, state: str, **numbers: int) -> None:
    """Somebody else plans a version while the form stands open."""
    with runtime.writing() as session:
        actor = actor_for(session, HEAD, TODAY)
        assert actor is not None
        act = Act(actor=actor, at=runtime.now(), on=TODAY, recorded_at=runtime.now())
        plan_rules(session, act, RulePlan({**values_of(STANDARD), **numbers}, TODAY, "Order 8", state))


def test_a_version_is_previewed_planned_and_withdrawn(office: Pages, small_city: Runtime) -> None:
    later = {**ORDER, "valid_from": "03.02.2020"}
    preview = office.submit(office.get(NEXT), NEXT, choose="preview=1", due_soon_days="10", **later)
    assert "What these numbers change today" in preview.text
    assert "0 projects change their status" in preview.text
    assert versions(small_city) == []
    planned = office.submit(preview, NEXT, choose="enter=1")
    assert planned.path == RULES
    (version,) = versions(small_city)
    assert (version.name, version.numbers["due_soon_days"], version.reason) == ("ST-2", 10, "Order 7")
    for said in ("Order 7", "planned", "14 calendar days", "10 calendar days", f"Post {HEAD}"):
        assert said in planned.text
    withdrawn = office.submit(planned, f"{RULES}/{version.id}/withdrawal")
    assert "withdrawn" in withdrawn.text
    assert versions(small_city)[0].withdrawn_at is not None


def test_what_was_not_looked_at_is_not_planned(office: Pages, small_city: Runtime) -> None:
    blind = office.submit(office.get(NEXT), NEXT, 422, due_soon_days="10", **ORDER)
    assert blind.errors == [NOT_SEEN]
    assert versions(small_city) == []
    page = office.submit(office.get(NEXT), NEXT, choose="preview=1", due_soon_days="10", **ORDER)
    other = office.submit(page, NEXT, 422, choose="enter=1", due_soon_days="9")
    assert other.errors == [NOT_SEEN]
    assert shown(other, "due_soon_days") == "9"
    assert versions(small_city) == []
    office.submit(other, NEXT, choose="enter=1")
    assert [one.numbers["due_soon_days"] for one in versions(small_city)] == [9]


def test_each_fault_is_named_at_its_field_and_nothing_typed_is_lost(office: Pages, small_city: Runtime) -> None:
    typed = {"due_soon_days": "0", "amber_variance": "40", "trend_floor": "12,5", "cost_red": "much"}
    page = office.submit(office.get(NEXT), NEXT, 422, choose="preview=1", **typed, **ORDER)
    assert page.errors == ["Write a number, for example 1 234,5."]
    again = office.submit(page, NEXT, 422, choose="preview=1", cost_red="30")
    assert again.errors == [
        "Enter a value from 1 to 90.",
        "Must stay below “Red: slip in per cent of the duration, or lag behind the trajectory”, 30%.",
        "Enter a value from 50% to 100%.",
    ]
    for name, value in {**typed, "cost_red": "30", **ORDER}.items():
        assert shown(again, name) == value
    assert versions(small_city) == []


def test_shares_are_written_in_per_cent(office: Pages, small_city: Runtime) -> None:
    page = office.get(NEXT)
    assert (shown(page, "amber_variance"), shown(page, "gap_compression")) == ("10", "80")
    preview = office.submit(page, NEXT, choose="preview=1", amber_variance="12,5", **ORDER)
    office.submit(preview, NEXT, choose="enter=1")
    assert versions(small_city)[0].numbers["amber_variance"] == 0.125
    assert "12.50%" in office.get(RULES).text
    assert shown(office.get(NEXT), "amber_variance") == "12.5"


def test_a_version_planned_meanwhile_is_shown_and_nothing_is_overwritten(office: Pages, small_city: Runtime) -> None:
    later = {**ORDER, "valid_from": "03.02.2020"}
    preview = office.submit(office.get(NEXT), NEXT, choose="preview=1", due_soon_days="10", **later)
    plan_beside(small_city, shown(preview, "state"), due_soon_days=20)
    conflict = office.submit(preview, NEXT, 409, choose="enter=1")
    assert "Order 8" in conflict.text
    assert "20 calendar days" in conflict.text
    assert shown(conflict, "due_soon_days") == "10"
    assert [one.name for one in versions(small_city)] == ["ST-2"]
    again = office.submit(conflict, NEXT, choose="preview=1")
    office.submit(again, NEXT, choose="enter=1")
    assert [one.numbers["due_soon_days"] for one in versions(small_city)] == [20, 10]


@pytest.mark.parametrize("junk", ["", "nan", "1e400", "9" * 400, "-1", "\x00", "٣", "<b>", "0,0000001"])
def test_nonsense_in_every_number_is_answered_and_never_planned(office: Pages, small_city: Runtime, junk: str) -> None:
    numbers = {parameter.name: junk for parameter in PARAMETERS}
    for button in ("preview", "enter"):
        sent = {**ORDER, **numbers, "state": "0.0", "previewed": junk, button: "1"}
        turned_away = 400 if "\0" in junk else 422  # NUL is refused at the door
        assert office.post(NEXT, **sent).status_code == turned_away
    assert versions(small_city) == []


def test_a_form_of_another_state_is_a_conflict_whatever_it_says(office: Pages, small_city: Runtime) -> None:
    page = office.get(NEXT)
    assert office.submit(page, NEXT, 409, due_soon_days="9", state="7.7", **ORDER).status == 409
    assert versions(small_city) == []


@pytest.mark.parametrize("person", ["akim.alm", "analyst.alm", "manager.alm", "admin.alm", "observer.alm"])
def test_everybody_reads_the_rules_and_the_office_head_changes_them(pages_of: Browsers, person: str) -> None:
    reader = pages_of(person)
    page = reader.get(RULES)
    assert "ST-1" in page.text
    assert NEXT not in page.links.values()
    reader.get(NEXT, status=403)
    assert reader.post(f"{RULES}/1/withdrawal").status_code == 403


def test_the_preview_names_what_then_stands_on_the_pages(replayed: Runtime) -> None:
    """The statuses of the whole portfolio, before and after, against the preview that the page showed."""
    speak_english(replayed)
    enter = doors(replayed)
    head = enter(HEAD)
    stricter = {"critical_overdue_red_wd": "1", "overdue_red_wd": "2", "amber_variance": "5"}
    preview = head.submit(head.get(NEXT), NEXT, choose="preview=1", **stricter, **ORDER)
    before = statuses(replayed)
    numbers = {"critical_overdue_red_wd": 1, "overdue_red_wd": 2, "amber_variance": 0.05}
    with replayed.reading() as session:
        there = (replayed.now(), TODAY, replayed.rules, replayed.histories)
        change = changes_of_rules(session, "almaty", rules_with("new", numbers), *there)
        called = select(ProjectRecord.code, ProjectRecord.name_en).where(ProjectRecord.city_id == "almaty")
        names = {row.code: row.name_en for row in session.execute(called)}
    head.submit(preview, NEXT, choose="enter=1")
    after = statuses(replayed)
    turned = {code for code in before if before[code] != after[code]}
    assert turned
    assert turned == {one.before.code for one in change.projects if one.before.status is not one.after.status}
    rows = [row.text for row in preview.tree.all("tr")]
    for one in change.projects:
        assert after[one.after.code] == one.after.status.value
        assert any(row.startswith(f"{one.before.code} {names[one.before.code]}") for row in rows)
    # A reason counts for its project; the badge beside it says the colour of the milestone, which may be a worse one.
    reasons = [cell.text for cell in preview.tree.all("td") if cell["data-label"] == "Reason by the new numbers"]
    assert any(reason.startswith("Critical indicator ") for reason in reasons)
    assert not any(reason.startswith(("At risk:", "Off track:")) for reason in reasons)
    page = head.get(project_path(replayed, min(turned)))
    assert "Rule set ST-2" in page.text
    yesterday = head.get(f"{project_path(replayed, min(turned))}?as_of=2020-01-30")
    assert "Rule set ST-1" in yesterday.text


def statuses(runtime: Runtime) -> dict[str, str]:
    """Status of every project of the city now, by code."""
    with runtime.reading() as session:
        numbers = list(session.scalars(select(ProjectRecord.id).where(ProjectRecord.city_id == "almaty")))
        found = computed_at(session, numbers, runtime.now(), TODAY, runtime.rules, runtime.histories)
    return {judged.code: judged.status.value for judged in found.values()}
