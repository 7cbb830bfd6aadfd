"""What the fuzz tried and what it was answered, counted for the end of the run."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.fuzz.document import operations
from tests.support.summary import at_the_end

tried: Counter[str] = Counter()
answered: defaultdict[str, Counter[int]] = defaultdict(Counter)
"""Statuses, by operation."""


@at_the_end
def told() -> Iterator[str]:
    if tried:
        served = operations()
        slots = sum(len(each.slots) for each in served)
        cells = ", ".join(f"{who}: {count}" for who, count in sorted(tried.items()))
        yield f"cross-tenant fuzz over {len(served)} operations with {slots} id slots: {cells}"
    if answered:
        total = sum(answered.values(), Counter[int]())
        statuses = ", ".join(f"{status}: {count}" for status, count in sorted(total.items()))
        fine = sum(1 for each in answered.values() if each.keys() & {200, 204})
        yield f"schemathesis over {len(answered)} of {len(operations())} operations, {fine} of them to success: {statuses}"
