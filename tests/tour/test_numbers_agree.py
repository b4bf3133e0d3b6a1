"""Every number that stands for a list equals the list, for each role: on the page it is opened and counted.

A link with a number says it in ``data-count``; a list says in ``data-rows`` how many rows it has in all. A list may
show fewer rows than that only if it leads on: to its next page, or to itself in full by a link with the same number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin

import pytest
from flask import Flask

from tests.tour.city import AKIM, WorkingCity
from tests.tour.stops import LETTERS, open_application, tour
from tests.web.markup import Element, read
from tests.web.pages import Pages

pytestmark = pytest.mark.surface

LEAST = {
    "akim.alm": 200,
    "deputy-da5.alm": 60,
    "chief-of-staff.alm": 30,
    "head-police.alm": 60,
    "manager-police-1.alm": 60,
    "pmo-head.alm": 120,
    "analyst.alm": 120,
    "observer.alm": 100,
    "admin.alm": 100,
}
"""A post of every role, and how many numbers it has at least: a test that finds nothing to compare must not pass."""

WEEKS_APART = 9
"""Of the numbers of past weeks each of the nine posts opens every ninth, each post others."""

NO_ANSWERS = ("upcoming", "unread")
"""Lists of "my tasks" that ask for no answer today."""


@dataclass
class Reader:
    """Somebody who opens every number, of past weeks only a ``share``; ``faults`` are those that do not agree."""

    pages: Pages
    share: int
    trees: dict[str, Element | None] = field(default_factory=dict)
    compared: int = 0
    faults: list[str] = field(default_factory=list)

    def page(self, address: str) -> Element | None:
        """The page behind an address; None where this post may not look."""
        if address not in self.trees:
            answer = self.pages.client.get(address, base_url=self.pages.base_url)
            assert answer.status_code in (200, 302, 303, 403, 404), f"{address}: {answer.status}"
            self.trees[address] = read(answer.text)[0].one("main") if answer.status_code == 200 else None
        return self.trees[address]

    def read(self, address: str) -> None:
        """Compares everything that a page says in numbers."""
        page = self.page(address)
        if page is None:
            return
        for rows in _lists(page):
            self._compare(
                address, f"list {rows['aria-labelledby']}", int(rows["data-rows"]), self._count(address, rows)
            )
        counts = [element for element in page.walk() if "data-count" in element]
        weeks = [id(link) for table in page.all("table", class_="weeks") for link in table.all("a")]
        for place, element in enumerate(counts):
            if id(element) not in weeks or place % WEEKS_APART == self.share % WEEKS_APART:
                self._read_count(address, page, element)

    def _read_count(self, address: str, page: Element, element: Element) -> None:
        number = int(element["data-count"])
        if number not in _numbers(element.text) and not (number == 1 and element.tag == "a"):
            self.faults.append(f"{address}: says {element.text!r} and means {number}")
        if element.tag == "a":
            target, anchor = urldefrag(urljoin(address, element["href"]))
            opened = self.page(target)
            assert opened is not None, f"{address}: {element.text!r} leads to {target}, which does not open"
            self._compare(address, f"{element.text!r} → {element['href']}", number, _rows_of(opened, anchor))
        elif element["id"]:
            self._compare(address, f"heading {element.text!r}", number, _rows_of(page, element["id"]))
        else:
            wanted = [rows for rows in _lists(page) if rows["aria-labelledby"] not in NO_ANSWERS]
            self._compare(address, f"{element.text!r}", number, sum(int(rows["data-rows"]) for rows in wanted))

    def _compare(self, address: str, what: str, said: int, found: int) -> None:
        self.compared += 1
        if said != found:
            self.faults.append(f"{address}: {what} says {said}, the list has {found}")

    def _count(self, address: str, rows: Element) -> int:
        """Rows that the list really has, over all its pages."""
        found, page = _shown(rows), self.page(address)
        said = int(rows["data-rows"])
        while found < said and page is not None:
            if any(_leads_to_all(link, said) for link in page.all("a")):
                return said  # cut short on purpose; the link to the whole is opened and counted like every other
            further = [urljoin(address, link["href"]) for link in page.all("a", rel="next")]
            page = self.page(further[0]) if further else None
            same = [one for one in _lists(page) if one["aria-labelledby"] == rows["aria-labelledby"]] if page else []
            found += sum(_shown(one) for one in same)
        return found


def _lists(page: Element) -> list[Element]:
    return [element for element in page.walk() if "data-rows" in element]


def _leads_to_all(link: Element, number: int) -> bool:
    """Whether a link opens a list that is shown in part: the same number, more narrowly chosen."""
    return link["data-count"] == str(number) and any(name in link["href"] for name in ("status=", "kind="))


def _shown(rows: Element) -> int:
    """Rows of a table without the headings of its groups, or points of a list."""
    if rows.tag == "table":
        return sum("group-head" not in row["class"].split() for body in rows.all("tbody") for row in body.all("tr"))
    return sum(isinstance(child, Element) and child.tag == "li" for child in rows.children)


def _rows_of(page: Element, heading: str) -> int:
    """What the lists below a heading say of themselves; without a heading every list that is what the page is for."""
    lists = [rows for rows in _lists(page) if rows["aria-labelledby"]]
    return sum(int(rows["data-rows"]) for rows in lists if not heading or rows["aria-labelledby"] == heading)


def _numbers(text: str) -> set[int]:
    return {int(re.sub(r"\s", "", found)) for found in re.findall(r"\d+(?:[\u00a0\u202f]\d{3})*", text)}


@pytest.fixture
def app(working_city: WorkingCity) -> Flask:
    """The application over the city at work."""
    return open_application(working_city)


@pytest.mark.parametrize("post", LEAST)
def test_every_number_is_the_length_of_the_list_that_it_opens(working_city: WorkingCity, app: Flask, post: str) -> None:
    reader = Reader(Pages(app).sign_in(post), list(LEAST).index(post))
    seen: set[str] = set()
    for endpoint, stop in tour(app, working_city):
        # The akim reads every address, the other posts one of each route.
        if endpoint not in LETTERS and (post == AKIM or endpoint not in seen):
            reader.read(stop.path)
        seen.add(endpoint)
    assert not reader.faults, "\n".join(reader.faults)
    assert reader.compared > LEAST[post]
