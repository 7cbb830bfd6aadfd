"""What the faults met, counted for the end of the run."""

from collections import Counter
from collections.abc import Iterator

from tests.support.summary import at_the_end

cells: Counter[str] = Counter()


@at_the_end
def told() -> Iterator[str]:
    if cells:
        yield f"faults of DynamoDB in {cells.total()} places: {', '.join(f'{fault}: {count}' for fault, count in cells.items())}"
