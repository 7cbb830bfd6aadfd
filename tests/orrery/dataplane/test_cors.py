"""Pages that may read an Airflow: one exact origin, or none; and the API server alone knows it."""

from dataclasses import replace

from orrery.dataplane import cors

from tests.dataplane_contract import a_spec
from tests.orrery.dataplane.kubernetes.plans import SMALL, templates

ORIGINS = "AIRFLOW__API__ACCESS_CONTROL_ALLOW_ORIGINS"


def test_without_a_console_no_page_may() -> None:
    assert cors.environment(a_spec()) == {}


def test_the_consoles_origin_is_named_as_it_is() -> None:
    assert cors.environment(a_spec(console_origin="https://console.example.com"))[ORIGINS] == "https://console.example.com"


def test_another_console_starts_the_api_server_anew_and_nothing_else() -> None:
    moved = replace(SMALL, spec=replace(SMALL.spec, console_origin="https://elsewhere.example.com"))
    before, after = templates(SMALL), templates(moved)
    assert {name for name in before if before[name] != after[name]} == {"api-server"}
