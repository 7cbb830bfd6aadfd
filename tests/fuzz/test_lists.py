"""Every list of the document comes in pages, counts what matches, sorts by each of its keys both ways, and keeps out what a filter says."""

from typing import Any

import pytest

from tests.fuzz import lists
from tests.fuzz.document import Operation, operations
from tests.fuzz.requests import request_on, send
from tests.fuzz.world import Things
from tests.support.plane import Plane
from tests.test_operations import PROMISED

Json = dict[str, Any]
PAGING = {"offset", "limit", "sorts"}
LISTS = [each for each in operations() if {"offset", "totalCount"} <= set(each.envelope)]
LONG = [each for each in LISTS if each.id not in lists.ONE_AT_MOST]
FILTERS = [(each, name) for each in LISTS for name in each.queries if name not in PAGING and (each.id, name) not in lists.NO_FILTER]


class Listing:
    """One list with several things in it, asked for by its owner."""

    def __init__(self, operation: Operation, plane: Plane) -> None:
        self.operation, self.things, self.caller = operation, Things(plane), plane.installation.owner
        self.request = request_on(operation, self.things)
        self.plural = next(name for name in operation.envelope if name not in ("limit", "offset", "totalCount", "defaultRoles"))
        for number in range(3 if operation.id in lists.MADE else 0):
            lists.MADE[operation.id](self.things, number)

    def ask(self, **query: Any) -> Json:
        answer = send(self.caller, self.operation, self.request | {"query": self.request["query"] | query})
        assert answer.status == 200, answer.body
        body: Json = answer.body
        return body

    def items(self, **query: Any) -> list[Json]:
        found: list[Json] = self.ask(**query)[self.plural]
        return found


@pytest.mark.parametrize("operation", LONG, ids=str)
def test_a_list_comes_in_pages_and_counts_everything(operation: Operation, plane: Plane) -> None:
    listing = Listing(operation, plane)
    whole = listing.ask(limit=1000)
    total, everything = whole["totalCount"], whole[listing.plural]

    assert total == len(everything) >= 3
    pages = [listing.ask(offset=offset, limit=1) for offset in range(total)]
    assert [each for page in pages for each in page[listing.plural]] == everything
    assert {(page["totalCount"], page["limit"]) for page in pages} == {(total, 1)}
    assert [page["offset"] for page in pages] == list(range(total))
    assert listing.ask(offset=total)[listing.plural] == []


@pytest.mark.parametrize("operation", [each for each in LISTS if "sorts" in PROMISED.get(each.id, {})], ids=str)
def test_a_list_is_sorted_by_each_of_its_keys_both_ways(operation: Operation, plane: Plane) -> None:
    listing = Listing(operation, plane)
    for key in PROMISED[operation.id]["sorts"]:
        there, back = (listing.items(sorts=f"{key}:{way}", limit=1000) for way in ("asc", "desc"))
        shown = lists.SHOWN_AS.get((operation.id, key), key)
        assert all(shown in each for each in there), f"no `{shown}` is shown"
        if operation.id in lists.ONE_AT_MOST or (operation.id, key) in lists.ALIKE:
            continue
        assert len({str(each[shown]) for each in there}) >= 3, f"tests/fuzz/lists.py makes things of one `{key}`"
        assert [each[shown] for each in back] == [each[shown] for each in reversed(there)], key
        if key != "ipAddress":  # whose order is that of numbers
            assert [each[shown] for each in there] == sorted(each[shown] for each in there), key


@pytest.mark.parametrize(("operation", "name"), FILTERS, ids=str)
def test_a_filter_keeps_out_what_it_says(operation: Operation, name: str, plane: Plane) -> None:
    listing = Listing(operation, plane)
    everything = listing.items(limit=1000)
    one = everything[0]
    wanted = {"names": lambda: one["name"]}.get(name) or (lambda: one["id"])
    value = lists.FILTERS[operation.id, name](listing.things, one) if (operation.id, name) in lists.FILTERS else wanted()

    kept = listing.ask(**{name: value, "limit": 1000})
    assert kept["totalCount"] == len(kept[listing.plural]) < len(everything)
    assert all(each in everything for each in kept[listing.plural])
    if (operation.id, name) not in lists.FILTERS:
        assert kept[listing.plural] == [each for each in everything if value in (each.get("name"), each["id"])]


def test_every_list_and_filter_is_known_by_its_name() -> None:
    known = {each.id for each in LISTS}
    named = {*lists.MADE, *lists.ONE_AT_MOST, *(id for id, _ in (*lists.ALIKE, *lists.SHOWN_AS, *lists.FILTERS, *lists.NO_FILTER))}
    assert named <= known, "named in tests/fuzz/lists.py, but not served"
    assert {each.id for each in LONG} <= lists.MADE.keys(), "say in tests/fuzz/lists.py how several are made"
    assert {id for id, told in PROMISED.items() if "sorts" in told} & {each.id for each in operations()} <= known
