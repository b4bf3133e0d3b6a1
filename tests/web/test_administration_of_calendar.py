"""The page of the working calendar."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from pmo.db.models.calendar import CalendarDayRecord
from pmo.runtime import Runtime
from tests.web.pages import Pages

Browsers = Callable[[str], Pages]
CALENDAR = "/administration/calendar"
STORM = {"day": "03.02.2020", "kind": "day_off", "reason": "Storm, decree 12"}


def test_a_day_is_previewed_entered_and_withdrawn(pages_of: Browsers, small_city: Runtime) -> None:
    admin = pages_of("admin.alm")
    preview = admin.submit(admin.get(CALENDAR), CALENDAR, choose="preview=1", **STORM)
    assert "Nothing: no status, no date and no alert." in preview.text
    with small_city.reading() as session:
        assert session.scalar(select(CalendarDayRecord.id).where(CalendarDayRecord.city_id == "almaty")) is None
    entered = admin.submit(preview, CALENDAR, choose="enter=1")
    assert "Storm, decree 12" in entered.text
    with small_city.reading() as session:
        number = session.scalar(select(CalendarDayRecord.id).where(CalendarDayRecord.city_id == "almaty"))
    withdrawn = admin.submit(entered, f"{CALENDAR}/{number}/withdrawal")
    assert "Storm, decree 12" not in withdrawn.text


def test_what_is_wrong_is_named_in_the_preview_too(pages_of: Browsers) -> None:
    admin = pages_of("admin.alm")
    wrong = admin.submit(admin.get(CALENDAR), CALENDAR, 422, choose="preview=1", **{**STORM, "day": "01.02.2020"})
    assert wrong.errors == ["The day is off already."]


def test_other_years_are_shown_and_nonsense_is_this_year(pages_of: Browsers) -> None:
    admin = pages_of("admin.alm")
    assert admin.get(f"{CALENDAR}?year=2019").heading == "Working calendar, 2019"
    for year in ("0", "9999", "x", "²²²²"):
        assert admin.get(f"{CALENDAR}?year={year}").heading == "Working calendar, 2020"


@pytest.mark.parametrize("person", ["pmo-head.alm", "analyst.alm", "akim.alm", "manager.alm"])
def test_only_administrators_see_it(pages_of: Browsers, person: str) -> None:
    pages_of(person).get(CALENDAR, status=403)
