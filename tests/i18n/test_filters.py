"""What a template says is asked anew for each reader."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from pmo.i18n import add_filters, speaking
from pmo.i18n.labels import label


@pytest.mark.parametrize("order", [("en", "ru", "kk"), ("kk", "en", "ru")])
def test_a_filter_of_constants_is_not_answered_in_the_language_of_the_first_reader(order: tuple[str, ...]) -> None:
    environment = Environment(autoescape=True)
    add_filters(environment, {"label": lambda code, kind: label(kind, code)})
    said = {}
    with speaking(order[0]):
        template = environment.from_string('{{ "pause"|label("entry") }}')
    for language in order:
        with speaking(language):
            said[language] = template.render()
    assert said == {"en": "Paused", "ru": "Приостановлено", "kk": "Тоқтата тұрылды"}
