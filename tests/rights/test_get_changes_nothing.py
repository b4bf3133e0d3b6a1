"""Everything that a GET can open, as every role, twice over: no table changes (RELIABILITY, test 23).

Mail scanners and prefetching browsers open links; so do the links of mails. Only what is listed here may change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select

import pmo.db.models  # noqa: F401 - completes the metadata
from pmo.app import create_app
from pmo.db.base import Base
from pmo.runtime import Runtime
from tests.cast import Town, cast_url, town
from tests.conftest import Databases, runtime_on
from tests.rights.city_of_objects import make_objects, settle_more
from tests.web.markup import read
from tests.web.pages import Pages

__all__ = ["cast_url", "town"]

MAY_CHANGE: dict[str, frozenset[str]] = {
    "user_sessions": frozenset({"seen_at"}),
}
"""Table to columns: when a session was last seen."""
ONE_OF_EACH = ("akim", "curator", "chief", "owner", "manager", "pmo-head", "analyst", "guest", "admin")
MOST_PAGES = 60
"""Of one person in one round; pages that differ only in their query count as one kind."""


@dataclass
class Crawled:
    """How much was opened."""

    pages: int = 0
    kinds: int = 0


@pytest.fixture
def city(databases: Databases, cast_url: str) -> Iterator[Runtime]:
    url = databases.copy_of(cast_url)
    runtime = runtime_on(url)
    here = Town(runtime)
    settle_more(here)
    make_objects(here)
    yield runtime
    runtime.engines.dispose()
    databases.drop(url)


def digests(runtime: Runtime) -> dict[str, str]:
    """A digest of all rows of each table, without what may change."""
    found = {}
    with runtime.engines.reading.connect() as connection:
        for table in Base.metadata.sorted_tables:
            columns = [one for one in table.columns if one.name not in MAY_CHANGE.get(table.name, ())]
            rows = connection.execute(select(*columns).order_by(*table.primary_key.columns))
            digest = hashlib.sha256()
            for row in rows:
                digest.update(repr(tuple(row)).encode())
            found[table.name] = digest.hexdigest()
    return found


def crawl(pages: Pages, counted: Crawled) -> None:
    """Follows every link of this site from the first page, breadth first; one address of each kind and query name."""
    waiting, seen = ["/", "/me", "/import", "/rights", "/outbox", "/jobs", "/absences", "/update"], set()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if _kind(path) in seen:
            continue
        seen.add(_kind(path))
        answer = pages.client.get(path, base_url=pages.base_url, follow_redirects=True)
        assert answer.status_code in (200, 403, 404, 422), f"{path}: {answer.status}"
        counted.pages += 1
        if answer.mimetype == "text/html":
            links = [link["href"] for link in read(answer.text)[0].all("a")]
            waiting += [link.partition("#")[0] for link in links if link.startswith("/") and not link.startswith("//")]
    counted.kinds += len(seen)


def _kind(path: str) -> str:
    """An address without the values of its query: the same page in another order is the same page."""
    bare, _, query = path.partition("?")
    return f"{bare}?{'&'.join(sorted(part.partition('=')[0] for part in query.split('&')))}"


def test_no_get_changes_anything(city: Runtime) -> None:
    app = create_app(city)
    app.testing = True
    people = ONE_OF_EACH if city.engines.dialect == "sqlite" else ONE_OF_EACH[3:6]
    counted = Crawled()
    browsers = [Pages(app).sign_in(person) for person in people]
    before = digests(city)
    for _ in range(2):
        for pages in browsers:
            crawl(pages, counted)
        assert {name for name, digest in digests(city).items() if digest != before[name]} == set()
    print(
        f"\n{city.engines.dialect}: {counted.pages} pages opened as {len(people)} posts, {len(before)} tables unchanged"
    )
    assert counted.pages > 2 * len(people) * 12
    assert len(before) > 30


def test_the_digests_notice_a_change_of_one_value(city: Runtime) -> None:
    before = digests(city)
    with city.engines.writing.begin() as connection:
        connection.exec_driver_sql("update people set title_en = 'changed' where id = 'manager'")
    assert {name for name, digest in digests(city).items() if digest != before[name]} == {"people"}
