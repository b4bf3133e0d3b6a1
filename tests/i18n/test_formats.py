"""Dates, numbers and money as the reader writes them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pmo.i18n import formats, speaking
from pmo.i18n.names import name_of

YEAR_END = date(2019, 12, 31)


@pytest.mark.parametrize(
    ("write", "value", "ru", "kk", "en"),
    [
        (formats.day, YEAR_END, "31.12.2019", "31.12.2019", "31 December 2019"),
        (formats.day_short, YEAR_END, "31.12", "31.12", "31 Dec"),
        (formats.day_long, YEAR_END, "31 декабря 2019 г.", "2019 жылғы 31 желтоқсан", "31 December 2019"),
        (formats.month, YEAR_END, "декабрь 2019", "2019 жылғы желтоқсан", "December 2019"),
        (formats.weekday, YEAR_END, "вторник", "сейсенбі", "Tuesday"),
        (formats.day, None, "—", "—", "—"),
        (formats.number, 1234567.891, "1 234 567,89", "1 234 567,89", "1,234,567.89"),
        (formats.number, 2.0, "2", "2", "2"),
        (formats.number, -0.001, "0", "0", "0"),
        (formats.number, -3.5, "−3,5", "−3,5", "−3.5"),
        (formats.number, None, "—", "—", "—"),
        (formats.signed, 18, "+18", "+18", "+18"),
        (formats.signed, -3, "−3", "−3", "−3"),
        (formats.money, 240, "240 млн ₸", "240 млн ₸", "₸240 m"),
        (formats.money, 1200, "1,2 млрд ₸", "1,2 млрд ₸", "₸1.2 bn"),
        (formats.money, 86_000, "86 млрд ₸", "86 млрд ₸", "₸86 bn"),
        (formats.money, 1_500_000, "1,5 трлн ₸", "1,5 трлн ₸", "₸1.5 tn"),
        (formats.money, 999.99, "1 млрд ₸", "1 млрд ₸", "₸1 bn"),
        (formats.money, 0, "0 млн ₸", "0 млн ₸", "₸0 m"),
        (formats.percent, 0.125, "12 %", "12 %", "12%"),
        (formats.percent, None, "—", "—", "—"),
        (formats.days, 1, "1 день", "1 күн", "1 day"),
        (formats.days, 2, "2 дня", "2 күн", "2 days"),
        (formats.days, 5, "5 дней", "5 күн", "5 days"),
        (formats.days, 11, "11 дней", "11 күн", "11 days"),
        (formats.days, 21, "21 день", "21 күн", "21 days"),
        (formats.days, 112, "112 дней", "112 күн", "112 days"),
        (formats.working_days, 3, "3 рабочих дня", "3 жұмыс күні", "3 working days"),
        (formats.calendar_days, 57, "57 календарных дней", "57 күнтізбелік күн", "57 calendar days"),
    ],
)
def test_each_language_writes_its_own_way(write: Callable[..., str], value: object, ru: str, kk: str, en: str) -> None:
    for language, expected in (("ru", ru), ("kk", kk), ("en", en)):
        with speaking(language):
            assert write(value).replace("\u00a0", " ") == expected


def test_thousands_and_per_cent_keep_together() -> None:
    with speaking("ru"):
        assert formats.number(1234) == "1\u00a0234"
        assert formats.percent(0.5) == "50\u00a0%"


def test_exactly_as_many_decimals_as_were_asked_for() -> None:
    with speaking("ru"):
        assert formats.number(2, 1) == "2,0"
        assert formats.number(2.46, 0) == "2"
        assert formats.percent(0.125, 1) == "12,5\u00a0%"


@pytest.mark.parametrize(
    ("distance", "expected"),
    [(0, "сегодня"), (1, "завтра"), (-1, "вчера"), (2, "через 2 дня"), (21, "через 21 день"), (-5, "5 дней назад")],
)
def test_how_far_a_date_is(distance: int, expected: str) -> None:
    with speaking("ru"):
        assert formats.days_left(YEAR_END + timedelta(days=distance), YEAR_END) == expected


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(seconds=20), "только что"),
        (timedelta(minutes=2), "2 минуты назад"),
        (timedelta(hours=5), "5 часов назад"),
        (timedelta(days=1), "1 день назад"),
    ],
)
def test_how_long_an_instant_is_past(passed: timedelta, expected: str) -> None:
    now = datetime(2020, 1, 31, 12, tzinfo=UTC)
    with speaking("ru"):
        assert formats.ago(now - passed, now) == expected


def test_an_instant_is_told_in_the_citys_time_of_that_year() -> None:
    zone = ZoneInfo("Asia/Almaty")
    with speaking("kk"):
        assert formats.moment(datetime(2020, 1, 31, 20, tzinfo=UTC), zone) == "01.02.2020, 02:00"
        assert formats.moment(datetime(2024, 3, 1, 20, tzinfo=UTC), zone) == "02.03.2024, 01:00"
        assert formats.moment(None, zone) == "—"


class Row:
    """Has names in columns."""

    name_ru, name_kk, name_en = "Жол", "", "Road"


def test_a_name_is_the_readers_or_the_first_that_is_filled() -> None:
    with speaking("en"):
        assert name_of(Row()) == "Road"
    with speaking("kk"):
        assert name_of(Row()) == "Жол"
        assert name_of({"ru": "Ат", "kk": "Есім", "en": None}) == "Есім"
        assert name_of({"title_ru": "Аким"}) == "Аким"
        assert name_of(None) == ""
        assert name_of({}) == ""


def test_the_language_goes_back_after_the_block() -> None:
    with speaking("kk"):
        with speaking("en"):
            assert formats.days(5) == "5 days"
        assert formats.days(5) == "5 күн"
    with speaking("tlh"):
        assert formats.days(5) == "5 дней"
