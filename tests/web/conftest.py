"""A small city to look at: enough posts for every right, no projects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from argon2 import PasswordHasher, Type
from flask import Flask

from pmo.app import create_app
from pmo.db.models.catalogue import CityRecord
from pmo.db.models.organisation import CuratorAreaRecord, DepartmentRecord
from pmo.db.models.people import AbsenceRecord, CityAccessRecord, PersonRecord
from pmo.domain.access import Role
from pmo.runtime import Runtime
from pmo.services import passwords
from tests.web.pages import Pages

PASSWORD = "a long enough password"
THEN = datetime(2019, 9, 16, tzinfo=UTC)
CITIES = (("almaty", "Алматы", "Алматы", "Almaty"), ("astana", "Астана", "Астана", "Astana"))
POSTS = (
    ("akim.alm", "almaty", Role.AKIM, "ru", None),
    ("deputy-1.alm", "almaty", Role.DEPUTY_AKIM, "ru", None),
    ("deputy-2.alm", "almaty", Role.DEPUTY_AKIM, "kk", None),
    ("head.alm", "almaty", Role.DEPARTMENT_HEAD, "kk", "ALA-MOB"),
    ("manager.alm", "almaty", Role.PROJECT_MANAGER, "ru", "ALA-MOB"),
    ("pmo-head.alm", "almaty", Role.PMO_HEAD, "ru", None),
    ("analyst.alm", "almaty", Role.PMO_ANALYST, "ru", None),
    ("observer.alm", "almaty", Role.OBSERVER, "en", None),
    ("admin.alm", "almaty", Role.ADMINISTRATOR, "en", None),
    ("akim.ast", "astana", Role.AKIM, "ru", None),
)


@pytest.fixture(scope="package", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Hashing costs on purpose; what it costs is the business of ``tests/services/test_passwords.py``."""
    costly = passwords._HASHER
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)
    passwords._hash_of_nobody.cache_clear()
    yield
    passwords._HASHER = costly
    passwords._hash_of_nobody.cache_clear()


@pytest.fixture(scope="package")
def password_hash(cheap_hashes: None) -> str:
    """Of ``PASSWORD``."""
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def small_city(runtime: Runtime, password_hash: str) -> Runtime:
    """Two cities with their posts; deputy 1 is away in the last days of January 2020 and deputy 2 acts."""
    with runtime.writing() as session:
        for place, (code, ru, kk, en) in enumerate(CITIES):
            session.add(
                CityRecord(
                    id=code,
                    name_ru=ru,
                    name_kk=kk,
                    name_en=en,
                    timezone="Asia/Almaty",
                    currency="KZT",
                    calendar="KZ",
                    position=place,
                    has_demonstration_data=code == "almaty",
                )
            )
        session.flush()
        session.add(
            DepartmentRecord(
                id="ALA-MOB",
                city_id="almaty",
                name_ru="Управление городской мобильности",
                name_kk="Қалалық мобильділік басқармасы",
                name_en="Urban Mobility Department",
                valid_from=date(2019, 1, 1),
            )
        )
        session.flush()
        for code, city, role, language, department in POSTS:
            session.add(
                PersonRecord(
                    id=code,
                    city_id=city,
                    role=role.value,
                    title_ru=f"Должность {code}",
                    title_kk=f"Лауазым {code}",
                    title_en=f"Post {code}",
                    email=f"{code}@city.example",
                    language=language,
                    department_id=department,
                    password_hash=password_hash,
                    created_at=THEN,
                )
            )
        session.flush()
        for number in (1, 2):
            session.add(
                CuratorAreaRecord(
                    id=f"ALA-DA{number}",
                    city_id="almaty",
                    name_ru=f"Область {number}",
                    name_kk=f"Сала {number}",
                    name_en=f"Area {number}",
                    holder_id=f"deputy-{number}.alm",
                )
            )
        session.add(
            AbsenceRecord(
                person_id="deputy-1.alm",
                substitute_id="deputy-2.alm",
                starts_on=date(2020, 1, 27),
                ends_on=date(2020, 1, 31),
                entered_at=THEN,
            )
        )
        session.add(CityAccessRecord(person_id="observer.alm", city_id="astana"))
    return runtime


@pytest.fixture
def app(small_city: Runtime) -> Flask:
    """The application over the small city."""
    return strict(create_app(small_city))


@pytest.fixture
def pages(app: Flask) -> Pages:
    """A browser in front of it, not signed in."""
    return Pages(app)


@pytest.fixture
def pages_of(app: Flask) -> Callable[[str], Pages]:
    """A browser of one post: ``pages_of("analyst.alm")``."""
    return lambda person: Pages(app).sign_in(person)


def strict(app: Flask) -> Flask:
    """Lets errors through instead of showing a friendly page."""
    app.testing = True
    return app
