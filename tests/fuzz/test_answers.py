"""Every operation answers its owner with a documented status and a body of the documented shape, and no tenant gets another's."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fuzz.document import Operation, operations
from tests.fuzz.requests import conforms, expected, rightful, send
from tests.support.installation import another
from tests.support.plane import Plane

Json = dict[str, Any]


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_each_of_two_tenants_gets_a_documented_answer_of_its_own(operation: Operation, plane: Plane) -> None:
    other = another(plane.installation)
    tenants = plane, Plane(other, other.workspace(), plane.machines, plane.bucket)
    answers = [send(each.installation.owner, operation, rightful(operation, each)) for each in tenants]
    for answer in answers:
        assert answer.status in expected(operation)
        conforms(answer, operation)

    ours, theirs = ({each for each in ids_in(answer.body) if each[1] != plane.installation.cluster_id} for answer in answers)
    assert {place for place, _ in ours} == {place for place, _ in theirs}
    assert not ours & theirs, "the same for two tenants"


def ids_in(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every id of ours in an answer, with the property that it is in."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from ids_in(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from ids_in(each, place)
    elif value and (place == "id" or place.endswith("Id")) and place not in ("requestId", "dagId"):  # one of the tenant's own words
        yield place, str(value)
