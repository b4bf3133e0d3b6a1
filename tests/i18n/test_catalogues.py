"""The catalogues are complete, and compiled from what is written."""

import pytest

from scripts import merge_catalogues as catalogues

LANGUAGES = catalogues.LANGUAGES


@pytest.fixture(scope="module")
def template() -> catalogues.Catalog:
    """Every text of the code and the templates."""
    return catalogues.extracted()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_with_its_placeholders(language: str, template: catalogues.Catalog) -> None:
    written = catalogues.read(catalogues.catalogue_path(language), language)
    assert catalogues.gaps_in(catalogues.merged(template, [written], language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_in_a_catalogue_is_fuzzy_or_no_longer_used(language: str, template: catalogues.Catalog) -> None:
    written = catalogues.read(catalogues.catalogue_path(language), language)
    used = {(message.context, str(message.id)) for message in template if message.id}
    assert [message.id for message in written if message.id and message.fuzzy] == []
    assert {(message.context, str(message.id)) for message in written if message.id} - used == set()
    assert not written.obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fresh_compile_gives_the_same_bytes(language: str) -> None:
    path = catalogues.catalogue_path(language)
    written = catalogues.read(path, language)
    assert path.with_suffix(".mo").read_bytes() == catalogues.as_mo(written)


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    written = catalogues.read(catalogues.catalogue_path(language), language)
    assert written.num_plurals == {"ru": 3, "kk": 2}[language]


def test_a_gap_is_found() -> None:
    catalogue = catalogues.Catalog(locale="ru")
    catalogue.add("One %(thing)s", "Одна")
    catalogue.add("Two", "")
    catalogue.add(("%(num)d day", "%(num)d days"), ("%(num)d день", "", "%(num)d дней"))
    assert catalogues.gaps_in(catalogue) == ["placeholders differ: One %(thing)s", "Two", "%(num)d day"]


def test_a_fragment_adds_and_the_later_word_counts(template: catalogues.Catalog) -> None:
    first, second = catalogues.Catalog(locale="ru"), catalogues.Catalog(locale="ru")
    first.add("Password", "Слово")
    second.add("Password", "Пароль")
    second.add("No longer used", "Больше не нужно")
    merged = catalogues.merged(template, [first, second], "ru")
    message = merged.get("Password")
    assert message is not None
    assert message.string == "Пароль"
    assert merged.get("No longer used") is None
