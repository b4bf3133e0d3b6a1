"""What a page weighs on the wire: 120 kB when nothing is known yet, 25 kB when everything but the page itself is.

The proxy compresses (docs/operations.md); here gzip does it at level 6, its default. Counted are the page, everything
it names and every font that a style sheet names, whether or not a browser would need it.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

import pytest

from tests.tour.city import WorkingCity
from tests.tour.stops import LETTERS, open_application, tour
from tests.web.markup import Element, read
from tests.web.pages import Pages

pytestmark = pytest.mark.surface

FIRST_VISIT, LATER = 120 * 1024, 25 * 1024
PACKED = (".woff2", ".png")
"""Files that are compressed already."""
IN_STYLES = re.compile(r"""url\(["']?(?!data:)([^"')]+)""")


@dataclass
class Scales:
    """Weighs pages as one visitor gets them; a file is fetched once."""

    pages: Pages
    files: dict[str, tuple[int, frozenset[str]]] = field(default_factory=dict)

    def weigh(self, path: str) -> tuple[int, int]:
        """Bytes of a page with all its files, and of the page alone."""
        answer = self.pages.client.get(path, base_url=self.pages.base_url)
        assert answer.status_code == 200, path
        alone = len(gzip.compress(answer.data, 6))
        wanted = {urljoin(path, name).partition("#")[0] for name in _named(read(answer.text)[0])}
        for name in list(wanted):
            wanted |= self._file(name)[1]
        return alone + sum(self._file(name)[0] for name in wanted), alone

    def _file(self, address: str) -> tuple[int, frozenset[str]]:
        """Bytes of a file, and the addresses that it names in turn."""
        if address not in self.files:
            answer = self.pages.client.get(address, base_url=self.pages.base_url)
            assert answer.status_code == 200, address
            is_packed = address.partition("?")[0].endswith(PACKED)
            size = len(answer.data) if is_packed else len(gzip.compress(answer.data, 6))
            is_style = answer.mimetype == "text/css"
            named = IN_STYLES.findall(answer.text) if is_style else []
            self.files[address] = size, frozenset(urljoin(address, name).partition("#")[0] for name in named)
        return self.files[address]


def _named(page: Element) -> Iterator[str]:
    """Addresses of the files that a page asks for."""
    for element in page.walk():
        if element.tag == "link" and element["rel"] in ("stylesheet", "icon"):
            yield element["href"]
        elif element.tag in ("script", "img") and element["src"] and not element["src"].startswith("data:"):
            yield element["src"]
        elif element.tag == "use" and not element["href"].startswith("#") and element["href"]:
            yield element["href"]


def test_no_page_is_heavier_than_it_may_be(working_city: WorkingCity) -> None:
    app = open_application(working_city)
    scales: dict[str | None, Scales] = {}
    files_met: set[str] = set()
    too_heavy = []
    for endpoint, stop in tour(app, working_city):
        if endpoint in LETTERS:
            continue
        if stop.person not in scales:
            pages = Pages(app).sign_in(stop.person) if stop.person else Pages(app)
            scales[stop.person] = Scales(pages)
        first, later = scales[stop.person].weigh(stop.path)
        files_met |= scales[stop.person].files.keys()
        if first > FIRST_VISIT or later > LATER:
            too_heavy.append(f"{stop.path}: {first} bytes at first, {later} afterwards")
    assert not too_heavy, "\n".join(too_heavy)
    kinds = {address.partition("?")[0].rpartition(".")[2] for address in files_met}
    assert {"css", "js", "svg", "woff2"} <= kinds
