"""The receipt of a colour, as a sentence."""

import re
from datetime import date
from typing import Any

import pytest

from pmo.domain.reason import RULES, Reason
from pmo.i18n import speaking
from pmo.i18n.sentences import CLAUSES, clause_of, driver_of, sentence_of

CYRILLIC = re.compile(r"[А-Яа-яЁё]")
DUE, EXPECTED = date(2019, 12, 31), date(2020, 2, 10)
OVERDUE = {"rule": "MS-7", "status": "overdue", "due_on": DUE, "days_overdue": 3, "expected_on": EXPECTED}
LATE = {"rule": "MS-8", "due_on": DUE, "expected_on": EXPECTED, "slip_wd": 23, "driver": "predecessor DP-10-M2"}


def measured(rule: str, **more: object) -> dict[str, Any]:
    values = {
        "actual": 32.0,
        "expected": 45.5,
        "ratio": 0.608696,
        "observed_on": date(2020, 3, 31),
        "missed_reports": 2,
    }
    return {"rule": rule, **values, **more}


REASONS = [
    Reason("LC-CANCELLED", "DP-23", {"since": DUE, "reason": "merged"}),
    Reason("LC-NOT-STARTED", "DP-40", {"start_on": DUE}, DUE),
    Reason("LC-PAUSED", "DP-26", {"since": DUE, "days": 31}),
    Reason("LC-COMPLETED", "DP-01"),
    Reason("LC-SHORTFALL", "DP-01", {"short": 1, "of": 3}),
    Reason("LC-CLOSING", "DP-01", {"open": 2, "of": 3}),
    Reason("PM-A", "DP-10-M3", OVERDUE, 2, 2),
    Reason("PM-A", "DP-10-M3", {**OVERDUE, "days_overdue": 0}, 0, 1),
    Reason("PM-A", "DP-10-M3", LATE, 20, 2),
    Reason("PM-B", "DP-10-M4", OVERDUE, 0, 1),
    Reason("PM-B", "DP-10-M4", {"rule": "MS-6", "due_on": None}, 30, 1),
    Reason("PM-C", "DP-10", {"index": 0.5, "due": 3, "due_weight": 4.0, "done_weight": 2.0}, 0.7, 2),
    Reason(
        "PS-1", "DP-10", {"slip_days": 57, "variance": 0.12473, "expected_end": EXPECTED, "measure": "variance"}, 0.1, 1
    ),
    Reason(
        "PS-1", "DP-10", {"slip_days": 91, "variance": 0.05, "expected_end": EXPECTED, "measure": "slip_days"}, 90, 2
    ),
    Reason("PI-A", "DP-13-I1", measured("IN-10"), 0.7, 2),
    *(
        Reason("PI-B", "DP-13-I1", measured(rule), 0.9, 1)
        for rule in ("IN-3", "IN-5", "IN-6", "IN-9", "IN-11", "IN-12")
    ),
    Reason("PI-B", "DP-13-I1", measured("IN-7", ratio=None), -0.05, 1),
    Reason("PI-B", "DP-01-I2", measured("IN-13", ratio=None, deviation=0.06), 0.05, 1),
    Reason("PI-B", "DP-18-I3", measured("IN-14", ratio=None, deviation=0.06), 0.0, 1),
    Reason("PI-A", "DP-18-I3", measured("IN-14", ratio=None, deviation=0.16), 0.1, 2),
    Reason("PI-B", "DP-18-I3", measured("IN-NB", expected=None, ratio=None), DUE, 1),
    Reason("PI-C", "DP-13", {"index": 0.4}, 0.5, 2),
    Reason("PC-1", "DP-10", {"overrun": 0.35, "budget": 1000.0, "estimate": 1350.0, "on": DUE}, 0.3, 2),
    Reason("PC-2", "DP-10", {"share": 0.4, "spent": 40.0, "planned": 100.0}, 0.7, 1),
    Reason("PR-1", "DP-10", {"issue": "DP-10-R1"}, DUE, 1),
    Reason("GD-OVERRIDE", "DP-10", {"reason": "Подрядчик банкрот", "since": DUE}, EXPECTED, 2),
    Reason("GD-REBASELINE", "DP-24", {"moved": 3, "days": 190, "growth": 0.4}, 2, 1),
    Reason("PN-1", "DP-10", {}, None, 1),
]


def test_every_rule_has_a_sentence() -> None:
    assert set(CLAUSES) == set(RULES) == {reason.rule for reason in REASONS}


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: f"{reason.rule} {reason.values.get('rule', '')}")
def test_a_reason_reads_in_every_language(reason: Reason, language: str) -> None:
    with speaking(language):
        text = sentence_of(reason, {"merged": {"ru": "Слит", "kk": "Біріктірілді", "en": "Merged"}})
    assert "%(" not in text
    assert "None" not in text
    assert not text[0].islower()
    if language != "en":
        assert CYRILLIC.search(text)
        without_codes = re.sub(r"\bDP-[\dA-Z-]+", "", text)
        assert not re.search(r"[A-Za-z]{2,}", without_codes), text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Off track: critical milestone DP-10-M3 is 3 working days overdue (limit 2)"),
        ("ru", "Отставание: критическая контрольная точка DP-10-M3 просрочена на 3 рабочих дня (предел 2)"),
        ("kk", "Кестеден қалу: аса маңызды бақылау нүктесі DP-10-M3: мерзімі 3 жұмыс күніне өтті (шекті мән 2)"),
    ],
)
def test_the_example_of_the_rule_book(language: str, expected: str) -> None:
    with speaking(language):
        assert sentence_of(Reason("PM-A", "DP-10-M3", OVERDUE, 2, 2)) == expected


def test_one_day_and_five_days_decline() -> None:
    with speaking("ru"):
        ends = [clause_of(Reason("PM-B", "M", {**OVERDUE, "days_overdue": days}, 0, 1)) for days in (1, 2, 5, 21)]
    assert [text.removeprefix("контрольная точка M просрочена на ") for text in ends] == [
        "1 рабочий день",
        "2 рабочих дня",
        "5 рабочих дней",
        "21 рабочий день",
    ]


def test_who_holds_it_up_is_named() -> None:
    with speaking("en"):
        text = sentence_of(Reason("PM-A", "DP-10-M3", LATE, 20, 2))
    assert text == (
        "Off track: critical milestone DP-10-M3 is expected 23 working days late, on 10 February 2020, "
        "held up by DP-10-M2 (limit 20)"
    )


def test_a_cancellation_says_why() -> None:
    names = {"merged": {"ru": "Передано в другую программу", "kk": "", "en": ""}}
    reason = Reason("LC-CANCELLED", "DP-23", {"since": DUE, "reason": "merged"})
    with speaking("ru"):
        assert sentence_of(reason, names) == "Отменён с 31.12.2019: Передано в другую программу"
        assert sentence_of(reason).endswith("merged")


def test_what_drives_a_date_has_words() -> None:
    with speaking("kk"):
        assert driver_of("own_forecast") == "менеджер болжамы"
        assert driver_of(None) == "—"


def test_a_share_is_told_apart_from_its_limit() -> None:
    close = Reason("PI-B", "DP-15-I2", measured("IN-9", ratio=0.8965), 0.9, 1)
    with speaking("ru"):
        text = sentence_of(close)
    assert "89,6" in text or "89,7" in text
    assert "90" in text
