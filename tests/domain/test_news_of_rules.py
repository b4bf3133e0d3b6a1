"""A change that only another version of the rules made says so; one that facts made does not."""

from dataclasses import replace

from pmo.domain.news import NewsKind, news_of
from pmo.domain.policy import STANDARD
from pmo.domain.verdict import judge_project
from pmo.domain.week import OtherRules, Week
from tests.domain.builders import at, day, kazakhstan, milestone, project


def test_a_change_that_only_other_rules_made_says_so() -> None:
    done = milestone("M0", "2019-12-02", done="2019-12-02", weight=20.0)
    facts = project(done, milestone("M1", "2020-01-14", critical=True))
    lenient = replace(STANDARD, critical_overdue_red_wd=11)
    strict = replace(lenient, version="ST-2", critical_overdue_red_wd=5)
    on, since = day("2020-01-27"), day("2020-01-20")
    now, before = judge_project(facts, on, kazakhstan(), strict), judge_project(facts, since, kazakhstan(), lenient)
    without = judge_project(facts, on, kazakhstan(), lenient)
    week = Week(facts, now, before, at(since), "dept", strict, OtherRules("ST-2", day("2020-01-24"), without))
    (told,) = [news for news in news_of(week) if news.kind is NewsKind.NEWLY_RED]
    assert (told.rules, told.rules_since) == ("ST-2", day("2020-01-24"))


def test_a_change_that_facts_would_have_made_anyway_is_not_laid_on_the_rules() -> None:
    done = milestone("M0", "2019-12-02", done="2019-12-02", weight=20.0)
    facts = project(done, milestone("M1", "2020-01-21", critical=True))
    other = replace(STANDARD, version="ST-2", due_soon_days=13)
    on, since = day("2020-01-27"), day("2020-01-20")
    now, without = (judge_project(facts, on, kazakhstan(), rules) for rules in (other, STANDARD))
    before = judge_project(facts, since, kazakhstan(), STANDARD)
    week = Week(facts, now, before, at(since), "dept", other, OtherRules("ST-2", day("2020-01-24"), without))
    assert {news.kind for news in news_of(week)} >= {NewsKind.NEWLY_RED, NewsKind.BECAME_OVERDUE}
    assert {news.rules for news in news_of(week)} == {None}
