"""The weekly digest as its reader gets it: order, first line, counts, picture, links (PRODUCT 3, DOMAIN 3.2)."""

from __future__ import annotations

import re

import pytest

from pmo.domain.digests import Section
from pmo.mail.drafts import MailKind
from pmo.mail.pictures import picture_names, points_of
from tests.mail.test_render import STATUSES, sections, written
from tests.post_office import a_line

TITLES = [
    "Decisions wanted from you", "Newly red", "Overdue", "Dates moved", "Next 14 days",
    "Indicators off their curve", "Silent projects", "Comments", "Good news",
]  # fmt: skip
"""PRODUCT 3, and the comments."""


def test_sections_stand_in_the_order_of_the_product_in_both_parts() -> None:
    mail = written(MailKind.DIGEST_WEEKLY, sections=sections())

    assert re.findall(r"<td [^>]*>([^<·]+) · \d+</td>", mail.html) == TITLES
    places = [mail.text.index(f"\n{title.upper()} · ") for title in TITLES]
    assert places == sorted(places)
    assert len(TITLES) == len(Section)


def test_the_subject_carries_week_and_counts_and_no_title_of_a_post() -> None:
    assert written(MailKind.DIGEST_WEEKLY, "ru").subject == "Неделя 3: 3 красных, 4 жёлтых, просрочено 7 точек"
    assert written(MailKind.DIGEST_WEEKLY, "kk").subject == "3-апта: 3 қызыл, 4 сары, мерзімі өткен 7 нүкте"


def test_the_first_line_says_what_changed_since_the_last_digest() -> None:
    mail = written(MailKind.DIGEST_WEEKLY, "ru")

    assert mail.text.startswith("С прошлой сводки: 2 проекта ухудшились, 1 проект улучшился, 3 контрольные")
    shown = re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<head>.*?</head>|<!--.*?-->", "", mail.html)).split()
    assert " ".join(shown[:3]) == "С прошлой сводки:"


def test_a_section_that_was_cut_says_how_much_is_left_and_leads_there() -> None:
    cut = [{"section": section, "lines": [a_line()], "more": 3} for section in ("overdue", "newly_red", "decisions")]
    mail = written(MailKind.DIGEST_WEEKLY, role="curator", sections=cut)

    found = re.findall(r'<a href="([^"]+)"[^>]*>and 3 more</a>', mail.html)
    assert found == [
        "https://pmo.example.kz/alerts",
        "https://pmo.example.kz/portfolio?status=off_track",
        "https://pmo.example.kz/tasks",
    ]
    assert "OVERDUE · 4" in mail.text
    assert "and 3 more:\n  https://pmo.example.kz/alerts" in mail.text


def test_a_group_names_its_department_its_items_and_leads_to_all_of_them() -> None:
    values = {"count": 5, "since": "2020-01-08", "items": [f"DP-0{number}-M1" for number in range(1, 6)]}
    group = a_line(what="group", kind="group", values=values, action=None, told=[], reason=None)
    text = written(MailKind.DIGEST_WEEKLY, "ru", sections=[{"section": "overdue", "lines": [group], "more": 0}]).text

    assert "Дни открытых дверей" in text, "the department"
    assert "5 контрольных точек" in text
    assert "DP-01-M1, DP-02-M1, DP-03-M1" in text
    assert "https://pmo.example.kz/alerts" in text


def test_the_picture_shows_the_weeks_and_the_text_has_their_numbers() -> None:
    mail = written(MailKind.DIGEST_WEEKLY)

    (name,) = picture_names(mail.html)
    assert points_of(name) == ((1, 4, 5, 0), (1, 4, 5, 1), (3, 4, 5, 1))
    alt = re.search(r'alt="([^"]+)"', mail.html)
    assert alt
    assert alt[1] == (
        "Projects by colour. 30 December 2019 — red: 1, amber: 4, green: 5, without a colour: 0. "
        "13 January 2020 — red: 3, amber: 4, green: 5, without a colour: 1."
    )
    table = mail.text[mail.text.index("Projects by colour, week by week:") :].splitlines()[1:5]
    assert table == [
        "                    ◆  ▲  ●  ○",
        "  30 December 2019  1  4  5  0",
        "  6 January 2020    1  4  5  1",
        "  13 January 2020   3  4  5  1",
    ]


def test_one_picture_serves_all_languages() -> None:
    found = {tuple(picture_names(written(MailKind.DIGEST_WEEKLY, language).html)) for language in ("ru", "kk", "en")}

    assert len(found) == 1


def test_counts_of_today_say_what_they_gained_since_the_last_digest() -> None:
    mail = written(MailKind.DIGEST_WEEKLY)

    assert "◆ red: 3 (+2)\n▲ amber: 4\n● green: 5\n○ without a colour: 1\n7 overdue\n" in mail.text


def test_a_reader_who_steers_nothing_has_no_counts_of_projects() -> None:
    mail = written(MailKind.DIGEST_WEEKLY, statuses=[])

    assert "<img" not in mail.html
    assert "◆" not in mail.text.split("\n\n")[1]


def test_a_first_digest_has_counts_and_no_picture_of_one_day() -> None:
    mail = written(MailKind.DIGEST_WEEKLY, statuses=STATUSES[-1:])

    assert "<img" not in mail.html
    assert "week by week" not in mail.text
    assert "◆ red: 3\n" in mail.text


@pytest.mark.parametrize(
    ("role", "action", "forms"),
    [
        ("owner", "claim_or_forecast", ["update?item=DP-01-M1"]),
        ("curator", "claim_or_forecast", ["milestones/7/acknowledgement"]),
        ("pmo_analyst", "claim_or_forecast", []),
        ("pmo_analyst", "decide_evidence", ["milestones/7/evidence-decision"]),
        ("owner", None, []),
    ],
)
def test_beside_a_line_stands_the_foremost_form_with_which_its_reader_answers(
    role: str, action: str | None, forms: list[str]
) -> None:
    lines = [{"section": "overdue", "lines": [a_line(action=action)], "more": 0}]
    mail = written(MailKind.DIGEST_WEEKLY, role=role, sections=lines)

    form = r"https://pmo.example.kz/(milestones/7/[a-z-]+|update[^\s\"]+)"
    assert re.findall(form, mail.text) == forms
    assert re.findall(f'href="{form}"', mail.html) == forms
