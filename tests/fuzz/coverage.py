"""What the fuzz tried, counted for the summary."""

from collections import Counter

tried: Counter[str] = Counter()
