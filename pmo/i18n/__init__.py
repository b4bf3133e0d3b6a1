"""Languages: one mechanism for pages, mails, charts and the command line.

The language of the reader is a context variable. A page sets it once for each request (``pmo.web.context``), a mail is
rendered inside ``with speaking("kk"):``, a command keeps the default. ``gettext`` and its kin look the text up for that
language, with or without Flask; Flask-Babel only tells WTForms which locale the request has. Jinja environments get
the same functions through ``install``. English is the source: the English text is its own key.

Catalogues are ``translations/{ru,kk}/LC_MESSAGES/messages.{po,mo}``; ``scripts/merge_catalogues.py`` keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from babel import Locale
from babel.support import LazyProxy, NullTranslations, Translations

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGES = ("ru", "kk", "en")
"""The languages of the house, in the order of the switch."""
DEFAULT_LANGUAGE = "ru"
LOCALES = {"ru": "ru_KZ", "kk": "kk_KZ", "en": "en_GB"}
"""Language to CLDR locale: plain ``ru`` would write KZT instead of ₸, plain ``en`` the American date."""
CATALOGUES = Path(__file__).parent / "translations"

_reader: ContextVar[str] = ContextVar("language_of_the_reader", default=DEFAULT_LANGUAGE)


def current_language() -> str:
    """``ru``, ``kk`` or ``en``."""
    return _reader.get()


def current_locale() -> Locale:
    """The CLDR locale of the current language, for dates, numbers and plurals."""
    return _locale(_reader.get())


def speak(language: str) -> None:
    """Sets the reader's language until it is set again; an unknown one means Russian. For requests and commands."""
    _reader.set(language if language in LANGUAGES else DEFAULT_LANGUAGE)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """The reader's language inside the block: ``with speaking(person.language): …``."""
    token = _reader.set(language if language in LANGUAGES else DEFAULT_LANGUAGE)
    try:
        yield
    finally:
        _reader.reset(token)


def gettext(message: str, **values: object) -> str:
    """The text in the reader's language; ``values`` fill ``%(name)s``."""
    text = catalogue(_reader.get()).ugettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """The form for a whole number, which is ``%(num)d`` in the text. Never pass a fraction."""
    text = catalogue(_reader.get()).ungettext(singular, plural, num)
    return text % {"num": num, **values}


def pgettext(context: str, message: str, **values: object) -> str:
    """The text where one English word needs several translations: ``pgettext("project", "Cancelled")``."""
    text = catalogue(_reader.get()).upgettext(context, message)
    return text % values if values else text


def npgettext(context: str, singular: str, plural: str, num: int, **values: object) -> str:
    """Plural form within a context."""
    text = catalogue(_reader.get()).unpgettext(context, singular, plural, num)
    return text % {"num": num, **values}


def lazy_gettext(message: str, **values: object) -> str:
    """Like ``gettext``, but looked up each time it is shown: for form labels and tables of words."""
    return cast(str, LazyProxy(gettext, message, enable_cache=False, **values))


def lazy_pgettext(context: str, message: str, **values: object) -> str:
    """Like ``pgettext``, looked up each time it is shown."""
    return cast(str, LazyProxy(pgettext, context, message, enable_cache=False, **values))


def install(environment: Environment) -> None:
    """Gives a Jinja environment ``_()``, ``gettext``, ``ngettext``, ``pgettext`` and ``{% trans %}``.

    New style: ``_("Week %(number)s", number=5)`` escapes its values; a literal per cent sign is ``%%``.
    """
    environment.add_extension("jinja2.ext.i18n")
    cast(Any, environment).install_gettext_callables(
        gettext=_plain(gettext),
        ngettext=_plain_plural,
        newstyle=True,
        pgettext=_plain(pgettext),
        npgettext=_plain_context_plural,
    )


def add_filters(environment: Environment, filters: Mapping[str, Callable[..., object]]) -> None:
    """Filters whose answer depends on the reader.

    Jinja answers a filter of constants once, when it compiles a template, and so in the language of its first reader,
    unless the filter takes the context: these do.
    """
    environment.filters.update({name: _asked_each_time(one) for name, one in filters.items()})


def _asked_each_time(function: Callable[..., object]) -> Callable[..., object]:
    from jinja2 import pass_context

    @pass_context
    def asked(_context: object, *values: object, **named: object) -> object:
        return function(*values, **named)

    return asked


def _plain(function: Any) -> Any:
    return lambda *message: function(*message)


def _plain_plural(singular: str, plural: str, num: int) -> str:
    return catalogue(_reader.get()).ungettext(singular, plural, num)


def _plain_context_plural(context: str, singular: str, plural: str, num: int) -> str:
    return catalogue(_reader.get()).unpgettext(context, singular, plural, num)


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> NullTranslations:
    """The compiled catalogue of a language; an empty one for English, which needs none."""
    return Translations.load(CATALOGUES, [language])


@lru_cache(maxsize=len(LANGUAGES))
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES[language])
