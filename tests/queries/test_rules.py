"""The rules of each city, read once a session however much is judged in it."""

from datetime import date, timedelta

from pmo.db.models.rules import RuleVersionRecord
from pmo.queries.assessments import assessments_as_of
from pmo.queries.rules import CityRules
from pmo.runtime import Runtime
from tests.cast import TODAY
from tests.conftest import NOW
from tests.queries.test_overview import counting_statements

YESTERDAY = TODAY - timedelta(days=1)


def version(city: str, number: int, valid_from: date, **numbers: int) -> RuleVersionRecord:
    return RuleVersionRecord(
        city_id=city,
        number=number,
        valid_from=valid_from,
        numbers=numbers,
        reason="order 7",
        entered_at=NOW - timedelta(days=10),
        entered_by="pmo-head.alm",
    )


def test_the_versions_of_all_cities_are_one_statement_a_session(replayed: Runtime) -> None:
    rules = CityRules()
    with replayed.reading() as session, counting_statements(session) as statements:
        for city in ("almaty", "astana", "shymkent", "nowhere"):
            for days in range(5):
                assert rules.on(session, city, TODAY - timedelta(days=days)).version == "ST-1"
    assert sum("rule_versions" in said for said in statements) == 1


def test_a_list_of_two_cities_is_judged_by_the_rules_of_each(replayed: Runtime) -> None:
    with replayed.writing() as session:
        session.add(version("almaty", 2, TODAY, due_soon_days=10))
    with replayed.reading() as session:
        found = assessments_as_of(session, None, TODAY, replayed.rules, replayed.histories)
        before = assessments_as_of(session, None, YESTERDAY, replayed.rules, replayed.histories)
    assert {(one.city, one.rule_set) for one in found.values()} == {
        ("almaty", "ST-2"),
        ("astana", "ST-1"),
        ("shymkent", "ST-1"),
    }
    assert {one.rule_set for one in before.values()} == {"ST-1"}
    assert {one.fresh_until for one in before.values() if one.city == "almaty"} == {YESTERDAY}
