"""The parts that pages are made of, and the filters."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask, g, render_template_string
from markupsafe import Markup

from pmo.domain.reason import Reason
from pmo.domain.sign_in import Method, OpenSession
from pmo.i18n import speak
from pmo.i18n.labels import WORDS
from pmo.web import context
from pmo.web.filters import sparkline_points, unbroken
from pmo.web.looks import LOOKS, look_of
from tests.web.markup import read


@pytest.fixture
def in_a_page(app: Flask) -> Iterator[None]:
    """A request of the manager, on 31 January 2020 at 19:00."""
    with app.test_request_context("/me?status=off_track&after=DP-20", base_url="http://localhost"):
        with context.runtime().reading() as reading:
            day = context.runtime().today("Asia/Almaty")
            person = context.people.person(reading, "manager.alm")
            actor = context.people.actor_for(reading, "manager.alm", day)
        assert person is not None
        assert actor is not None
        now = context.runtime().now()
        session = OpenSession(
            1, person.id, "", Method.PASSWORD, None, now, now, now, now, None, "", "", has_factor=False
        )
        g.visitor = context.Visitor(actor, person, day, now, session, must_enrol=False)
        speak("ru")
        yield


@pytest.mark.usefixtures("in_a_page")
def test_a_code_in_a_heading_is_not_parted_markup_stays_and_plain_text_does_not_become_any() -> None:
    heading = shown(
        "{% filter unbroken %}{% block title %}DP-10-M3 {{ text }}{% endblock %}{% endfilter %}", text="<b> & 5G-x"
    )
    assert heading == '<span class="text-nowrap">DP-10-M3</span> &lt;b&gt; &amp; 5G-x'
    assert unbroken(Markup('<a title="DP-10">x</a>')) == '<a title="DP-10">x</a>'
    assert unbroken("<b>DP-10-M3</b>") == '&lt;b&gt;<span class="text-nowrap">DP-10-M3</span>&lt;/b&gt;'


def shown(template: str, **values: object) -> str:
    return " ".join(render_template_string(template, **values).split())


@pytest.mark.usefixtures("in_a_page")
@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ on|day }}", "31.12.2019"),
        ("{{ on|day_long }}", "31 декабря 2019 г."),
        ("{{ on|days_left }}", "31 день назад"),
        ("{{ none|day }}", "—"),
        ("{{ 1234.5|number }}", "1 234,5"),
        ("{{ 0.905|percent }}", "90 %"),
        ("{{ 1200|money }}", "1,2 млрд ₸"),
        ("{{ 5|working_days }}", "5 рабочих дней"),
        ("{{ at|moment }}", "31.01.2020, 18:00"),
        ("{{ at|ago }}", "1 час назад"),
        ("{{ 'overdue'|label('milestone_status') }}", "Просрочено"),
        ("{{ {'ru': 'Имя', 'kk': 'Аты'}|name }}", "Имя"),
        ("{{ reason|sentence }}", "Приостановлен с 31.12.2019, уже 31 календарный день"),
        ("{{ 'already_done'|refusal({'milestone': 'M1'}) }}", "Контрольная точка M1 исполнена."),
        ("{{ _('%(done)s of %(all)s', done='<b>', all=2) }}", "&lt;b&gt; из 2"),
    ],
)
def test_filters_write_as_the_reader_does(template: str, expected: str) -> None:
    paused = Reason("LC-PAUSED", "DP-26", {"since": date(2019, 12, 31), "days": 31})
    values = {"on": date(2019, 12, 31), "at": datetime(2020, 1, 31, 12, tzinfo=UTC), "reason": paused}
    assert shown(template, **values) == expected


@pytest.mark.usefixtures("in_a_page")
def test_an_address_changes_one_filter_and_begins_at_the_first_page_again() -> None:
    assert shown("{{ url_with(status='at_risk') }}") == "/me?status=at_risk"
    assert shown("{{ url_with(status=none) }}") == "/me"
    assert shown("{{ url_with(area=['a', 'b']) }}") == "/me?status=off_track&amp;area=a&amp;area=b"
    assert shown("{{ url_with(after='DP-30') }}") == "/me?status=off_track&amp;after=DP-30"


@pytest.mark.usefixtures("in_a_page")
def test_a_badge_is_icon_word_and_colour() -> None:
    template = '{% from "components/status.html" import badge %}{{ badge("milestone_status", "overdue", 2) }}'
    badge = read(shown(template))[0].one("span")
    assert badge.text == "Просрочено"
    assert "status-off-track" in badge["class"]
    assert badge.one("use")["href"].endswith("#alert-octagon")


@pytest.mark.parametrize("kind", ["project_status", "milestone_status", "indicator_status", "severity"])
def test_every_status_has_a_look(kind: str) -> None:
    assert set(LOOKS[kind]) == set(WORDS[kind])


def test_every_look_uses_an_icon_of_the_sprite(app: Flask) -> None:
    sprite = app.test_client().get("/static/icons.svg", base_url="http://localhost").text
    icons = {look.icon for looks in LOOKS.values() for look in looks.values()} | {look_of("x", "y").icon}
    assert [icon for icon in sorted(icons) if f'id="{icon}"' not in sprite] == []


def test_severity_decides_over_the_colour_of_an_overdue_milestone() -> None:
    grounds = [look_of("milestone_status", "overdue", severity).ground for severity in (1, 2)]
    assert grounds == ["at-risk", "off-track"]


def test_a_sparkline_runs_from_edge_to_edge_and_leaves_out_what_is_unknown() -> None:
    assert sparkline_points([0, 5, 10]) == "2.0,18.0 36.0,10.0 70.0,2.0"
    assert sparkline_points([1, None, 1]) == "2.0,18.0 70.0,18.0"
    assert sparkline_points([1]) == ""


@pytest.mark.usefixtures("in_a_page")
def test_parts_of_a_page_are_sound_markup() -> None:
    template = """
    {% from "components/page.html" import attention, column, count, empty, fact, facts %}
    {% from "components/page.html" import older_newer, progress, tally, trail %}
    {% from "components/charts.html" import bar, sparkline %}
    {% from "components/status.html" import components, light %}
    {% from "components/forms.html" import post_button %}
    {{ trail([("/", "Портфель")]) }}{{ empty("Пусто") }}{% call empty("Пусто") %}<a href="/">К началу</a>{% endcall %}
    {% call facts() %}{{ fact("Куратор", none) }}{% call fact("Сроки") %}<b>31.12.2019</b>{% endcall %}{% endcall %}
    {{ progress(3, 4, "Исполнено") }}
    {% call tally("Итого") %}{{ count(1234, "всего", "/", "off-track", true) }}{% endcall %}
    {% call attention("Внимание") %}<li>Одно</li>{% endcall %}{{ older_newer("a", "b") }}
    <table><thead><tr>{{ column("Код", "code") }}{{ column("Дни", class="num") }}</tr></thead></table>
    {{ bar(1.2, "Доля") }}{{ sparkline([1, 2, 3], "Рост") }}{{ light(none) }}{{ light(2) }}
    {{ components({"M": 0, "S": 1, "I": 2, "C": none, "R": none}) }}
    {{ post_button("/x", "Принять", "check", {"id": 7}) }}"""
    tree, faults = read(render_template_string(template))
    assert faults == []
    assert tree.one("progress", aria_label="Исполнено").attributes["value"] == "3"
    assert "1 234" in tree.one("ul", class_="tally").text.replace("\u00a0", " ")
    assert [item.text for item in tree.all("dd")][:2] == ["—", "31.12.2019"]
    assert tree.all("input", name="csrf_token")
    assert [link["href"] for link in tree.all("a", rel="next")] == ["/me?status=off_track&after=b"]
