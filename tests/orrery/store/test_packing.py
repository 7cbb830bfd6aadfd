"""Packed rows: they come back as they were, short ones cost little, and what was packed once stays legible."""

import json
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orrery.errors import TooLarge
from orrery.hypervisor.lease import Lease, Target
from orrery.hypervisor.plan import Cause
from orrery.names import new_id
from orrery.store import fleets, reads
from orrery.store.packing import pack, unpack
from orrery.store.packing_examples import FIRST

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(st.dictionaries(st.text(), JSON))
def test_what_is_packed_comes_back(document: dict[str, Any]) -> None:
    assert unpack(pack(document)) == document


def test_a_row_that_was_packed_after_no_example_is_legible() -> None:
    assert unpack(zlib.compress(json.dumps({"a": [1]}).encode())) == {"a": [1]}


def test_the_example_never_changes_because_rows_that_came_after_it_are_kept() -> None:
    assert zlib.adler32(FIRST) == 2582567265, "rows in the table need the example as it was: put another one beside it"


def test_what_no_item_can_hold_is_refused() -> None:
    with pytest.raises(TooLarge, match="more clusters"):
        pack({"ids": [new_id() for _ in range(40_000)]})


class TestALease:
    def test_of_forty_queues_at_work_is_a_kilobyte_at_most(self, empty_table: None) -> None:
        causes = (Cause.RIGHT_SIZED, Cause.RIGHT_SIZED, Cause.JUST_IDLE, Cause.DEMAND, Cause.IDLE)
        targets = [Target(new_id(), "default", number % 4, 3, causes[number % 5].value) for number in range(40)]
        lease = Lease(1, NOW, NOW + timedelta(seconds=90), tuple(sorted(targets, key=lambda each: each.deployment_id)), 1000)
        fleets.publish(cluster := new_id(), lease)
        row = reads.row(f"CLUSTER#{cluster}", "LEASE#0")
        assert row
        assert len(row.packed) < 924, "with the keys and names of its row below 1,024 bytes, which is one write unit"
        assert fleets.lease(cluster) == lease
