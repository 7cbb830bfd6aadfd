"""Of all routes that fit a request, the one that API Gateway would take answers."""

import pytest

from local.routing import Router
from local.template import Route

ROUTES = [
    Route("ANY", "$default", "default"),
    Route("ANY", "/v1/{proxy+}", "tenancy"),
    Route("ANY", "/v1/organizations/{o}/deployments/{proxy+}", "deployments"),
    Route("ANY", "/v1/organizations/{o}/deployments", "deployments-list"),
    Route("GET", "/v1/things/{id}", "get-thing"),
    Route("ANY", "/v1/things/{id}", "any-thing"),
    Route("ANY", "/v1/things/mine", "mine"),
]


@pytest.mark.parametrize(
    ("method", "path", "function"),
    [
        ("GET", "/v1/organizations", "tenancy"),
        ("GET", "/v1/organizations/o1", "tenancy"),
        ("GET", "/v1/organizations/o1/deployments", "deployments-list"),
        ("GET", "/v1/organizations/o1/deployments/d1/deploys/x", "deployments"),
        ("GET", "/v1/things/mine", "mine"),
        ("GET", "/v1/things/7", "get-thing"),
        ("DELETE", "/v1/things/7", "any-thing"),
        ("GET", "/elsewhere", "default"),
    ],
)
def test_the_most_specific_route_answers(method: str, path: str, function: str) -> None:
    match = Router(reversed(ROUTES)).match(method, path)
    assert match
    assert match.route.function == function


def test_path_parameters_are_decoded_and_a_greedy_one_takes_the_rest() -> None:
    match = Router(ROUTES).match("GET", "/v1/organizations/a%20b/deployments/d1/logs")
    assert match
    assert match.parameters == {"o": "a b", "proxy": "d1/logs"}


def test_an_encoded_slash_stays_within_its_segment() -> None:
    match = Router(ROUTES).match("GET", "/v1/things/a%2Fb")
    assert match
    assert match.parameters == {"id": "a/b"}


def test_nothing_matches_without_a_default() -> None:
    assert Router(ROUTES[1:]).match("GET", "/elsewhere") is None
