"""The measures of the ladder from rows of alerts, answers and mails: what counts, and what does not (DOMAIN 3.2)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from pmo.clock import local_moment
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.catalogue import CityRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.domain.measures import Measures
from pmo.queries.alert_measures import alert_measures
from pmo.queries.overview import Moment
from pmo.runtime import Runtime
from pmo.services.answers import acknowledge
from pmo.services.milestones import move_forecast
from tests.domain.ladder_cast import as_day
from tests.jobs.answering import REASON, act, late_milestone
from tests.jobs.small_city import ZONE, SmallCity

TODAY = "2020-01-31"
NONE = Measures(None, None, 0.0, 0.0, None, None)


@pytest.fixture
def city(runtime: Runtime) -> SmallCity:
    """One post of every kind, one project; nobody was told anything."""
    return SmallCity(runtime)


def measured(city: SmallCity, day: str = TODAY, place: str = "almaty") -> Measures:
    """In the evening of a day."""
    at = local_moment(as_day(day), time(18), ZONE)
    with city.runtime.reading() as session:
        return alert_measures(session, place, Moment(at, as_day(day)))


@pytest.fixture
def rungs(city: SmallCity) -> Rungs:
    """Rows of alerts by hand."""
    return Rungs(city)


class Rungs:
    """Enters alerts of a ladder as their rows: the day, the rung, the reader, the climb."""

    def __init__(self, city: SmallCity) -> None:
        self.city, self.project = city, city.project()
        self.numbers: dict[str, int] = {}

    def milestone(self, code: str, due: str = "2020-12-01") -> int:
        """A milestone that the rows are about; far ahead, so that its own ladder is silent."""
        if code not in self.numbers:
            self.numbers[code] = self.city.milestone(self.project, code, due)
        return self.numbers[code]

    def told(
        self, code: str, rung: str, day: str, person: str = "manager", *, version: int = 0, state: str = "sent"
    ) -> None:
        """Somebody was told of a rung in the morning of a day; the mail left at once unless it failed."""
        at = local_moment(as_day(day), time(8, 20), ZONE)
        with self.city.runtime.writing() as session:
            session.add(
                AlertRecord(
                    city_id="almaty",
                    project_id=self.project,
                    item=code,
                    baseline_version=version,
                    rung=rung,
                    recipient_id=person,
                    role=person,
                    channel="direct",
                    state=state,
                    raised_on=as_day(day),
                    raised_at=at,
                    sent_at=at + timedelta(minutes=10) if state == "sent" else None,
                    facts={},
                    rule_set="EP-1",
                )
            )

    def answered(self, code: str, day: str, person: str = "manager") -> None:
        """Somebody moves the forecast: one of the answers."""
        with self.city.runtime.writing() as session:
            move_forecast(session, act(self.city, person, day), self.milestone(code), as_day("2020-12-02"), REASON, day)


def test_where_nobody_was_told_there_is_nothing_to_measure(city: SmallCity) -> None:
    assert measured(city) == NONE


def test_the_share_answered_within_a_working_day_and_the_median(rungs: Rungs) -> None:
    # Told on Friday 17 January; answered on the same day, on Monday, on Wednesday, never.
    for place, day in enumerate(("2020-01-17", "2020-01-20", "2020-01-22", None)):
        code = f"P-01-M{place + 1}"
        rungs.milestone(code)
        rungs.told(code, "O+1", "2020-01-17")
        if day:
            rungs.answered(code, day)
    found = measured(rungs.city)
    assert (found.acknowledged, found.median_wd) == (0.5, 1.0)
    assert found.meets_acknowledged is False


def test_only_the_readers_own_answer_counts_and_only_one_given_after_the_telling(rungs: Rungs) -> None:
    rungs.milestone("P-01-M1")
    rungs.answered("P-01-M1", "2020-01-16")  # before the telling
    rungs.told("P-01-M1", "O+3", "2020-01-17")
    rungs.told("P-01-M1", "O+3", "2020-01-17", "owner")
    rungs.answered("P-01-M1", "2020-01-17", "owner")
    assert measured(rungs.city).acknowledged == 0.5


@pytest.mark.parametrize(
    ("rung", "state", "day"),
    [("R-1", "sent", "2020-01-17"), ("O+1", "failed", "2020-01-17"), ("O+1", "sent", "2019-10-31")],
)
def test_reminders_mails_that_failed_and_what_is_older_than_ninety_days_ask_nobody(
    rungs: Rungs, rung: str, state: str, day: str
) -> None:
    rungs.milestone("P-01-M1")
    rungs.told("P-01-M1", rung, day, state=state)
    assert measured(rungs.city).acknowledged is None


def test_whoever_was_told_less_than_a_working_day_ago_still_has_time(rungs: Rungs) -> None:
    rungs.milestone("P-01-M1")
    rungs.told("P-01-M1", "O+1", "2020-01-30")
    assert measured(rungs.city).acknowledged is None
    assert measured(rungs.city, "2020-02-03").acknowledged == 0.0


def test_a_past_day_knows_neither_later_tellings_nor_later_answers(rungs: Rungs) -> None:
    rungs.milestone("P-01-M1")
    rungs.told("P-01-M1", "O+1", "2020-01-14")
    rungs.told("P-01-M1", "O+3", "2020-01-17")
    rungs.answered("P-01-M1", "2020-01-17")
    assert measured(rungs.city, "2020-01-13").acknowledged is None
    assert measured(rungs.city, "2020-01-16").acknowledged == 0.0
    assert measured(rungs.city, "2020-01-17").acknowledged == 0.5


def test_a_seventh_day_without_the_third_is_a_level_skipped(rungs: Rungs) -> None:
    for code, told in (("P-01-M1", ("O+1", "O+3", "O+7")), ("P-01-M2", ("O+1", "O+7")), ("P-01-M3", ("O+1",))):
        rungs.milestone(code)
        for place, rung in enumerate(told):
            rungs.told(code, rung, f"2020-01-{13 + place}")
    found = measured(rungs.city)
    assert (found.complete, found.meets_complete) == (0.5, False)


def test_overdue_again_is_a_second_climb_of_the_same_milestone(rungs: Rungs) -> None:
    rungs.milestone("P-01-M1")
    rungs.milestone("P-01-M2")
    rungs.told("P-01-M1", "O+1", "2020-01-08")
    rungs.told("P-01-M1", "O+1", "2020-01-22", version=1)
    rungs.told("P-01-M2", "O+1", "2020-01-08")
    rungs.told("P-01-M2", "O+1", "2020-01-08", "owner")
    assert measured(rungs.city).repeated == 0.5


def test_mails_of_curators_are_counted_by_week_and_those_of_others_are_not(city: SmallCity) -> None:
    late_milestone(city, "2020-01-31", critical=True)
    with city.runtime.reading() as session:
        mail = OutgoingMailRecord
        since = local_moment(as_day(TODAY), time(18), ZONE) - timedelta(weeks=4)
        mine = list(session.scalars(select(mail.created_at).where(mail.recipient_id == "curator")))
    counted = sum(at > since for at in mine)
    assert 0 < counted < len(mine)
    found = measured(city)
    assert (found.mails_a_week, found.most_mails) == (counted / 4, counted / 4)

    with city.runtime.writing() as session:
        session.add(second_curator(session.get_one(PersonRecord, "curator").created_at))
    found = measured(city)
    assert (found.mails_a_week, found.most_mails) == (counted / 8, counted / 4)
    with city.runtime.writing() as session:
        session.execute(update(PersonRecord).where(PersonRecord.id == "chief").values(is_active=False))
    assert measured(city).mails_a_week == counted / 4


def second_curator(since: datetime) -> PersonRecord:
    names = {f"title_{language}": "chief" for language in ("ru", "kk", "en")}
    return PersonRecord(
        id="chief",
        city_id="almaty",
        role="chief_of_staff",
        email="chief@almaty.example",
        language="en",
        is_active=True,
        created_at=since,
        **names,
    )


def test_the_ladder_of_the_product_skips_no_level(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-06")
    with city.runtime.writing() as session:
        acknowledge(session, act(city, "manager", "2020-01-06"), number, "At work")
    city.mornings("2020-01-08", "2020-01-31")
    found = measured(city)
    assert (found.complete, found.repeated) == (1.0, 0.0)
    assert 0 < (found.acknowledged or 0) < 1


def test_another_city_has_measures_of_its_own(rungs: Rungs) -> None:
    rungs.milestone("P-01-M1")
    rungs.told("P-01-M1", "O+1", "2020-01-17")
    names = {f"name_{language}": "Astana" for language in ("ru", "kk", "en")}
    with rungs.city.runtime.writing() as session:
        session.add(CityRecord(id="astana", timezone="Asia/Almaty", currency="KZT", calendar="KZ", **names))
    assert measured(rungs.city, place="astana") == Measures(None, None, None, None, None, None)
    assert measured(rungs.city).acknowledged == 0.0
