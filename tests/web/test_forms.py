"""Forms read what people here type, show it back, and put refusals where they belong."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField

from pmo.domain.errors import RuleBroken
from pmo.i18n import speak, speaking
from pmo.web.forms import (
    ChoiceField,
    DayField,
    Form,
    LongTextField,
    NumberField,
    RadiosField,
    TextField,
    UploadField,
    WholeNumberField,
    at_most,
    optional,
    read_day,
    read_number,
    required,
)
from tests.web.markup import read
from tests.web.pages import faults_of

PAGE = """{% from "components/forms.html" import field, fieldset, form_page %}<!doctype html>
<html lang="{{ language }}"><head><title>Form</title></head><body><h1>Form</h1>
{% call form_page(form, "/here", "OK", cancel="/there", upload=true) %}
  {{ field(form.done_on, hint="As in the document.", width="short") }}
  {% call fieldset("Legend") %}{{ field(form.value, suffix="%") }}{{ field(form.count) }}{% endcall %}
  {{ field(form.reason) }}{{ field(form.answer) }}{{ field(form.sure) }}{{ field(form.file) }}
  {{ field(form.note) }}{{ field(form.title) }}
{% endcall %}</body></html>"""


class Everything(Form):
    """One field of every kind."""

    done_on = DayField("Done on", [required()])
    value = NumberField("A value", [required()])
    count = WholeNumberField("Count", [optional()])
    reason = ChoiceField("A reason", [required()])
    answer = RadiosField("An answer", [required()])
    sure = BooleanField("Sure")
    file = UploadField("A file", [optional()])
    note = LongTextField("A note", [at_most(20)])
    title = TextField("A title")


@pytest.fixture
def request_in_russian(app: Flask) -> Iterator[None]:
    """A request to fill forms from."""
    with app.test_request_context("/", method="POST", base_url="http://localhost"):
        speak("ru")
        yield


def filled(**values: str) -> Everything:
    good = {"done_on": "31.01.2020", "value": "1 234,5", "reason": "weather", "answer": "yes"}
    form = Everything(MultiDict({**good, **values}), meta={"csrf": False})
    form.reason.offer([("weather", "Weather"), ("money", "Sums of money")])
    form.answer.offer([("yes", "Yes"), ("no", "No")])
    return form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31.12.2019", date(2019, 12, 31)),
        (" 31.12.2019 ", date(2019, 12, 31)),
        ("1.2.2020", date(2020, 2, 1)),
        ("2019-12-31", date(2019, 12, 31)),
        ("31/12/2019", date(2019, 12, 31)),
        ("31122019", date(2019, 12, 31)),
        ("31.12.19", date(2019, 12, 31)),
        ("29.02.2020", date(2020, 2, 29)),
        ("29.02.2019", None),
        ("31.11.2019", None),
        ("12/31/2019", None),
        ("завтра", None),
    ],
)
def test_a_date_is_read_as_people_type_it(text: str, expected: date | None) -> None:
    assert read_day(text) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("1 234,5", "ru", 1234.5),
        ("1\u00a0234,5", "kk", 1234.5),
        ("1\u202f234\u202f567", "ru", 1234567),
        ("1234.5", "ru", 1234.5),
        ("−3,5", "ru", -3.5),
        ("0", "ru", 0),
        ("1,234,567.5", "en", 1234567.5),
        ("1,5", "en", 1.5),
        ("1,234", "ru", 1.234),
        ("12%", "ru", None),
        ("1,2,3", "ru", None),
        ("1e9", "ru", None),
        ("nan", "ru", None),
        ("", "ru", None),
    ],
)
def test_a_number_is_read_as_people_type_it(text: str, language: str, expected: float | None) -> None:
    with speaking(language):
        found = read_number(text)
    assert (None if found is None else float(found)) == expected


@pytest.mark.usefixtures("request_in_russian")
def test_a_good_form_gives_values() -> None:
    form = filled(count="7", note="  two\r\nlines ", title="  ")
    assert form.validate()
    assert (form.done_on.data, form.value.data, form.count.data) == (date(2020, 1, 31), 1234.5, 7)
    assert (form.note.data, form.title.data, form.reason.data) == ("two\nlines", None, "weather")
    assert form.status == 200


@pytest.mark.usefixtures("request_in_russian")
def test_zero_is_a_value_and_nothing_is_not() -> None:
    assert filled(value="0").validate()
    empty = filled(value="")
    assert not empty.validate()
    assert [str(error) for error in empty.value.errors] == ["Заполните это поле."]


@pytest.mark.usefixtures("request_in_russian")
def test_what_cannot_be_read_is_said_once_and_shown_back() -> None:
    form = filled(done_on="31.11.2019", value="много", count="1,5", reason="moon", note="x" * 21)
    assert not form.validate()
    assert [text for _, text in form.error_list] == [
        "Напишите дату как день.месяц.год, например 31.01.2020.",
        "Напишите число, например 1 234,5.",
        "Напишите целое число.",
        "Выберите из списка.",
        "Не больше 20 знаков.",
    ]
    assert form.status == 422
    page = render_template_string(PAGE, form=form, language="ru")
    assert read(page)[0].one("input", name="done_on")["value"] == "31.11.2019"
    assert read(page)[0].one("input", name="value")["value"] == "много"


@pytest.mark.usefixtures("request_in_russian")
@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_values_from_the_database_are_shown_as_the_reader_writes_them(language: str) -> None:
    speak(language)
    form = Everything(None, data={"done_on": date(2019, 12, 31), "value": 1234.5}, meta={"csrf": False})
    assert form.done_on._value() == "31.12.2019"
    assert read_number(form.value._value()) == read_number("1234.5")
    assert form.value._value() == ("1,234.5" if language == "en" else "1\u00a0234,5")


@pytest.mark.usefixtures("request_in_russian")
def test_a_refusal_stands_at_its_field_or_above_the_form() -> None:
    form = filled()
    assert form.validate()
    with form.answering():
        raise RuleBroken("completion_in_future", "done_on", today=date(2020, 1, 31))
    with form.answering():
        raise RuleBroken("already_claimed", None, milestone="DP-10-M3")
    with form.answering():
        raise RuleBroken("reason_missing", "no_such_field")
    assert form.error_list == [
        (None, "Исполнение контрольной точки DP-10-M3 уже заявлено, подтверждение ждёт решения."),
        (None, "Укажите причину."),
        ("done_on", "Дата исполнения не может быть позже сегодняшнего дня, 31.01.2020."),
    ]
    assert form.status == 422


@pytest.mark.usefixtures("request_in_russian")
@pytest.mark.parametrize("broken", [False, True])
def test_every_kind_of_field_is_drawn_with_label_hint_and_error(broken: bool) -> None:
    form = filled(**({"done_on": "", "answer": "", "reason": "", "note": "x" * 30} if broken else {}))
    form.validate()
    html = render_template_string(PAGE, form=form, language="ru")
    tree = read(html)[0]
    assert faults_of(html) == []
    for control in ("done_on", "value", "count", "reason", "note", "title", "file", "sure"):
        assert tree.all("label", for_=control), control
    done = tree.one("input", name="done_on")
    assert done["aria-describedby"].split()[0] == "done_on-hint"
    assert [label.text for label in tree.all("label", for_="count")] == ["Count (необязательно)"]
    assert (done["aria-invalid"] == "true") is broken
    if broken:
        links = [link["href"] for box in tree.all("div", class_="error-summary") for link in box.all("a")]
        assert links == ["#done_on", "#reason", "#answer-0", "#note"]
