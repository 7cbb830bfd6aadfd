"""What the faults met, counted for the summary."""

from collections import Counter

cells: Counter[str] = Counter()
