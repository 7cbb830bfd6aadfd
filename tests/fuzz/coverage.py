"""What the fuzz tried and what it was answered, counted for the summary."""

from collections import Counter, defaultdict

tried: Counter[str] = Counter()
answered: defaultdict[str, Counter[int]] = defaultdict(Counter)
"""Statuses, by operation."""
