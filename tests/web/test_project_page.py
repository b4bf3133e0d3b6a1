"""The pages of a project, a milestone and an indicator: the receipt, the dates, the ladder, the curve."""

from datetime import UTC, date, datetime

import pytest

from pmo.db.models.alerts import AlertRecord
from pmo.runtime import Runtime
from tests.web.pages import Page
from tests.web.portfolio_pages import Enter, doors, indicator_path, milestone_path, project_path


@pytest.fixture
def enter(replayed: Runtime) -> Enter:
    return doors(replayed)


def cells(page: Page, heading: str, row_text: str) -> list[str]:
    table = page.tree.one("table", aria_labelledby=heading)
    (row,) = [row for row in table.one("tbody").all("tr") if row_text in row.text]
    return [cell.text for cell in row.all("td")]


def test_the_receipt_tells_rule_inputs_limit_and_next_change(enter: Enter, replayed: Runtime) -> None:
    page = enter("akim.alm").get(project_path(replayed, "DP-10"))
    receipt = page.tree.one("div", class_="receipt").text
    assert "DP-10-M3 просрочена на 20 рабочих дней (предел 2)" in receipt
    assert "PM-A" in receipt
    assert "MS-7" in receipt
    assert "60 %" in receipt
    assert "15.02.2020" in receipt
    assert "с 31.01.2020" in page.tree.one("p", class_="standing-status").text


def test_the_nearest_acts_that_turn_it_green_are_named(enter: Enter, replayed: Runtime) -> None:
    remedy = enter("akim.alm").get(project_path(replayed, "DP-10")).tree.one("div", class_="remedy")
    acts = [item.text for item in remedy.all("li")]
    assert acts == [
        "DP-10-M3 «Установлено 600 камер, аналитика включена» исполнена, подтверждение принято",
        "DP-10-I1 «Установленные камеры с аналитикой» : значение 540 за период до 31.01.2020",
    ]
    assert not enter("akim.alm").get(project_path(replayed, "DP-02")).tree.all("div", class_="remedy")


def test_a_milestone_shows_all_its_dates_side_by_side(enter: Enter, replayed: Runtime) -> None:
    page = enter("akim.alm").get(project_path(replayed, "DP-10"))
    status, first, current, forecast, expected, actual, slip = cells(page, "milestones", "DP-10-M3")[:7]
    assert "Просрочено" in status
    assert "20 рабочих дней" in status
    assert (first, current, forecast) == ("31.12.2019", "31.12.2019", "27.01.2020")
    assert expected.startswith("03.02.2020")
    assert (actual, slip) == ("", "+21")
    assert cells(page, "milestones", "DP-10-M4")[5] == "27.01.2020"


def test_facts_of_the_future_are_not_there(enter: Enter, replayed: Runtime) -> None:
    """The log runs to January 2021; the clock stands at 31 January 2020."""
    for code in ("DP-10", "DP-26", "DP-24"):
        page = enter("akim.alm").get(project_path(replayed, code))
        days = [datetime.strptime(time["datetime"], "%Y-%m-%d").date() for time in page.tree.all("time")]  # noqa: DTZ007
        assert days
        assert max(days) <= date(2020, 1, 31)


def test_history_names_author_date_and_reason(enter: Enter, replayed: Runtime) -> None:
    history = enter("akim.alm").get(project_path(replayed, "DP-10")).tree.all("ol", class_="history")[0]
    forecast = next(item.text for item in history.all("li") if "ожидается 27.01.2020" in item.text)
    assert "13.12.2019" in forecast
    assert "Менеджер проектов 1: Департамент полиции" in forecast
    assert "причина: Не указана" in forecast


def test_each_curve_is_followed_by_its_table(enter: Enter, replayed: Runtime) -> None:
    page = enter("akim.alm").get(project_path(replayed, "DP-10"))
    assert len(page.tree.one("div", class_="curves").all("svg", class_="chart")) == 2
    table = next(table for table in page.tree.all("table") if "DP-10-I1" in table.text)
    first = table.one("tbody").all("tr")[0]
    assert [cell.text for cell in (*first.all("th"), *first.all("td"))] == ["31.12.2019", "336", "600", "−264"]


@pytest.mark.parametrize(
    ("post", "offered", "not_offered"),
    [
        (
            "manager-police-1.alm",
            ["/completion", "/forecast", "/change-requests/new"],
            ["/pause", "/override", "/edit"],
        ),
        ("deputy-da5.alm", ["/pause"], ["/completion", "/override", "/cancellation", "/edit"]),
        ("akim.alm", ["/pause", "/cancellation"], ["/completion", "/override"]),
        ("analyst.alm", ["/edit", "/milestones/new", "/indicators/new"], ["/completion", "/pause", "/override"]),
        ("observer.alm", [], ["/completion", "/pause", "/override", "/edit", "/forecast", "/readings/new"]),
    ],
)
def test_only_what_the_post_may_do_is_offered(
    enter: Enter, replayed: Runtime, post: str, offered: list[str], not_offered: list[str]
) -> None:
    page = enter(post).get(project_path(replayed, "DP-10"))
    addresses = " ".join(link["href"] for link in page.tree.one("main").all("a")) + " "
    for end in offered:
        assert f"{end} " in addresses, end
    for end in not_offered:
        assert f"{end} " not in addresses, end


def test_a_worse_colour_is_offered_where_there_is_one(enter: Enter, replayed: Runtime) -> None:
    offices = enter("analyst.alm")
    for code, is_offered in (("DP-10", False), ("DP-02", True)):
        page = offices.get(project_path(replayed, code))
        assert any(link["href"].endswith("/override") for link in page.tree.all("a")) == is_offered, code


def test_outside_ones_scope_there_is_nothing(enter: Enter, replayed: Runtime) -> None:
    for path in (
        project_path(replayed, "DP-10"),
        milestone_path(replayed, "DP-10-M3"),
        indicator_path(replayed, "DP-10-I1"),
    ):
        for stranger in ("akim.ast", "deputy-da2.alm", "manager-app-1.alm"):
            enter(stranger).get(path, status=404)
        enter("manager-police-1.alm").get(path)


def test_unknown_things_are_not_found(enter: Enter) -> None:
    for path in ("/projects/99999", "/milestones/99999", "/indicators/99999", "/outbox/99999"):
        enter("pmo-head.alm").get(path, status=404)


def test_a_project_before_it_was_entered_is_not_found(enter: Enter, replayed: Runtime) -> None:
    enter("akim.alm").get(project_path(replayed, "DP-10") + "?as_of=2019-09-01", status=404)


def test_a_past_day_shows_the_status_of_that_day(enter: Enter, replayed: Runtime) -> None:
    then = enter("akim.alm").get(milestone_path(replayed, "DP-10-M3") + "?as_of=2019-12-31")
    assert "Риск срыва" in then.tree.one("p", class_="standing-status").text
    now = enter("akim.alm").get(milestone_path(replayed, "DP-10-M3"))
    assert "Просрочено" in now.tree.one("p", class_="standing-status").text


def test_the_slip_ledger_keeps_every_date(enter: Enter, replayed: Runtime) -> None:
    page = enter("akim.alm").get(milestone_path(replayed, "DP-10-M3"))
    rows = page.tree.one("table", aria_labelledby="ledger").one("tbody").all("tr")
    texts = [[cell.text for cell in (*row.all("th"), *row.all("td"))] for row in rows]
    assert texts[0] == ["16.09.2019", "первый план", "31.12.2019", "0"]
    assert texts[1][0] == "13.12.2019"
    assert "прогноз менеджера" in texts[1][1]
    assert texts[1][2:] == ["27.01.2020", "+27"]


def test_the_ladder_says_who_was_told_and_what_comes_next(enter: Enter, replayed: Runtime) -> None:
    add_alert(replayed, "O+1", date(2020, 1, 5), "manager-police-1.alm", "manager")
    add_alert(replayed, "O+1", date(2020, 1, 5), "head-police.alm", "owner")
    page = enter("analyst.alm").get(milestone_path(replayed, "DP-10-M3"))
    ahead, told = page.tree.one("ol", class_="ladder").all("li")[0], page.tree.one("ol", class_="ladder").text
    assert "03.02.2020" in ahead.text
    assert "Просрочка, 3-й рабочий день" in ahead.text
    assert "Заместитель акима по цифровизации и общественной безопасности" in ahead.text
    assert "Просрочка, 1-й рабочий день" in told
    assert "Руководитель: Департамент полиции" in told
    assert "(ответственный)" in told


def test_an_alert_of_the_future_is_not_shown_on_a_past_day(enter: Enter, replayed: Runtime) -> None:
    add_alert(replayed, "O+1", date(2020, 1, 5), "manager-police-1.alm", "manager")
    page = enter("analyst.alm").get(milestone_path(replayed, "DP-10-M3") + "?as_of=2019-12-31")
    assert "Просрочка, 1-й рабочий день" not in page.text


def test_an_indicator_shows_how_it_is_judged(enter: Enter, replayed: Runtime) -> None:
    page = enter("akim.alm").get(indicator_path(replayed, "DP-13-I1"))
    assert "53 %" in page.text
    assert "IN-10" in page.text
    assert "отчёт управления" in page.text
    drawings = page.tree.all("svg", class_="chart")
    assert len(drawings) == 2, "one for a desk, one for a phone"
    for drawing in drawings:
        assert "23,32" in "".join(str(piece) for piece in drawing.one("desc").children)


@pytest.mark.parametrize("language", ["kk", "en"])
def test_the_pages_speak_the_readers_language(enter: Enter, replayed: Runtime, language: str) -> None:
    pages = enter("akim.alm")
    home = pages.get("/portfolio")
    pages.submit(home, "/language", choose=f"language={language}")
    for path in (
        project_path(replayed, "DP-10"),
        milestone_path(replayed, "DP-10-M3"),
        indicator_path(replayed, "DP-10-I1"),
    ):
        assert pages.get(path).language == language


def add_alert(runtime: Runtime, rung: str, on: date, person: str, role: str) -> None:
    moment = datetime(on.year, on.month, on.day, 2, 30, tzinfo=UTC)
    with runtime.writing() as session:
        session.add(
            AlertRecord(
                city_id="almaty",
                project_id=int(project_path(runtime, "DP-10").rpartition("/")[2]),
                item="DP-10-M3",
                rung=rung,
                recipient_id=person,
                role=role,
                channel="direct",
                state="sent",
                raised_on=on,
                raised_at=moment,
                sent_at=moment,
                facts={},
                rule_set="EP-1",
            )
        )
