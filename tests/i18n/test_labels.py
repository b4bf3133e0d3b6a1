"""Every code has its word, every refusal its sentence."""

import re
from enum import Enum
from itertools import chain

import pytest

from config import ROOT
from pmo.db.models.alerts import STATES
from pmo.domain import access, indicator, ladder, milestone, project, reason
from pmo.domain.access_tokens import TokenScope
from pmo.i18n import speaking
from pmo.i18n.labels import WORDS, choices, label, lazy_label
from pmo.i18n.refusals import REFUSALS, sentence
from pmo.mail.drafts import MailKind

CYRILLIC = re.compile(r"[А-Яа-яЁё]")
KINDS = [
    ("milestone_status", milestone.MilestoneStatus),
    ("indicator_status", indicator.IndicatorStatus),
    ("project_status", project.ProjectStatus),
    ("role", access.Role),
    ("capacity", access.Role),
    ("action", access.Action),
    ("direction", indicator.Direction),
    ("indicator_kind", indicator.Kind),
    ("interpolation", indicator.Interpolation),
    ("frequency", indicator.Frequency),
    ("rung", ladder.Rung),
    ("mail_kind", MailKind),
    ("token_scope", TokenScope),
]
CODE_GIVEN = re.compile(r'RuleBroken\(\s*"([a-z_]+)"')
FAULT_GIVEN = re.compile(r'Fault\(\s*"([a-z_]+)"')
ENTRY_GIVEN = re.compile(r'\benter\(\s*session,\s*act,\s*\w+,\s*"([a-z_]+)"')


@pytest.mark.parametrize(("kind", "codes"), KINDS)
@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_every_member_of_an_enumeration_has_a_word(kind: str, codes: type[Enum], language: str) -> None:
    with speaking(language):
        words = [label(kind, code) for code in codes]
    assert all(words)
    assert all(bool(CYRILLIC.search(word)) is (language != "en") for word in words), words


@pytest.mark.parametrize("kind", sorted(set(WORDS) - {"language", "language_short"}))
@pytest.mark.parametrize("language", ["ru", "kk"])
def test_every_word_is_translated(kind: str, language: str) -> None:
    with speaking(language):
        assert [word for _, word in choices(kind) if not CYRILLIC.search(word)] == []


def test_every_state_rule_and_number_of_other_lists_has_a_word() -> None:
    milestones = [f"MS-{number}" for number in range(1, 11)]
    indicators = [f"IN-{number}" for number in range(1, 15)]
    for kind, codes in {
        "rule": chain(reason.RULES, milestones, indicators),
        "alert_state": STATES,
        "mail_state": ("queued", "sending", "sent", "failed", "suppressed", "expired"),
        "job": ("assess", "alerts", "digests", "deliver"),
        "job_state": ("running", "done", "failed", "already_done", "nothing_due"),
        "component": "MSICR",
        "severity": (0, 1, 2),
        "channel": ("direct", "list", "digest"),
        "change_outcome": ("checked", "returned", "approved", "refused"),
        "driver": ("done", "claimed", "baseline", "own_forecast", "not_before_tomorrow"),
        "capacity": ("manager", "owner", "curator", "akim", "pmo_analyst", "pmo_head"),
    }.items():
        assert all(label(kind, code) for code in codes)


def test_words_agree_in_gender_with_what_they_are_said_of() -> None:
    with speaking("ru"):
        assert label("milestone_status", "cancelled") == "Отменено"
        assert label("project_status", "cancelled") == "Отменён"
        assert label("milestone_status", "paused") == "Приостановлено"
        assert label("project_status", "paused") == "Приостановлен"
        assert label("project_status", "completed") == "Завершён"


def test_a_driver_names_the_predecessor() -> None:
    with speaking("ru"):
        assert label("driver", "predecessor DP-10-M2") == "предшественник DP-10-M2"


def test_an_unknown_code_is_a_mistake_and_none_is_nothing() -> None:
    assert label("rung", None) == ""
    with pytest.raises(KeyError):
        label("rung", "O+99")


def test_a_lazy_label_is_looked_up_each_time_it_is_shown() -> None:
    word = lazy_label("frequency", "monthly")
    with speaking("ru"):
        assert str(word) == "ежемесячно"
    with speaking("kk"):
        assert str(word) == "ай сайын"


def test_every_refusal_in_the_code_has_a_sentence() -> None:
    source = "".join(path.read_text("utf-8") for path in sorted((ROOT / "pmo").rglob("*.py")))
    plans = (ROOT / "pmo" / "domain" / "planning.py").read_text("utf-8")
    assert set(CODE_GIVEN.findall(source)) | set(FAULT_GIVEN.findall(plans)) <= set(REFUSALS)


def test_every_kind_of_entry_in_the_code_has_a_word() -> None:
    source = "".join(path.read_text("utf-8") for path in sorted((ROOT / "pmo" / "services").rglob("*.py")))
    kinds = set(ENTRY_GIVEN.findall(source)) | {"completion_claimed", "evidence_accepted", "evidence_rejected"}
    assert kinds - set(WORDS["entry"]) == set()


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_refusal_can_be_said_even_when_a_value_is_missing(code: str, language: str) -> None:
    with speaking(language):
        text = sentence(code, {})
    assert text.endswith(".")
    assert "%" not in text
    assert bool(CYRILLIC.search(text)) is (language != "en")


def test_a_code_that_nobody_wrote_a_sentence_for_is_shown_as_it_is() -> None:
    with speaking("ru"):
        assert sentence("moon_too_bright") == "Это невозможно (moon_too_bright)."
