"""What may arrive in an address or a form before any view looks at it: nothing that no database of ours could hold.

PostgreSQL refuses NUL in a text and numbers beyond its columns, with an error of its own. No page of ours leads there,
so such things are turned away at the door.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import abort, request
from werkzeug.routing import IntegerConverter

from pmo.web.context import is_for_programs

NUL = "\0"


class RowNumberConverter(IntegerConverter):
    """``<int:…>`` of our addresses: a number that a row can have; an address with any other is not there.

    By the pattern, not by ``max``: Werkzeug answers 405 where a number that matches is too large for the converter.
    """

    regex = "[0-9]{1,9}"


def refuse_nul() -> None:
    """Before each request: 400 for NUL in the path, the query, or a form. Nobody types it and no browser sends it.

    What programs ask is left to their shapes, which name the field.
    """
    if not is_for_programs() and any(NUL in text for text in _texts()):
        abort(400)


def _texts() -> Iterator[str]:
    yield request.path
    for values in (request.args, request.form):
        for name, texts in values.lists():
            yield name
            yield from texts
    for name, file in request.files.items(multi=True):
        yield name
        yield file.filename or ""
