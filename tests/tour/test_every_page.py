"""Every route of the application has an address in the tour, and behind each of them stands a page in order."""

import pytest

from tests.tour.city import WorkingCity
from tests.tour.stops import LETTERS, STOPS, open_application, tour
from tests.web.pages import Pages

pytestmark = pytest.mark.surface


def test_every_page_opens_in_good_order(working_city: WorkingCity) -> None:
    app = open_application(working_city)
    doors = {None: Pages(app)}
    for endpoint, stop in tour(app, working_city):
        if stop.person not in doors:
            doors[stop.person] = Pages(app).sign_in(stop.person or "")
        pages = doors[stop.person]
        if endpoint in LETTERS:
            answer = pages.client.get(stop.path, base_url=pages.base_url)
            assert (answer.status_code, answer.mimetype) == (200, "text/html"), stop
        else:
            assert pages.get(stop.path).path == stop.path.partition("?")[0], stop


def test_a_new_route_without_an_address_fails_the_tour(
    working_city: WorkingCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(STOPS, "portfolio.index")
    with pytest.raises(AssertionError, match=r"portfolio\.index"):
        tour(open_application(working_city), working_city)
