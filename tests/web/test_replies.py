"""Replying to an alert about a project or an indicator: the forms, their refusals, and who may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest
from sqlalchemy import select

from pmo.app import create_app
from pmo.clock import local_moment
from pmo.db.models.answers import ReplyRecord
from pmo.db.models.audit import AuditEventRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.people import PersonRecord
from pmo.runtime import Runtime
from pmo.web.replies.forms import LONGEST
from tests.domain.ladder_cast import as_day
from tests.jobs.small_city import ZONE, SmallCity
from tests.web.pages import Pages

HOSTILE = "<script>alert('x')</script>\"'&{{7*7}}"
DAY = "2020-01-09"
PagesOf = Callable[[str], Pages]
FORMS = ("plan", "project", "indicator")
TOLD = {"plan": "owner", "project": "curator", "indicator": "manager"}
SAVED = {
    "plan": "The recovery plan of P-01 is recorded.",
    "project": "Acknowledged: P-01.",
    "indicator": "Acknowledged: P-01-I1.",
}
ENTERED = {
    "plan": ("owner", "recovery_plan", "off_track"),
    "project": ("curator", "alert_acknowledged", "off_track"),
    "indicator": ("manager", "alert_acknowledged", "report_missing"),
}


@pytest.fixture
def city(runtime: Runtime) -> SmallCity:
    """A project that turned red on 8 January 2020, and an indicator nobody reports on."""
    found = SmallCity(runtime)
    project = found.project()
    found.milestone(project, "P-01-M1", "2019-12-31", critical=True)
    found.indicator(project, "P-01-I1")
    found.mornings("2020-01-06", DAY)
    return found


@pytest.fixture
def pages_of(city: SmallCity) -> PagesOf:
    """A browser of a post at noon of the day."""
    app = create_app(city.runtime.at(local_moment(as_day(DAY), time(12), ZONE)))
    app.testing = True
    return lambda person: Pages(app).sign_in(person)


@pytest.fixture
def paths(city: SmallCity) -> dict[str, str]:
    """Address of each form."""
    with city.runtime.reading() as session:
        indicator = session.scalars(select(IndicatorRecord)).one()
        return {
            "plan": f"/projects/{indicator.project_id}/recovery-plan",
            "project": f"/projects/{indicator.project_id}/acknowledgement",
            "indicator": f"/indicators/{indicator.id}/acknowledgement",
        }


def replies(city: SmallCity) -> list[tuple[str, str, str]]:
    with city.runtime.reading() as session:
        found = session.scalars(select(ReplyRecord).order_by(ReplyRecord.id))
        return [(one.person_id, one.kind, one.rung) for one in found]


def audited(city: SmallCity) -> list[int]:
    with city.runtime.reading() as session:
        return list(session.scalars(select(AuditEventRecord.seq).order_by(AuditEventRecord.seq)))


@pytest.mark.parametrize("form", FORMS)
def test_a_reply_is_entered_once_and_told_on_the_page(
    city: SmallCity, pages_of: PagesOf, paths: dict[str, str], form: str
) -> None:
    path, mine = paths[form], pages_of(TOLD[form])
    page = mine.get(path)
    done = mine.submit(page, path, text=HOSTILE)
    again = mine.submit(page, path, text=HOSTILE)
    assert SAVED[form] in done.text
    assert done.path == again.path == path.rpartition("/")[0]
    assert replies(city) == [ENTERED[form]]
    if form != "indicator":  # the project's page tells its history
        assert HOSTILE in pages_of("akim").get(done.path).text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("text", "error"),
    [("", "Describe it in words."), ("  \n ", "Describe it in words."), ("x" * (2 * LONGEST + 1), "characters")],
)
def test_what_cannot_be_read_is_refused_at_its_field_and_kept(
    city: SmallCity, pages_of: PagesOf, paths: dict[str, str], form: str, text: str, error: str
) -> None:
    before = audited(city)
    mine = pages_of(TOLD[form])
    refused = mine.submit(mine.get(paths[form]), paths[form], 422, text=text)
    (summary,) = refused.errors
    assert error in summary
    field = refused.form(paths[form]).one("textarea", name="text")
    assert field["aria-invalid"] == "true"
    assert any(link["href"] == f"#{field['id']}" for link in refused.tree.all("a"))
    assert len(field.text) == len(text.strip())
    assert (replies(city), audited(city)) == ([], before)


@pytest.mark.parametrize("form", FORMS)
def test_who_was_not_told_may_not_reply(city: SmallCity, pages_of: PagesOf, paths: dict[str, str], form: str) -> None:
    before = audited(city)
    for person in ("colleague", "analyst", "head", "akim"):
        stranger = pages_of(person)
        stranger.get(paths[form], 403)
        assert stranger.post(paths[form], text="x").status_code == 403, person
    assert (replies(city), audited(city)) == ([], before)


def test_the_plan_is_the_owners_alone_and_others_are_led_to_the_page(
    city: SmallCity, pages_of: PagesOf, paths: dict[str, str]
) -> None:
    for person in ("manager", "curator"):
        led = pages_of(person).get(paths["plan"])
        assert led.path == paths["plan"].rpartition("/")[0]
        assert "Nothing of this kind waits for your answer any more" in led.text
        assert pages_of(person).post(paths["plan"], text="x").status_code == 303
    assert replies(city) == []


@pytest.mark.parametrize("form", FORMS)
def test_what_is_not_there_or_out_of_sight_is_not_found(
    city: SmallCity, pages_of: PagesOf, paths: dict[str, str], form: str
) -> None:
    with city.runtime.writing() as session:
        session.get_one(PersonRecord, "colleague").department_id = None
    head, _, noun = paths[form].rpartition("/")
    nowhere = f"{head.rpartition('/')[0]}/10000/{noun}"
    for person, path in (("colleague", paths[form]), (TOLD[form], nowhere)):
        pages_of(person).get(path, 404)
        assert pages_of(person).post(path, text="x").status_code == 404, person
    assert replies(city) == []


@pytest.mark.parametrize("form", FORMS)
def test_opening_a_form_changes_nothing_and_a_foreign_page_cannot_send_it(
    city: SmallCity, pages_of: PagesOf, paths: dict[str, str], form: str
) -> None:
    before, mine = audited(city), pages_of(TOLD[form])
    mine.get(paths[form])
    mine.get(f"{paths[form]}?text=heard")
    for token in ({}, {"csrf_token": "made up"}):
        sent = mine.client.post(paths[form], base_url=mine.base_url, data={"text": "heard", **token})
        assert sent.status_code in (400, 422)
    assert mine.client.put(paths[form], base_url=mine.base_url).status_code == 405
    assert (replies(city), audited(city)) == ([], before)


@pytest.mark.parametrize("form", FORMS)
def test_without_signing_in_nothing_is_shown_and_nothing_is_taken(
    city: SmallCity, pages_of: PagesOf, paths: dict[str, str], form: str
) -> None:
    visitor = Pages(pages_of("owner").app)
    assert visitor.get(paths[form]).path == "/sign-in"
    assert visitor.post(paths[form], text="x").status_code == 303
    assert replies(city) == []


def test_a_substitute_replies_for_the_absent_owner(city: SmallCity, pages_of: PagesOf, paths: dict[str, str]) -> None:
    city.absence("owner", "colleague", DAY, DAY)
    mine = pages_of("colleague")
    mine.submit(mine.get(paths["plan"]), paths["plan"], text="A second shift from Monday")
    assert replies(city) == [ENTERED["plan"]]


def test_the_form_leads_back_to_where_it_was_opened(city: SmallCity, pages_of: PagesOf, paths: dict[str, str]) -> None:
    mine = pages_of("owner")
    page = mine.get(f"{paths['plan']}?next=/tasks")
    assert mine.submit(page, paths["plan"], text="A second shift").path == "/tasks"
    assert (
        mine.submit(mine.get(f"{paths['plan']}?next=//elsewhere.example"), paths["plan"], text="A third one").path
        == (paths["plan"].rpartition("/")[0])
    )


@pytest.mark.surface
@pytest.mark.parametrize("language", ["ru", "kk"])
@pytest.mark.parametrize("form", FORMS)
def test_the_forms_speak_the_readers_language(
    city: SmallCity, pages_of: PagesOf, paths: dict[str, str], form: str, language: str
) -> None:
    with city.runtime.writing() as session:
        session.get_one(PersonRecord, TOLD[form]).language = language
    assert pages_of(TOLD[form]).get(paths[form]).language == language
