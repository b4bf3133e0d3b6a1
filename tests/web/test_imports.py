"""The import page: a preview with every fault, then the very same content."""

from __future__ import annotations

from io import BytesIO

from sqlalchemy import select

from pmo.db.models.catalogue import DistrictRecord
from tests.cast import Town
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]

GOOD = """
meta: {title: a district more, schema_version: 1, cities: [almaty], tracked_since: '2019-09-16'}
reference:
  cities:
  - id: almaty
    name: {ru: Алматы, kk: Алматы, en: Almaty}
    timezone: Asia/Almaty
    currency: KZT
    calendar: KZ
  districts:
  - {id: turksib, city: almaty, name: {ru: Турксибский, kk: Түрксіб, en: Turksib}}
"""


def upload(text: str, name: str = "more.yaml") -> dict[str, object]:
    return {"file": (BytesIO(text.encode()), name)}


def test_a_broken_file_is_refused_with_the_place_of_every_fault(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    before = town.audit_actions()
    page = analyst.submit(analyst.get("/import"), "/import", **upload("almaty_projects: [{code: <b>x</b>}]"))
    assert "nothing can be loaded" in page.text
    assert not page.tree.all("input", name="parcel")
    for text, name in (("", "empty.yaml"), ("{", "broken.yaml"), ("a: 1", "a.txt")):
        page = analyst.submit(analyst.get("/import"), "/import", **upload(text, name))
        assert "nothing can be loaded" in page.text
    assert "Choose a file." in analyst.submit(analyst.get("/import"), "/import", 422).errors
    assert town.audit_actions() == before


def test_what_was_previewed_is_loaded_and_nothing_before(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    page = analyst.submit(analyst.get("/import"), "/import", **upload(GOOD))
    assert "more.yaml" in page.text
    assert page.tree.all("input", name="parcel")

    def districts() -> list[str]:
        with town.runtime.reading() as session:
            return list(session.scalars(select(DistrictRecord.id).order_by(DistrictRecord.id)))

    assert "turksib" not in districts()
    assert "more.yaml is loaded." in analyst.submit(page, "/import/application").text
    assert "turksib" in districts()
    analyst.submit(page, "/import/application")  # pressed twice: nothing is left to change


def test_a_forged_parcel_and_a_foreign_city_are_refused(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    page = analyst.submit(analyst.get("/import"), "/import", **upload(GOOD))
    parcel = page.form("/import/application").one("input", name="parcel")["value"]
    for forged in ("", parcel[:-3], "x" + parcel):
        assert analyst.post("/import/application", parcel=forged).status_code == 422
    outsider = pages_in_town("outsider")
    page = outsider.submit(outsider.get("/import"), "/import", **upload(GOOD))
    assert "cities that are not yours: almaty" in page.text
    assert outsider.post("/import/application", parcel=parcel).status_code == 403


def test_only_the_office_imports(pages_in_town: PagesOf) -> None:
    for person in ("manager", "owner", "curator", "akim", "observer", "admin"):
        pages = pages_in_town(person)
        pages.get("/import", 403)
        assert pages.post("/import").status_code == 403
        assert pages.post("/import/application").status_code == 403
