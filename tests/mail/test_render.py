"""What people read: every kind of mail, in every language, whole in both parts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pmo.domain.digests import Section, What
from pmo.mail.drafts import MOST_IN_A_BUNDLE, MailDraft, MailKind
from pmo.mail.render import Reader, Rendered, render
from tests.post_office import NAME, a_line

NOW = datetime(2020, 1, 14, 3, 0, tzinfo=UTC)
CITY = SimpleNamespace(name_ru="Алматы", name_kk="Алматы", name_en="Almaty", has_demonstration_data=True)
REASON = {
    "rule": "PM-B",
    "item": "DP-01-M2",
    "values": {"rule": "MS-8", "slip_wd": 17, "expected_on": "2020-03-02", "driver": "own_forecast"},
    "limit": 5,
    "name": NAME,
}
VALUES: dict[str, Any] = {
    "status": "overdue",
    "effective_due_on": "2019-12-31",
    "expected_on": "2020-02-14",
    "old": "2020-02-20",
    "new": "2020-03-27",
    "reason": NAME,
    "actual": 1234.5,
    "expected": 2100,
    "ratio": 0.41,
    "missed_reports": 3,
    "observed_on": "2019-09-30",
    "said_on": "2020-01-13",
    "author": NAME,
    "text": "The poles are up; the wires are not.",
    "completed_on": "2020-01-10",
    "lateness_wd": 2,
    "count": 6,
    "since": "2020-01-08",
    "days": 95,
    "submitted_on": "2019-12-20",
    "days_waiting": 11,
    "returned_on": "2020-01-10",
    "asked_on": "2020-01-09",
    "items": ["DP-01-M1"],
    "slip_days": 64,
}
PROJECT_WHAT = ("project_red", "project_better", "project_completed", "off_track", "silent", "long_pause")
MOVEMENT = {
    "projects": 12,
    "red": 3,
    "amber": 4,
    "overdue": 7,
    "worsened": 2,
    "improved": 1,
    "became_overdue": 3,
    "finished": 2,
    "slipped": 4,
}


STATUSES = [
    {"on": on, "red": red, "amber": 4, "green": 5, "none": none}
    for on, red, none in (("2019-12-30", 1, 0), ("2020-01-06", 1, 1), ("2020-01-13", 3, 1))
]


def sections() -> list[dict[str, Any]]:
    """Every section with every kind of line."""
    lines = []
    for what in (what for what in What if what is not What.COMMENT):
        kind = "project" if what.value in PROJECT_WHAT or what.value.startswith("change") else "milestone"
        kind = (
            "group"
            if what is What.GROUP
            else "indicator"
            if "indicator" in what.value or what is What.OFF_CURVE
            else kind
        )
        status = {"project": "off_track", "indicator": "off_track"}.get(kind, "overdue")
        values = VALUES | {"status": status, "before": "at_risk" if kind == "project" else None}
        lines.append(a_line(what=what.value, kind=kind, values=values, reason=REASON))
    said = a_line(what="comment", kind="milestone", values=VALUES, reason=None, action=None, told=[])
    return [
        {
            "section": section.value,
            "lines": [said] if section is Section.COMMENTS else lines[number % 3 :: 3],
            "more": 4,
        }
        for number, section in enumerate(Section)
    ]


FACTS: dict[MailKind, dict[str, Any]] = {
    MailKind.ALERT: {"on": "2020-01-14", "line": a_line(reason=REASON, note="role_vacant", stands_for=NAME)},
    MailKind.ALERT_LIST: {"on": "2020-01-14", "sections": sections()},
    MailKind.DIGEST_DAILY: {"on": "2020-01-14", "sections": sections()},
    MailKind.DIGEST_WEEKLY: {
        "on": "2020-01-13",
        "week": "2020-W03",
        "since": "2020-01-06",
        "movement": MOVEMENT,
        "statuses": STATUSES,
        "sections": sections(),
        "departments": [
            {
                "department": NAME,
                "projects": [
                    {
                        "project": {"id": 1, "code": "DP-01", "name": NAME},
                        "status": "off_track",
                        "severity": 2,
                        "trend": trend,
                        "reason": REASON,
                    }
                    for trend in ("better", "same", "worse")
                ],
            }
        ],
    },
    MailKind.ALERT_BUNDLE: {
        "on": "2020-01-14",
        "sections": [
            {**section, "lines": (section["lines"] * 2)[: MOST_IN_A_BUNDLE // 2]} for section in sections()[1:3]
        ],
    },
    MailKind.PASSWORD_INVITATION: {"email": "akim@city.example", "minutes": 60},
    MailKind.PASSWORD_RESET: {"email": "akim@city.example", "minutes": 60},
    MailKind.ADDRESS_CONFIRMATION: {"email": "akim@city.example", "minutes": 60},
    MailKind.ADDRESS_CHANGED: {"side": "former", "by": "administrator"},
    MailKind.DELIVERY_NOTICE: {
        "on": "2020-01-14",
        "mails": [
            {
                "recipient": NAME,
                "subject": "a subject",
                "state": "failed",
                "since": "2020-01-14T08:30:00+06:00",
                "answer": "550 no such user",
            }
        ],
        "more": 2,
    },
}


def written(kind: MailKind, language: str = "en", role: str = "manager", **changes: Any) -> Rendered:
    draft = MailDraft(
        kind=kind,
        key=("x",),
        recipient="x",
        role=role,
        city="almaty",
        facts=FACTS[kind] | changes,
        not_before=NOW,
    )
    return render(draft, Reader(language, NAME, role, ZoneInfo("Asia/Almaty")), CITY, NOW, "https://pmo.example.kz")


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
@pytest.mark.parametrize("kind", list(MailKind))
def test_every_mail_is_whole_in_every_language(kind: MailKind, language: str) -> None:
    mail = written(kind, language)
    assert mail.subject
    assert len(mail.subject) <= 200
    assert len(mail.html.encode()) < 100_000
    assert max(map(len, mail.text.splitlines())) <= 100
    for address in set(re.findall(r'href="(https://pmo[^"]+)"', mail.html)) - {"https://pmo.example.kz/projects/1"}:
        assert address in mail.text, "the text part is complete without the HTML"
    assert "%(" not in mail.subject + mail.text + mail.html


@pytest.mark.parametrize("kind", list(MailKind))
def test_mail_clients_that_read_no_style_sheet_see_the_same(kind: MailKind) -> None:
    html = written(kind).html
    assert "<script" not in html
    assert 'style="' in html
    assert "@media" in html
    assert not re.search(r"(?i)<style[^>]*>[^<]*(display:\s*(flex|grid)|background-image|position:)", html)
    assert not re.search(
        r"(?i)(flex|grid|background-image|url\(|float:|position:)", " ".join(re.findall(r'style="([^"]*)"', html))
    )


@pytest.mark.parametrize("kind", list(MailKind))
def test_word_which_draws_for_outlook_gets_tables_with_their_widths(kind: MailKind) -> None:
    html = written(kind).html
    tables = re.findall(r"<table[^>]*>", html)
    assert len(tables) >= 2
    assert all('role="presentation"' in table and 'cellpadding="0"' in table for table in tables)
    assert '<!--[if mso]><table role="presentation" width="600"' in html
    assert "max-width:600px" in html
    for image in re.findall(r"<img[^>]*>", html):
        assert re.search(r'width="\d+" height="\d+" alt="[^"]+"', image)
        assert 'src="cid:' in image
    if "mso-padding-alt" in html:
        assert html.count("mso-padding-alt") == len(re.findall(r'<td class="[a-z]+ stack"', html))


@pytest.mark.parametrize("kind", list(MailKind))
def test_what_stands_beside_the_subject_is_hidden_in_the_mail_and_says_something(kind: MailKind) -> None:
    html = written(kind).html
    found = re.search(r'<div style="([^"]*)">([^<]+)</div>', html)
    assert found
    assert "display:none" in found[1]
    assert "mso-hide:all" in found[1]
    assert found[2].strip()
    body = html[html.index("<body") :]
    assert body.index("<div") < body.index("<table"), "the first words of the mail"


def test_status_is_said_by_shape_and_word_besides_colour() -> None:
    mail = written(MailKind.ALERT)
    assert "◆&nbsp;Overdue" in mail.html or "◆\xa0Overdue" in mail.html
    assert "◆ Overdue by 7 working days (critical)\n" in mail.text


def test_an_alert_says_what_is_expected_by_when_and_who_was_told() -> None:
    text = " ".join(written(MailKind.ALERT).text.split())
    assert "or give a new forecast date with the reason — by 16 January 2020" in text
    assert "Report it done: https://pmo.example.kz/milestones/7/completion" in text
    assert "Due date: 31 December 2019" in text
    assert "- 30 December 2019 · Reminder on the last working day — Open days" in text
    assert "next step follows on 16 January 2020" in text
    assert "You are told as: Project manager" in text
    assert "the post below is vacant" in text


def test_a_senior_reads_who_owes_the_answer() -> None:
    assert "The project manager owes evidence" in written(MailKind.ALERT_LIST, role="curator").text
    assert "Report the milestone done" in written(MailKind.ALERT_LIST, role="owner").text


def test_the_subject_of_the_weekly_digest_carries_week_and_counts() -> None:
    mail = written(MailKind.DIGEST_WEEKLY)
    assert mail.subject == "Week 3: 3 red, 4 amber, 7 overdue"
    assert "Since the last digest: 2 projects got worse, 1 project got better" in mail.text


def test_nothing_that_changed_is_said_too() -> None:
    quiet = written(MailKind.DIGEST_WEEKLY, movement=dict.fromkeys(MOVEMENT, 0))
    assert quiet.subject == "Week 3: all in order"
    assert quiet.text.startswith("No change since the last digest.\n")


def test_a_post_that_was_told_again_is_not_named_again() -> None:
    manager, owner, akim = ({"ru": name, "kk": name, "en": name} for name in ("Manager", "Owner", "Akim"))
    told = [
        {"rung": "R-7", "on": "2019-12-24", "people": [manager]},
        {"rung": "R-1", "on": "2019-12-30", "people": [manager, owner]},
        {"rung": "O+1", "on": "2020-01-05", "people": [manager]},
        {"rung": "O+3", "on": "2020-01-08", "people": [manager]},
        {"rung": "O+7", "on": "2020-01-14", "people": [manager, owner, akim]},
    ]
    text = written(MailKind.ALERT, line=a_line(told=told)).text
    assert [line.rpartition(" — ")[2] for line in text.splitlines() if line.startswith("- ")] == [
        "Manager",
        "the same and Owner",
        "Manager",
        "the same",
        "the same and Owner, Akim",
    ]


def test_a_list_says_who_was_told_only_where_somebody_was() -> None:
    lines = [a_line(told=[])]
    alone = written(MailKind.ALERT_LIST, sections=[{"section": "overdue", "lines": lines, "more": 0}])
    assert "Where others were told before you" not in alone.text
    assert "Where others were told before you" in written(MailKind.ALERT_LIST).html


def test_a_weekly_digest_without_anything_to_tell_says_so() -> None:
    empty = written(MailKind.DIGEST_WEEKLY, movement=dict.fromkeys(MOVEMENT, 0), sections=[], departments=[])
    assert "Nothing waits for you, and there is no other news to tell." in empty.text
    assert "Nothing waits for you" in empty.html
    assert "Nothing waits for you" not in written(MailKind.DIGEST_WEEKLY).text


def test_digests_lead_to_the_choice_of_mail_and_alerts_do_not() -> None:
    for kind in MailKind:
        assert ("https://pmo.example.kz/me#mail" in written(kind).text) is kind.is_digest


def test_several_alerts_in_one_mail_keep_their_own_forms() -> None:
    lines = [a_line("DP-01-M1", id=7), a_line("DP-01-M2", id=8)]
    mail = written(MailKind.ALERT_BUNDLE, sections=[{"section": "overdue", "lines": lines, "more": 0}])
    assert mail.subject == "2 alerts for you, 14 January 2020 — overdue: 2"
    for number in (7, 8):
        assert f"Report it done:\n  https://pmo.example.kz/milestones/{number}/completion" in mail.text
        assert f'href="https://pmo.example.kz/milestones/{number}/forecast"' in mail.html
    assert mail.text.count("Without an answer the next step follows") == 2


@pytest.mark.parametrize(
    ("language", "vacant", "undelivered"),
    [
        ("ru", "нижестоящая должность вакантна", "сообщение предыдущему уровню не доставлено"),
        ("kk", "төменгі деңгейдегі лауазым бос", "алдыңғы деңгейге хабарлама жеткізілмеді"),
        ("en", "the post below is vacant", "the message to the level below was not delivered"),
    ],
)
def test_the_reader_learns_why_it_came_to_this_level(language: str, vacant: str, undelivered: str) -> None:
    for note, words in (("role_vacant", vacant), ("not_delivered", undelivered)):
        line = a_line(note=note)
        shown = {"sections": [{"section": "overdue", "lines": [line], "more": 0}]}
        for mail in (
            written(MailKind.ALERT, language, line=line),
            written(MailKind.ALERT_BUNDLE, language, **shown),
            written(MailKind.ALERT_LIST, language, "curator", **shown),
            written(MailKind.DIGEST_WEEKLY, language, "curator", **shown),
        ):
            assert words in " ".join(mail.text.split())
            assert words in " ".join(mail.html.split())


def test_demonstration_data_is_labelled() -> None:
    for kind in MailKind:
        assert "Demonstration data" in written(kind).text
        assert "Demonstration data" in written(kind).html


def test_names_cannot_bring_in_markup() -> None:
    evil = dict.fromkeys(("ru", "kk", "en"), '<script>alert("x")</script>')
    mail = written(MailKind.ALERT, line=a_line(name=evil))
    assert "<script" not in mail.html
    assert "&lt;script&gt;" in mail.html
