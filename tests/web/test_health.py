"""What probes see: the light, the figures for those who may have them, and nothing of people."""

from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from config import Settings, SettingsError
from pmo.app import create_app
from pmo.runtime import Runtime

TOKEN = "a-token-for-tests-only"


@pytest.fixture
def app(small_city: Runtime) -> Flask:
    return create_app(small_city)


def ask(app: Flask, path: str, peer: str = "127.0.0.1", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(path, headers=named, environ_base={"REMOTE_ADDR": peer})


def with_token(runtime: Runtime) -> Flask:
    settings = replace(runtime.settings, metrics_token=TOKEN)
    return create_app(Runtime(settings, runtime.engines, runtime.clock, runtime.transport))


def test_the_light_is_red_in_a_city_where_no_job_ever_ran_and_says_nothing_of_people(app: Flask) -> None:
    answer = ask(app, "/health", peer="198.51.100.7")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["status"] == "red"
    assert {"check": "database", "ok": True} in answer.json["checks"]
    assert not [word for word in (".alm", ".ast", "@") if word in answer.text]


def test_a_process_that_answers_is_alive_whatever_the_light_says(app: Flask) -> None:
    assert ask(app, "/live").status_code == 200


def test_figures_are_for_this_machine_where_there_is_no_token(app: Flask) -> None:
    answer = ask(app, "/metrics")
    assert answer.status_code == 200
    assert "pmo_ok 0.0" in answer.text
    assert ask(app, "/metrics", peer="198.51.100.7").status_code == 404
    assert ask(app, "/metrics", X_Forwarded_For="127.0.0.1").status_code == 404


def test_figures_are_for_those_with_the_token_where_there_is_one(small_city: Runtime) -> None:
    app = with_token(small_city)
    assert ask(app, "/metrics", "198.51.100.7", Authorization=f"Bearer {TOKEN}").status_code == 200
    assert ask(app, "/metrics").status_code == 404
    assert ask(app, "/metrics", Authorization="Bearer something-else-long").status_code == 404


@pytest.mark.parametrize("token", ["short", "слишком-простой-секрет"])
def test_a_weak_token_is_refused_at_the_start(token: str) -> None:
    with pytest.raises(SettingsError, match="PMO_METRICS_TOKEN"):
        Settings.for_facts({"PMO_DATABASE_URL": "sqlite://", "PMO_METRICS_TOKEN": token})
