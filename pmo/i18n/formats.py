"""Dates, numbers and money as the reader writes them (DOMAIN 4, plurals; PRODUCT 3, numbers and dates)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

from pmo.i18n import current_language, current_locale, gettext, ngettext

_DAY = {"ru": "dd.MM.y", "kk": "dd.MM.y", "en": "d MMMM y"}
_DAY_SHORT = {"ru": "dd.MM", "kk": "dd.MM", "en": "d MMM"}
_DAY_NARROW = {"ru": "dd.MM.yy", "kk": "dd.MM.yy", "en": "d MMM yy"}
_DAY_LONG = {"ru": "d MMMM y 'г'.", "kk": "y 'жылғы' d MMMM", "en": "d MMMM y"}
_MONTH = {"ru": "LLLL y", "kk": "y 'жылғы' MMMM", "en": "LLLL y"}
_MONTH_SHORT = {"ru": "LLL y", "kk": "LLL y", "en": "LLL y"}
NO_BREAK = "\u00a0"
NOTHING = "—"

Figure = int | float | Decimal


def day(on: date | None) -> str:
    """31.12.2019; in English 31 December 2019. A dash where there is no date."""
    return NOTHING if on is None else _date(on, _DAY)


def day_short(on: date | None) -> str:
    """31.12; in English 31 Dec: for axes and narrow columns where the year is said elsewhere."""
    return NOTHING if on is None else _date(on, _DAY_SHORT)


def day_narrow(on: date | None) -> str:
    """31.12.19; in English 31 Dec 19: where a chart has room for no more."""
    return NOTHING if on is None else _date(on, _DAY_NARROW)


def day_long(on: date | None) -> str:
    """31 декабря 2019 г., 2019 жылғы 31 желтоқсан, 31 December 2019."""
    return NOTHING if on is None else _date(on, _DAY_LONG)


def month(on: date) -> str:
    """декабрь 2019, 2019 жылғы желтоқсан, December 2019."""
    return _date(on, _MONTH)


def month_short(on: date) -> str:
    """дек. 2019, жел. 2019, Dec 2019: for the axes of charts."""
    return _date(on, _MONTH_SHORT)


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """The date and the time of day of an aware instant, in the city's zone: 31.12.2019, 08:30."""
    if at is None:
        return NOTHING
    local = at.astimezone(zone)
    return f"{day(local.date())}, {time_of_day(at, zone)}"


def time_of_day(at: datetime, zone: ZoneInfo) -> str:
    """08:30, in the city's zone."""
    return format_time(at.astimezone(zone), "HH:mm", locale=current_locale())


def weekday(on: date) -> str:
    """пятница, жұма, Friday."""
    return format_datetime(datetime.combine(on, datetime.min.time()), "EEEE", locale=current_locale())


def number(value: Figure | None, digits: int | None = None) -> str:
    """1 234,5 with no-break spaces; in English 1,234.5.

    With ``digits`` exactly so many decimals, otherwise at most two and no needless zeros. A true minus sign.
    """
    if value is None:
        return NOTHING
    return _number(value, digits, current_locale())


def signed(value: Figure | None, digits: int | None = None) -> str:
    """A number that always carries its sign: +18, −3, 0."""
    text = number(value, digits)
    return f"+{text}" if value is not None and value > 0 else text


def money(millions: Figure | None) -> str:
    """Tenge, given in millions, as people here write them: 240 млн ₸, 1,2 млрд ₸."""
    if millions is None:
        return NOTHING
    size = abs(float(millions))
    if round(size) >= 1_000_000:
        return gettext("₸%(amount)s tn", amount=number(float(millions) / 1_000_000))
    if round(size, 1) >= 1_000:
        return gettext("₸%(amount)s bn", amount=number(float(millions) / 1_000))
    return gettext("₸%(amount)s m", amount=number(millions))


def percent(share: Figure | None, digits: int = 0) -> str:
    """A share of one: 0.125 is 12,5 % with ``digits=1``; a no-break space before the sign in Russian and Kazakh."""
    if share is None:
        return NOTHING
    figure = number(float(share) * 100, digits)
    return f"{figure}%" if current_language() == "en" else f"{figure}{NO_BREAK}%"


def days(count: int) -> str:
    """1 день, 2 дня, 5 дней; 5 күн."""
    return ngettext("%(num)d day", "%(num)d days", count)


def working_days(count: int) -> str:
    """1 рабочий день, 2 рабочих дня; 5 жұмыс күні."""
    return ngettext("%(num)d working day", "%(num)d working days", count)


def calendar_days(count: int) -> str:
    """1 календарный день; 5 күнтізбелік күн."""
    return ngettext("%(num)d calendar day", "%(num)d calendar days", count)


def days_left(on: date | None, today: date) -> str:
    """How far a date is: today, tomorrow, in 5 days, 3 days ago. Calendar days."""
    if on is None:
        return NOTHING
    distance = (on - today).days
    if distance == 0:
        return gettext("today")
    if distance == 1:
        return gettext("tomorrow")
    if distance == -1:
        return gettext("yesterday")
    if distance > 0:
        return ngettext("in %(num)d day", "in %(num)d days", distance)
    return ngettext("%(num)d day ago", "%(num)d days ago", -distance)


def ago(at: datetime | None, now: datetime) -> str:
    """How long an instant is past: just now, 5 minutes ago, 2 hours ago, 3 days ago."""
    if at is None:
        return NOTHING
    passed = now - at
    if passed < timedelta(minutes=1):
        return gettext("just now")
    if passed < timedelta(hours=1):
        minutes = int(passed.total_seconds() // 60)
        return ngettext("%(num)d minute ago", "%(num)d minutes ago", minutes)
    if passed < timedelta(days=1):
        hours = int(passed.total_seconds() // 3600)
        return ngettext("%(num)d hour ago", "%(num)d hours ago", hours)
    return ngettext("%(num)d day ago", "%(num)d days ago", passed.days)


def _date(on: date, patterns: dict[str, str]) -> str:
    return _dated(on, patterns[current_language()], current_locale())


# Pages and mails say the same few dates and numbers again and again, and Babel reads its pattern anew each time.


@lru_cache(maxsize=4096)
def _dated(on: date, pattern: str, locale: Locale) -> str:
    return format_date(on, pattern, locale=locale)


@lru_cache(maxsize=4096)
def _number(value: Figure, digits: int | None, locale: Locale) -> str:
    places = "." + "0" * digits if digits else "" if digits == 0 else ".##"
    text: str = format_decimal(value, format=f"#,##0{places}", locale=locale)
    return text.replace("-", "−" if any(digit in text for digit in "123456789") else "")
