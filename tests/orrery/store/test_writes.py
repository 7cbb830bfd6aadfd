"""Conditional writes on the real engine: all or nothing, and each refusal in its own words."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from orrery.errors import Conflict, Invalid, StaleGeneration, Unavailable
from orrery.settings import settings
from orrery.store import reads, tables, writes
from pynamodb.exceptions import QueryError

pytestmark = pytest.mark.usefixtures("empty_table")


@dataclass(frozen=True)
class Moon:
    name: str
    generation: int = 1


def row(name: str, generation: int = 1) -> tables.Item:
    return tables.item("MOONS", name, Moon(name, generation))


STALE = writes.changed("moon `io`")
TAKEN = Invalid.field("name", "there is already a moon named `io`")


def test_a_new_row_is_made_once() -> None:
    writes.commit(writes.put_new(row("io"), TAKEN))

    with pytest.raises(Invalid, match="already a moon"):
        writes.commit(writes.put_new(row("io"), TAKEN))


def test_a_next_generation_follows_the_one_before_only() -> None:
    writes.commit(writes.put_new(row("io"), TAKEN))

    writes.commit(writes.put_next(row("io", 2), STALE))
    for generation in (1, 2, 4):
        with pytest.raises(StaleGeneration, match="read it again"):
            writes.commit(writes.put_next(row("io", generation), STALE))
    assert reads.get(Moon, "MOONS", "io") == Moon("io", 2)


def test_of_many_writers_of_one_generation_exactly_one_wins() -> None:
    writes.commit(writes.put_new(row("io"), TAKEN))

    def write(_: int) -> bool:
        try:
            writes.commit(writes.put_next(row("io", 2), STALE))
        except StaleGeneration:
            return False
        return True

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(write, range(8))) == 1


def test_a_transaction_is_all_or_nothing_and_the_first_complaint_is_told() -> None:
    writes.commit(writes.put_new(row("io"), TAKEN))
    order = [
        writes.put_new(row("europa"), STALE),
        writes.put_new(row("io"), TAKEN),
        writes.delete(row("x"), tables.table().pk.exists(), STALE),
    ]

    with pytest.raises(Invalid, match="already a moon"):
        writes.commit(*order)
    assert [each.sk for each in tables.table().query("MOONS")] == ["io"]

    with pytest.raises(StaleGeneration):
        writes.commit(*reversed(order))


def test_a_name_that_is_taken_is_told_from_a_stale_generation() -> None:
    writes.commit(writes.put_new(row("io"), TAKEN))
    writes.commit(writes.put_new(tables.claim("MOONS", "NAME#io"), TAKEN))

    with pytest.raises(Invalid):
        writes.commit(writes.put_next(row("io", 2), STALE), writes.put_new(tables.claim("MOONS", "NAME#io"), TAKEN))
    with pytest.raises(StaleGeneration):
        writes.commit(writes.put_next(row("io", 9), STALE), writes.put_new(tables.claim("MOONS", "NAME#europa"), TAKEN))


def test_transactions_that_meet_on_one_row_all_come_through() -> None:
    bound = tables.table()
    bound("MOONS", "io", body={}, deployments=0).save()

    def add(number: int) -> None:
        counted = writes.update(bound("MOONS", "io"), bound.deployments.add(1), condition=bound.pk.exists(), otherwise=Conflict("gone"))
        writes.commit(counted, writes.put_new(row(f"moon {number}"), TAKEN))

    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(add, range(12)))

    counted = reads.row("MOONS", "io")
    assert counted is not None
    assert counted.deployments == 12
    assert len(reads.every(Moon, "MOONS", "moon ")) == 12


def test_a_key_longer_than_any_key_is_simply_not_there() -> None:
    assert reads.get(Moon, "MOONS", "x" * 2000) is None


def test_a_memory_that_does_not_answer_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    settings.cache_clear()
    tables.table.cache_clear()

    with pytest.raises(Unavailable):
        reads.get(Moon, "MOONS", "io")
    with pytest.raises(Unavailable):
        writes.commit(writes.put_new(row("io"), TAKEN), writes.put_new(row("europa"), TAKEN))


def test_what_we_did_wrong_ourselves_is_not_called_an_outage() -> None:
    with pytest.raises(QueryError, match="empty string"):
        reads.every(Moon, "MOONS", "")
