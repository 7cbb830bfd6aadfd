"""Connections and variables come from the files beside Airflow, and a customer's own backend comes before them."""
# mypy: ignore-errors

import json

import pytest
from airflow.secrets import BaseSecretsBackend
from orrery_airflow.environment import EnvironmentObjects


class Own(BaseSecretsBackend):
    def __init__(self, word):
        super().__init__()
        self.word = word

    def get_conn_value(self, conn_id, team_name=None):
        return json.dumps({"conn_type": "http", "host": self.word}) if conn_id == "both" else None

    def get_variable(self, key, team_name=None):
        return self.word if key == "both" else None

    def get_config(self, key):
        return self.word


@pytest.fixture
def folder(tmp_path):
    fields = {
        "conn_type": "postgres",
        "host": "db",
        "login": "ada",
        "password": "hunter2",
        "port": 5432,
        "schema": "s",
        "extra": '{"a": 1}',
    }
    (tmp_path / "connections.json").write_text(json.dumps({"db": fields, "both": fields}))
    (tmp_path / "variables.json").write_text(json.dumps({"mode": "fast", "both": "ours", "empty": ""}))
    return tmp_path


def test_a_connection_has_every_field_that_was_given(folder):
    found = EnvironmentObjects(str(folder)).get_connection("db")
    assert (found.conn_type, found.host, found.login, found.password, found.port, found.schema) == (
        "postgres",
        "db",
        "ada",
        "hunter2",
        5432,
        "s",
    )
    assert found.extra_dejson == {"a": 1}


def test_what_is_not_there_is_nothing_and_what_is_empty_is_empty(folder):
    backend = EnvironmentObjects(str(folder))
    assert (backend.get_connection("no"), backend.get_variable("no"), backend.get_config("no")) == (None, None, None)
    assert backend.get_variable("empty") == ""


def test_a_change_is_seen_at_the_next_look(folder):
    backend = EnvironmentObjects(str(folder))
    assert backend.get_variable("mode") == "fast"
    (folder / "variables.json").write_text(json.dumps({"mode": "slow"}))
    assert backend.get_variable("mode") == "slow"


def test_the_customers_own_backend_comes_first(folder):
    backend = EnvironmentObjects(str(folder), f"{__name__}.Own", '{"word": "theirs"}')
    assert (backend.get_connection("both").host, backend.get_connection("db").host) == ("theirs", "db")
    assert (backend.get_variable("both"), backend.get_variable("mode"), backend.get_config("x")) == ("theirs", "fast", "theirs")


def test_a_backend_that_cannot_be_made_stops_the_look_and_not_airflow(folder):
    backend = EnvironmentObjects(str(folder), "nowhere.Backend")
    with pytest.raises(ModuleNotFoundError):
        backend.get_variable("mode")
