"""Passwords: who gets in, who does not, and how the hash is kept."""

from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher, extract_parameters

from pmo.db.models.catalogue import CityRecord
from pmo.db.models.people import PersonRecord
from pmo.db.session import Session
from pmo.domain.errors import NotFound, RuleBroken
from pmo.runtime import Runtime
from pmo.services.passwords import hash_password, recognise, renew_hash, set_password

PASSWORD = "correct horse battery"
NOW = datetime(2020, 1, 31, tzinfo=UTC)


def add_post(session: Session, password_hash: str | None) -> None:
    names = {"name_ru": "Алматы", "name_kk": "Алматы", "name_en": "Almaty"}
    session.add(CityRecord(id="almaty", timezone="Asia/Almaty", currency="KZT", calendar="KZ", **names))
    session.flush()
    session.add(
        PersonRecord(
            id="akim.alm",
            city_id="almaty",
            role="akim",
            title_ru="Аким",
            title_kk="Әкім",
            title_en="Akim",
            email="akim@city.example",
            language="ru",
            password_hash=password_hash,
            created_at=datetime(2020, 1, 1, tzinfo=UTC),
        )
    )
    session.flush()


def test_the_hash_is_argon2id_with_the_parameters_of_the_checklist() -> None:
    found = extract_parameters(hash_password(PASSWORD))
    assert found.type.name == "ID"
    assert (found.memory_cost, found.time_cost, found.parallelism) == (19 * 1024, 2, 1)


def test_the_right_password_gives_the_post_and_nothing_else_does(runtime: Runtime) -> None:
    with runtime.writing() as session:
        add_post(session, None)
        set_password(session, "akim.alm", PASSWORD, NOW)
        assert recognise(session, "Akim@City.Example", PASSWORD) == "akim.alm"
        for email, password in (("akim@city.example", PASSWORD + "x"), ("nobody@city.example", PASSWORD), ("", "")):
            with pytest.raises(RuleBroken, match="sign_in_refused"):
                recognise(session, email, password)


def test_nobody_signs_in_to_a_post_without_password(runtime: Runtime) -> None:
    with runtime.writing() as session:
        add_post(session, None)
        with pytest.raises(RuleBroken, match="sign_in_refused"):
            recognise(session, "akim@city.example", "nobody signs in with this")


def test_an_outdated_hash_is_made_anew_at_sign_in(runtime: Runtime) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with runtime.writing() as session:
        add_post(session, weak)
        renew_hash(session, recognise(session, "akim@city.example", PASSWORD), PASSWORD)
    with runtime.reading() as session:
        kept = session.get(PersonRecord, "akim.alm")
        assert kept is not None
        assert extract_parameters(str(kept.password_hash)).memory_cost == 19 * 1024


@pytest.mark.parametrize(("password", "code"), [("short", "password_too_short"), ("x" * 129, "password_too_long")])
def test_a_password_has_a_sensible_length(runtime: Runtime, password: str, code: str) -> None:
    with runtime.writing() as session:
        add_post(session, None)
        with pytest.raises(RuleBroken, match=code):
            set_password(session, "akim.alm", password, NOW)


def test_a_password_needs_somebody_to_have_it(runtime: Runtime) -> None:
    with runtime.writing() as session, pytest.raises(NotFound):
        set_password(session, "nobody", PASSWORD, NOW)
